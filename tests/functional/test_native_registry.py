"""The native API: history, former names, restoring, and two people who edit one text."""

from itertools import pairwise
from typing import Any
from urllib.parse import quote

import pytest

from support.calling import Caller

API = "/api/v1"


def _get(call: Caller, path: str) -> dict[str, Any]:
    answer = call.answer("GET", API + path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json or {}
    return found


def _sequence(intervals: list[dict[str, Any]]) -> list[tuple[str, int | None]]:
    for before, after in pairwise(intervals):
        if before["version"] == after["version"]:
            assert before["valid_until"] == after["valid_from"]
    return [(each["what"], each["version"]) for each in intervals]


def test_the_native_api_tells_who_is_asking(sqlite_call: Caller) -> None:
    me = _get(sqlite_call, "/me")
    assert (me["name"], me["kind"], me["scopes"]) == ("alice", "user", None)


def test_stages_are_kept_with_when_and_by_whom(call: Caller) -> None:
    call.model()
    call.version()
    call.move("1", "Staging")
    call.by("bob").move("1", "Production")
    call.version()
    call.move("2", "Production", archive_existing_versions=True)
    stages = _get(call, "/models/m/history")["stages"]
    of_first = [each for each in stages if each["version"] == 1]
    assert _sequence(of_first) == [("None", 1), ("Staging", 1), ("Production", 1), ("Archived", 1)]
    assert [each["by"] for each in of_first] == ["alice", "alice", "bob", "alice"]
    assert [each["valid_until"] is None for each in of_first] == [False, False, False, True]
    assert _get(call, "/models/m/versions/1/history")["stages"] == of_first


def test_aliases_are_kept_with_when_and_by_whom(call: Caller) -> None:
    call.model()
    call.version()
    call.version()
    for number in ("1", "2", "2", "1"):
        call.point("champion", number)
    call("DELETE", "/registered-models/alias", name="m", alias="champion")
    aliases = _get(call, "/models/m/history")["aliases"]
    assert _sequence(aliases) == [("champion", 1), ("champion", 2), ("champion", 1)]
    assert all(each["valid_until"] for each in aliases)


def test_deleting_ends_what_a_version_held(call: Caller) -> None:
    call.model()
    call.version()
    call.move("1", "Production")
    call.point("champion", "1")
    call("DELETE", "/model-versions/delete", name="m", version="1")
    history = _get(call, "/models/m/history")
    assert all(each["valid_until"] for each in history["stages"] + history["aliases"])
    assert _sequence(history["stages"]) == [("None", 1), ("Production", 1)]


def test_a_deleted_version_comes_back_with_its_facts_in_no_stage(call: Caller) -> None:
    call.model()
    call.version(description="d", tags=[{"key": "k", "value": "v"}])
    call.move("1", "Production")
    call.point("champion", "1")
    call("DELETE", "/model-versions/delete", name="m", version="1")
    (deleted,) = _get(call, "/models/m/deleted-versions")["deleted"]
    assert deleted["number"] == 1
    restored = call.answer("POST", f"{API}/models/m/versions/1/restore", json={}).json
    assert restored is not None
    assert (restored["description"], restored["tags"]) == ("d", {"k": "v"})
    assert (restored["stage"], restored["aliases"]) == ("None", [])
    assert call.found("tags.k = 'v'") == ["m/1"]
    assert call.answer("POST", f"{API}/models/m/versions/1/restore", json={}).status_code == 409


def test_a_deleted_model_comes_back_under_its_name_with_the_versions_that_went_with_it(call: Caller) -> None:
    call.model(tags=[{"key": "k", "value": "v"}])
    for _ in range(3):
        call.version()
    call("DELETE", "/model-versions/delete", name="m", version="2")
    call("DELETE", "/registered-models/delete", name="m")
    (deleted,) = _get(call, "/deleted-models")["deleted"]
    path = f"{API}/deleted-models/{deleted['id']}/restore"
    restored = call.answer("POST", path, json={})
    assert restored.status_code == 200, restored.text
    assert call.found(order_by="version_number") == ["m/1", "m/3"]
    assert call("GET", "/registered-models/get", name="m")["registered_model"]["tags"]
    assert call.version()["version"] == "4"
    assert call.answer("POST", path, json={}).status_code == 404


def test_a_deleted_model_whose_name_was_taken_comes_back_under_another(call: Caller) -> None:
    call.model()
    call.version()
    call("DELETE", "/registered-models/delete", name="m")
    call.model()
    (deleted,) = _get(call, "/deleted-models")["deleted"]
    path = f"{API}/deleted-models/{deleted['id']}/restore"
    assert call.answer("POST", path, json={}).status_code == 409
    assert call.answer("POST", path, json={"name": "old m"}).status_code == 200
    assert call.found() == ["old m/1"]


def test_a_former_name_redirects_until_somebody_takes_it(call: Caller) -> None:
    call.model("a")
    call.version("a")
    call("POST", "/registered-models/rename", name="a", new_name="b c")
    of_model = ("", "/history", "/deleted-versions?after=7", "/versions/1")
    of_version = (
        "history",
        "lineage?direction=down&depth=3",
        "parents?withdrawn=true",
        "openlineage",
        "story",
        "snapshot",
    )
    for path in (*of_model, *(f"/versions/1/{about}" for about in of_version)):
        answer = call.answer("GET", f"{API}/models/a{path}")
        assert (answer.status_code, answer.headers["Location"]) == (307, f"{API}/models/b%20c{path}")
    assert [each["what"] for each in _get(call, f"/models/{quote('b c')}/history")["names"]] == ["a", "b c"]
    call.model("a")
    assert call.answer("GET", f"{API}/models/a").status_code == 200
    assert call.answer("GET", f"{API}/models/a/versions/1").status_code == 404


@pytest.mark.parametrize("path", ["/models/m", "/models/m/versions/1"])
def test_of_two_people_who_edit_one_text_the_second_is_told(call: Caller, path: str) -> None:
    call.model()
    call.version()
    seen = _get(call, path)["revision"]
    edit = {"description": "mine", "revision": seen}
    assert call.answer("PATCH", API + path, json=edit).status_code == 200
    second = call.by("bob").answer("PATCH", API + path, json=edit | {"description": "no, mine"})
    assert second.json is not None
    assert (second.status_code, second.mimetype) == (409, "application/problem+json")
    assert "was changed meanwhile" in second.json["detail"]
    assert _get(call, path)["description"] == "mine"


def test_a_page_of_another_site_cannot_restore_in_its_readers_name(sqlite_call: Caller) -> None:
    sqlite_call.model()
    sqlite_call.version()
    sqlite_call("DELETE", "/model-versions/delete", name="m", version="1")
    for content_type in ("", "text/plain", "application/x-www-form-urlencoded"):
        answer = sqlite_call.answer(
            "POST", f"{API}/models/m/versions/1/restore", data="{}", content_type=content_type
        )
        assert answer.status_code == 400
    assert sqlite_call.found() == []


def test_what_nobody_knows_is_refused(sqlite_call: Caller) -> None:
    sqlite_call.model()
    answer = sqlite_call.answer("PATCH", f"{API}/models/m", json={"description": "d", "revision": 1, "colour": "red"})
    assert answer.json is not None
    assert (answer.status_code, answer.json["detail"]) == (400, "colour: Unknown field.")


@pytest.mark.parametrize(
    "path", ["/models/x", "/models/x/history", "/models/m/versions/7", f"/models/m/versions/{2**70}"]
)
def test_what_is_not_there_is_a_problem(sqlite_call: Caller, path: str) -> None:
    sqlite_call.model()
    answer = sqlite_call.answer("GET", API + path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_former_name_leads_to_the_whole_question(call: Caller) -> None:
    call.model()
    call.version()
    call("POST", "/registered-models/rename", name="m", new_name="n")
    answer = call.answer("GET", f"{API}/models/m/versions/1/explain?to=Production")
    assert (answer.status_code, answer.headers["Location"]) == (
        307,
        f"{API}/models/n/versions/1/explain?to=Production",
    )
