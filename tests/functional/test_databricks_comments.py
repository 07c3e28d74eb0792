"""Databricks' calls on comments, over HTTP and without its SDK."""

from typing import Any

import pytest

from support.calling import API, Caller

CREATE = ("POST", "/comments/create")
UPDATE = ("PATCH", "/comments/update")
DELETE = ("DELETE", "/comments/delete")


@pytest.fixture
def versioned(call: Caller) -> Caller:
    """A model with a version."""
    call.model()
    call.version()
    return call


def _write(call: Caller, text: str = "Why?") -> dict[str, Any]:
    written: dict[str, Any] = call(*CREATE, name="m", version="1", comment=text)["comment"]
    return written


def _texts(call: Caller) -> list[str | None]:
    return [each["text"] for each in call.api("GET", "/models/m/versions/1/comments")["comments"]]


def test_a_comment_is_answered_as_that_registry_does(versioned: Caller) -> None:
    written = _write(versioned.by("rita"))
    assert written == {
        "id": written["id"],
        "comment": "Why?",
        "user_id": "rita",
        "creation_timestamp": written["creation_timestamp"],
        "last_updated_timestamp": written["creation_timestamp"],
        "available_actions": ["EDIT_COMMENT", "DELETE_COMMENT"],
    }
    assert isinstance(written["id"], str)


def test_an_edit_tells_when_it_was(versioned: Caller) -> None:
    written = _write(versioned)
    edited = versioned(*UPDATE, id=written["id"], comment="Why not?")["comment"]
    assert edited["comment"] == "Why not?"
    assert edited["last_updated_timestamp"] >= edited["creation_timestamp"] == written["creation_timestamp"]
    assert _texts(versioned) == ["Why not?"]


@pytest.mark.parametrize("sends", ["query_string", "json"])
def test_what_is_deleted_is_named_in_the_query_or_in_the_body(versioned: Caller, sends: str) -> None:
    sent: dict[str, Any] = {sends: {"id": _write(versioned)["id"]}}
    for _ in range(2):
        answer = versioned.answer("DELETE", "/api/2.0/mlflow/comments/delete", **sent)
        assert (answer.status_code, answer.json) == (200, {})
    assert _texts(versioned) == [None]


def test_what_is_deleted_is_edited_no_more(versioned: Caller) -> None:
    written = _write(versioned)
    versioned(*DELETE, id=written["id"])
    assert versioned.refused(*UPDATE, id=written["id"], comment="No.")[:2] == (404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize("call_of", [UPDATE, DELETE])
def test_somebody_elses_comment_stays(versioned: Caller, call_of: tuple[str, str]) -> None:
    written = _write(versioned)
    refused = versioned.by("rita").refused(*call_of, id=written["id"], comment="I agree.")
    assert refused[:2] == (403, "PERMISSION_DENIED")
    assert _texts(versioned) == ["Why?"]


@pytest.mark.parametrize("comment", ["0", "7", "-1", "1.0", "one", "\u0661", " 1", "9" * 19, "9" * 400])
@pytest.mark.parametrize("call_of", [UPDATE, DELETE])
def test_what_is_no_comment_is_not_found(sqlite_call: Caller, call_of: tuple[str, str], comment: str) -> None:
    status, code, message = sqlite_call.refused(*call_of, id=comment, comment="Why?")
    assert (status, code) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert message.startswith("There is no comment")


@pytest.mark.parametrize(
    ("call_of", "fields", "said"),
    [
        (CREATE, {"name": "m", "version": "1"}, "'comment'"),
        (CREATE, {"name": "m", "version": "1", "comment": ""}, "'comment'"),
        (CREATE, {"name": "m", "version": "1", "comment": " "}, "says something"),
        (CREATE, {"name": "m", "version": "1", "comment": "x" * 20_001}, "20000"),
        (CREATE, {"name": "m", "version": "1", "comment": "a\x00"}, "NUL"),
        (CREATE, {"name": "m", "version": "one", "comment": "Why?"}, "version"),
        (CREATE, {"name": "m", "version": 1, "comment": "Why?"}, "version"),
        (CREATE, {"version": "1", "comment": "Why?"}, "'name'"),
        (UPDATE, {"comment": "Why?"}, "'id'"),
        (UPDATE, {"id": 1, "comment": "Why?"}, "'id'"),
        (UPDATE, {"id": "1"}, "'comment'"),
        (DELETE, {}, "'id'"),
    ],
)
def test_what_is_no_input_is_told(
    sqlite_call: Caller, call_of: tuple[str, str], fields: dict[str, Any], said: str
) -> None:
    status, code, message = sqlite_call.refused(*call_of, **fields)
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
    assert said in message


@pytest.mark.parametrize("path", ["/comments/list", "/comments/create/more"])
def test_what_is_not_there_is_told_in_this_protocol(sqlite_call: Caller, path: str) -> None:
    answer = sqlite_call.answer("GET", f"/api/2.0/mlflow{path}")
    assert answer.json is not None
    assert (answer.json["error_code"], answer.json["details"]) == ("ENDPOINT_NOT_FOUND", [])


def test_a_denial_has_its_reason_for_programs(versioned: Caller) -> None:
    written = _write(versioned.by("rita"))
    denied = versioned.by("edith").request(*DELETE, id=written["id"]).json
    assert denied is not None
    assert denied["details"][0]["reason"] == "RIGHT_LACKING"
    assert versioned.answer("GET", f"{API}/comments/{written['id']}/revisions").status_code == 200
