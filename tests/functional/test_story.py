"""The whole story of one version, in order."""

from typing import Any

import pytest
from flask import Flask

from assent.lineage.past import story
from support.calling import Caller
from support.counting import counted

V1 = "/models/m/versions/1/story"


def lines(call: Caller, path: str = V1) -> list[str]:
    """The sentences of a story."""
    return [each["line"] for each in call.api("GET", path)["story"]]


@pytest.fixture
def version(call: Caller) -> Caller:
    """A model with two versions."""
    call.model()
    call.version(run_id="4f2c")
    call.version(source="s3://bucket/other")
    return call


def test_a_version_is_registered_described_and_tagged(version: Caller) -> None:
    version.by("edith")("PATCH", "/model-versions/update", name="m", version="1", description="Finds\nfraud.")
    for value in ("1", "2"):
        version("POST", "/model-versions/set-tag", name="m", version="1", key="k", value=value)
    version("DELETE", "/model-versions/delete-tag", name="m", version="1", key="k")
    version("PATCH", "/model-versions/update", name="m", version="1", description="")
    assert lines(version) == [
        "alice registered it from s3://bucket/model, run 4f2c",
        "edith described it: “Finds fraud.”",
        "alice set the tag k to “1”",
        "alice set the tag k to “2” instead of “1”",
        "alice took the tag k off, which was “2”",
        "alice took its description away",
    ]


def test_a_version_moves_and_makes_room(version: Caller) -> None:
    version.move("1", "Production")
    version.move("1", "Production")
    version.move("2", "Production", archive_existing_versions=True)
    assert lines(version)[1:] == [
        "alice moved it from None to Production",
        "alice moved it to Production, where it stood",
        "alice moved it from Production to Archived, to make room for version 2",
    ]
    moved = lines(version, "/models/m/versions/2/story")[-1]
    assert moved == "alice moved it from None to Production, and archived version 1"


def test_a_version_gains_and_loses_aliases(version: Caller) -> None:
    version.point("champion", "1")
    version.point("champion", "2")
    version.point("champion", "1")
    version("DELETE", "/registered-models/alias", name="m", alias="champion")
    assert lines(version)[1:] == [
        "alice pointed @champion to it",
        "alice pointed @champion to version 2 instead of it",
        "alice pointed @champion to it instead of version 2",
        "alice took the alias @champion off it",
    ]
    assert lines(version, "/models/m/versions/2/story")[1:] == [
        "alice pointed @champion to it instead of version 1",
        "alice pointed @champion to version 1 instead of it",
    ]


def test_a_version_is_deleted_and_restored(version: Caller) -> None:
    version.move("1", "Staging")
    version.point("challenger", "1")
    version("DELETE", "/model-versions/delete", name="m", version="1")
    version.api("POST", "/models/m/versions/1/restore")
    assert lines(version)[3:] == [
        "alice deleted it, which took it out of Staging and @challenger",
        "alice restored it, in no stage",
    ]


def test_what_happens_to_the_model_is_part_of_the_story(version: Caller) -> None:
    version("DELETE", "/model-versions/delete", name="m", version="2")
    version.move("1", "Production")
    version("POST", "/registered-models/rename", name="m", new_name="n")
    version("DELETE", "/registered-models/delete", name="n")
    version.api("POST", "/deleted-models/1/restore")
    assert lines(version, "/models/n/versions/1/story")[2:] == [
        "alice renamed the model from m to n",
        "alice deleted the model with all its versions, which took it out of Production",
        "alice restored the model with it",
    ]
    assert lines(version, "/models/n/versions/2/story")[2:] == [
        "alice renamed the model from m to n",
        "alice deleted the model",
        "alice restored the model",
    ]


def test_a_story_begins_with_the_registration(call: Caller) -> None:
    call.model("l")
    call("POST", "/registered-models/rename", name="l", new_name="m")
    call.version()
    assert lines(call) == ["alice registered it from s3://bucket/model"]


def test_what_was_deleted_has_its_story(version: Caller) -> None:
    version("DELETE", "/registered-models/delete", name="m")
    assert lines(version)[-1] == "alice deleted the model with all its versions"


def test_what_happened_is_told_as_values_too(version: Caller) -> None:
    version.by("petra").move("1", "Production")
    happened = version.api("GET", V1)["story"][-1]
    assert happened.pop("at") > 0
    assert happened == {
        "action": "model_version.transitioned",
        "by": "petra",
        "face": "mlflow",
        "line": "petra moved it from None to Production",
        "details": {"before": {"stage": "None"}, "after": {"stage": "Production"}},
    }


def test_recalls_of_the_version_and_of_what_it_comes_from_are_told(version: Caller) -> None:
    admin = version.by("admin")
    made = [admin.api("POST", "/recalls", of=of, reason="leaked")["id"] for of in ("version:m/1", "run:4f2c")]
    for each in made:
        admin.api("POST", f"/recalls/{each}/lift", reason="a mistake")
    assert lines(version)[1:] == [
        "admin recalled it: “leaked”",
        "admin recalled run:4f2c, which it comes from: “leaked”",
        "admin lifted the recall of it: “a mistake”",
        "admin lifted the recall of run:4f2c, which it comes from: “a mistake”",
    ]
    assert len(lines(version, "/models/m/versions/2/story")) == 1


def test_a_recall_of_what_one_may_not_see_is_told_without_its_name(call: Caller) -> None:
    call.model("secret")
    call.version("secret")
    call.model()
    call.version(source="models:/secret/1")
    call.api("PUT", "/models/secret/permissions", kind="user", name="rita", level="NO_PERMISSIONS")
    call.api("POST", "/recalls", of="version:secret/1", reason="leaked")
    told = call.by("rita").api("GET", V1)["story"][-1]
    assert told["line"] == "alice recalled something, which it comes from: “leaked”"
    assert told["details"] == {"recall": 1, "node": None, "reason": "leaked"}


def test_declared_parents_are_told_by_name_to_who_may_know_of_them(version: Caller) -> None:
    version.model("secret")
    version.version("secret")
    for parent in ({"model": "secret", "version": 1}, {"external": "hf:bert"}):
        version.api("POST", "/models/m/versions/1/parents", relation="fine_tuned", **parent)
    assert lines(version)[1:] == [
        "alice declared that it is fine-tuned from version:secret/1",
        "alice declared that it is fine-tuned from external_model:hf:bert",
    ]
    version.api("PUT", "/models/secret/permissions", kind="user", name="rita", level="NO_PERMISSIONS")
    secret, external = version.by("rita").api("GET", V1)["story"][1:]
    assert secret["line"] == "alice declared that it is fine-tuned from something"
    assert secret["details"] == {"relation": "fine_tuned", "parent": None, "node": None}
    assert external["line"] == "alice declared that it is fine-tuned from external_model:hf:bert"


def test_refusals_grants_and_whence_somebody_came_are_not_told(version: Caller) -> None:
    wanted = {"name": "m", "version": "1", "stage": "Production"}
    version.by("stan").refused("POST", "/model-versions/transition-stage", **wanted)
    version.api("PUT", "/models/m/permissions", kind="user", name="rita", level="CAN_EDIT")
    (registered,) = version.api("GET", V1)["story"]
    assert not {"address", "request_id", "token_id"} & registered.keys()


def test_who_may_not_read_the_model_is_told_of_no_version(version: Caller) -> None:
    version.api("PUT", "/models/m/permissions", kind="user", name="rita", level="NO_PERMISSIONS")
    detail = version.by("rita").api("GET", V1, status=404)["detail"]
    assert detail == version.api("GET", "/models/none/versions/1/story", status=404)["detail"].replace("none", "m")


def test_pages_tell_everything_once(version: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        for number in ("1", "2"):
            version.move(number, "Staging", archive_existing_versions=True)
            version.point("champion", number)
    version("POST", "/registered-models/rename", name="m", new_name="n")
    path = "/models/n/versions/1/story"
    whole = version.api("GET", path)["story"]
    assert len(whole) == 10
    for size in (1, 2, 3, 9):
        monkeypatch.setattr(story, "LONGEST_PAGE", size)
        page: dict[str, Any] = version.api("GET", path)
        found = page["story"]
        while page["next"]:
            page = version.api("GET", path, after=page["next"])
            found += page["story"]
        assert found == whole


def test_a_page_of_another_story_is_refused(version: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "LONGEST_PAGE", 1)
    version.move("1", "Staging")
    following = version.api("GET", V1)["next"]
    version.api("GET", "/models/m/versions/2/story", status=400, after=following)


def test_its_statements_do_not_grow_with_the_story(app: Flask, version: Caller) -> None:
    counts = set()
    for stage in ("Staging", "Production", "Archived"):
        version.move("1", stage)
        version.point("champion", "1")
        version.point("champion", "2")
        with counted(app) as statements:
            lines(version)
        counts.add(len([each for each in statements if "audit_events" in each]))
        assert len(statements) <= 6
    assert counts == {1}
