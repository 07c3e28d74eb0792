"""Transition requests: a guarded move is asked for, decided on by others, and made when nothing is missing."""

import time
from pathlib import Path
from typing import Any

import pytest

from assent.kernel import clock
from support.calling import Caller
from support.databases import ADMINISTRATOR
from support.gating import asked, gate, govern, states

DOCS = Path(__file__).parents[2] / "docs"
TRANSITION = "/model-versions/transition-stage"


@pytest.fixture
def guarded(call: Caller) -> Caller:
    """A model with two versions, whose way into Production takes one approval."""
    call.model()
    call.version()
    call.version()
    govern(call, gate())
    return call


def _stage(call: Caller, number: int = 1) -> str:
    stage: str = call("GET", "/model-versions/get", name="m", version=number)["model_version"]["current_stage"]
    return stage


def _decide(call: Caller, verb: str, request: dict[str, Any], status: int = 200, **fields: Any) -> dict[str, Any]:
    return call.api("POST", f"/requests/{request['id']}/{verb}", status=status, **fields)


def test_a_move_that_no_gate_guards_is_made_at_once(guarded: Caller) -> None:
    assert asked(guarded, "Staging") == {"applied": True, "request": None}
    assert _stage(guarded) == "Staging"


def test_a_guarded_move_waits_for_its_approval(guarded: Caller) -> None:
    answer = asked(guarded)
    request = answer["request"]
    assert (answer["applied"], request["state"], request["opened_by"]) == (False, "open", "alice")
    assert states(request["report"]) == {"right": "satisfied", "approvals": "missing"}
    assert _stage(guarded) == "None"


def test_the_approval_that_completes_a_request_makes_the_move(guarded: Caller) -> None:
    request = asked(guarded)["request"]
    approved = _decide(guarded.by("bob"), "approve", request, comment="Fine.")
    assert (approved["state"], approved["closed_by"]) == ("applied", "bob")
    assert [(each["by"], each["verdict"], each["comment"]) for each in approved["decisions"]] == [
        ("bob", "approved", "Fine.")
    ]
    assert _stage(guarded) == "Production"


@pytest.mark.parametrize("who", ["alice", ADMINISTRATOR, "petra"])
def test_nobody_passes_the_gate_by_calling_as_mlflow_does(guarded: Caller, who: str) -> None:
    asking = {"name": "m", "version": "1", "stage": "Production"}
    status, code, message = guarded.by(who).refused("POST", TRANSITION, **asking)
    assert (status, code) == (403, "PERMISSION_DENIED")
    assert message == (
        "Version 1 of m cannot enter Production yet: 0 of 1 approval (up to whoever has "
        "CAN_MANAGE_PRODUCTION_VERSIONS). Request 1 is open; the same call succeeds once it is applied."
    )
    assert _stage(guarded) == "None"


def test_the_guide_shows_what_clients_are_told(call: Caller) -> None:
    call.model("churn")
    for _ in range(4):
        call.version("churn")
    call.by(ADMINISTRATOR).api("POST", "/groups", name="risk")
    govern(call, gate("Production", {"approvals": {"count": 2, "from": ["group:risk"]}}, {"check": "ci/evaluation"}))
    _, code, message = call.refused("POST", TRANSITION, name="churn", version="4", stage="Production")
    assert f"RestException: {code}: {message}\n" in (DOCS / "mlflow.md").read_text()


@pytest.mark.parametrize("kind", ["stage", "alias", "deletion"])
def test_what_clients_are_told_is_one_line_and_not_a_long_one(call: Caller, kind: str) -> None:
    name = "Unexpected error\u2028" + "m" * 239
    call.model(name)
    call.version(name)
    values = {f"{number} {'v' * 200}": "allowed" for number in range(20)}
    alias = "a" * 255
    target = {"stage": "Production", "alias": alias, "deletion": "version"}[kind]
    govern(call, gate({kind: target}, {"annotation": {"tags": values}}))
    moves = {
        "stage": ("POST", TRANSITION, {"stage": "Production"}),
        "alias": ("POST", "/registered-models/alias", {"alias": alias}),
        "deletion": ("DELETE", "/model-versions/delete", {}),
    }
    method, path, more = moves[kind]
    status, _, message = call.refused(method, path, name=name, version="1", **more)
    assert (status, len(message.splitlines()), "Unexpected error" in message) == (403, 1, False)
    assert len(message) <= 1000
    assert "Request 1 is open" in message


def test_the_same_call_after_the_decision_succeeds_and_changes_nothing_more(guarded: Caller) -> None:
    asking = {"name": "m", "version": "1", "stage": "Production"}
    guarded.by("edith").refused("POST", TRANSITION, **asking)
    _decide(guarded.by("bob"), "approve", {"id": 1})
    before = guarded("GET", "/model-versions/get", name="m", version="1")
    assert guarded.by("edith")("POST", TRANSITION, **asking) == before


def test_asking_again_finds_the_same_request(guarded: Caller) -> None:
    assert asked(guarded)["request"]["id"] == asked(guarded)["request"]["id"]
    others = asked(guarded.by("rita"))["request"]
    assert (others["id"], others["opened_by"]) == (1, "alice")


def test_requester_cannot_approve(guarded: Caller) -> None:
    request = asked(guarded.by("petra"))["request"]
    refused = _decide(guarded.by("petra"), "approve", request, status=403)
    assert refused["detail"] == "Four eyes: petra asked for it. An approval of theirs does not count."


def test_registrar_cannot_approve(guarded: Caller) -> None:
    request = asked(guarded.by("petra"))["request"]
    refused = _decide(guarded.by("alice"), "approve", request, status=403)
    assert refused["detail"] == "Four eyes: alice registered the version. An approval of theirs does not count."


@pytest.mark.parametrize("who", ["rita", "edith", "stan"])
def test_deciding_on_production_takes_the_right(guarded: Caller, who: str) -> None:
    request = asked(guarded)["request"]
    refused = _decide(guarded.by(who), "approve", request, status=403)
    assert "request:decide_production" in refused["detail"]


def test_a_rejection_closes_the_request_and_needs_a_reason(guarded: Caller) -> None:
    request = asked(guarded)["request"]
    _decide(guarded.by("bob"), "reject", request, status=400, comment=" ")
    rejected = _decide(guarded.by("bob"), "reject", request, comment="It drifts.")
    assert (rejected["state"], rejected["close_reason"]) == ("rejected", "It drifts.")
    closed = _decide(guarded.by("petra"), "approve", request, status=409)
    assert closed["detail"].startswith("Request 1 is rejected since ")
    assert asked(guarded)["request"]["id"] == 2


def test_an_approval_may_be_taken_back(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 2}))
    request = asked(guarded)["request"]
    _decide(guarded.by("bob"), "approve", request)
    back = _decide(guarded.by("bob"), "take-back", request)
    assert [(each["by"], each["ending"]) for each in back["decisions"]] == [("bob", "taken_back")]
    assert _decide(guarded.by("petra"), "approve", request)["state"] == "open"
    assert _decide(guarded.by("bob"), "approve", request)["state"] == "applied"


def test_one_person_is_one_approval(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 2}))
    request = asked(guarded)["request"]
    for _ in range(2):
        again = _decide(guarded.by("bob"), "approve", request)
    assert (again["state"], len(again["decisions"])) == ("open", 1)


def test_an_approval_of_what_changed_since_is_stale(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 2}, {"annotation": {"tags": ["owner"]}}))
    guarded("POST", "/model-versions/set-tag", name="m", version="1", key="owner", value="risk")
    request = asked(guarded)["request"]
    _decide(guarded.by("bob"), "approve", request)
    guarded("POST", "/model-versions/set-tag", name="m", version="1", key="owner", value="me")
    second = _decide(guarded.by("petra"), "approve", request)
    assert second["state"] == "open"
    told = next(each["why"] for each in second["report"]["findings"] if each["requirement"] == "approvals")
    assert told == "1 of 2 approvals; that of bob does not count: since then the tag owner changed."
    assert _decide(guarded.by("bob"), "approve", request)["state"] == "applied"


def test_a_change_of_the_gate_makes_approvals_stale(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 2}))
    request = asked(guarded)["request"]
    _decide(guarded.by("bob"), "approve", request)
    govern(guarded, gate("Production", {"approvals": 1}))
    assert asked(guarded)["request"]["state"] == "open"
    assert _decide(guarded.by("bob"), "approve", request)["state"] == "applied"


def test_the_requester_withdraws(guarded: Caller) -> None:
    request = asked(guarded.by("rita"))["request"]
    _decide(guarded.by("petra"), "withdraw", request, status=403)
    assert _decide(guarded.by("rita"), "withdraw", request)["state"] == "withdrawn"


def test_a_request_waits_for_the_last_check_and_is_applied_when_it_passes(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 1}, {"check": "ci"}))
    request = asked(guarded)["request"]
    _decide(guarded.by("bob"), "approve", request)
    guarded.by("edith").api("POST", "/models/m/versions/1/checks", name="ci", state="passed")
    assert guarded.api("GET", f"/requests/{request['id']}")["state"] == "applied"


def test_an_alias_is_guarded(guarded: Caller) -> None:
    govern(guarded, gate({"alias": "champion"}))
    pointing = {"name": "m", "alias": "champion", "version": "1"}
    assert guarded.refused("POST", "/registered-models/alias", **pointing)[0] == 403
    assert _decide(guarded.by("bob"), "approve", {"id": 1})["state"] == "applied"
    guarded("POST", "/registered-models/alias", **pointing)
    assert guarded("GET", "/registered-models/alias", name="m", alias="champion")["model_version"]["version"] == "1"


def test_deleting_is_guarded(guarded: Caller) -> None:
    govern(guarded, gate({"deletion": "version"}))
    assert guarded.refused("DELETE", "/model-versions/delete", name="m", version="1")[0] == 403
    assert guarded.refused("DELETE", "/registered-models/delete", name="m")[0] == 403
    assert _decide(guarded.by("bob"), "approve", {"id": 1})["state"] == "applied"
    assert guarded.refused("GET", "/model-versions/get", name="m", version="1")[0] == 404


def test_what_is_deleted_is_asked_for_no_more(guarded: Caller) -> None:
    request = asked(guarded)["request"]
    guarded("DELETE", "/model-versions/delete", name="m", version="1")
    assert guarded.api("GET", f"/requests/{request['id']}")["state"] == "superseded"


def test_incumbents_are_archived_with_the_move(guarded: Caller) -> None:
    for number in (1, 2):
        request = asked(guarded, number=number, archive_existing=True)["request"]
        _decide(guarded.by("bob"), "approve", request)
    assert (_stage(guarded, 1), _stage(guarded, 2)) == ("Archived", "Production")


def test_explaining_tells_what_enforcing_would(guarded: Caller) -> None:
    explained = guarded.by("rita").api("GET", "/models/m/versions/1/explain", to="production")
    assert (explained["guarded"], explained["there"], explained["request"]) == (True, False, None)
    assert states(explained["report"]) == {"right": "missing", "approvals": "missing"}
    asked(guarded)
    explained = guarded.by("rita").api("GET", "/models/m/versions/1/explain", to="production")
    assert states(explained["report"]) == states(explained["request"]["report"])


def test_what_is_scheduled_is_moved_when_its_time_comes(guarded: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    later = clock.now() + 60_000
    request = asked(guarded, "Staging", not_before=later)["request"]
    assert states(request["report"]) == {"right": "satisfied", "not_before": "waiting"}
    monkeypatch.setattr(time, "time_ns", lambda: (later + 1) * 1_000_000)
    assert _decide(guarded, "look", request)["state"] == "applied"


def test_a_request_that_nobody_completed_in_time_expires(guarded: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    govern(guarded, gate("Production", {"approvals": 1}, expires_after="1h"))
    request = asked(guarded)["request"]
    monkeypatch.setattr(time, "time_ns", lambda: (request["expires_at"] + 1) * 1_000_000)
    assert "expired" in _decide(guarded.by("bob"), "approve", request, status=409)["detail"]
    assert asked(guarded)["request"]["id"] == 2
    assert guarded.api("GET", f"/requests/{request['id']}")["state"] == "expired"


def test_what_was_asked_for_first_is_what_is_judged(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 2}))
    guarded.version()
    request = asked(guarded, archive_existing=True)["request"]
    _decide(guarded.by("bob"), "approve", request)
    assert asked(guarded)["request"]["archive_existing"] is True
    assert _decide(guarded.by("petra"), "approve", request)["state"] == "applied"


def test_what_was_asked_for_first_is_what_is_explained(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 2}))
    for number in (1, 2):
        guarded.version()
        request = asked(guarded, number=number, archive_existing=True)["request"]
        _decide(guarded.by("bob"), "approve", request)
        if number == 1:
            _decide(guarded.by("petra"), "approve", request)
    explained = guarded.by("rita").api("GET", "/models/m/versions/2/explain", to="Production")
    (approvals,) = [each for each in explained["report"]["findings"] if each["requirement"] == "approvals"]
    assert "1 of 2 approvals" in approvals["why"]
    assert explained["report"]["digest"] == guarded.api("GET", f"/requests/{request['id']}")["report"]["digest"]


def test_explaining_what_no_gate_guards_asks_for_the_right_alone(guarded: Caller) -> None:
    explained = guarded.api("GET", "/models/m/versions/1/explain", to="Staging")
    assert (explained["guarded"], states(explained["report"])) == (False, {"right": "satisfied"})


@pytest.mark.parametrize("verb", ["resolve", "delete"])
def test_a_request_waits_for_the_last_thread_and_is_applied_when_it_is_resolved(guarded: Caller, verb: str) -> None:
    govern(guarded, gate("Production", {"comments_resolved": True}))
    written = guarded.by("rita").api("POST", "/models/m/versions/1/comments", text="Is it fair?")["id"]
    request = asked(guarded.by("petra"))["request"]
    assert states(request["report"])["comments_resolved"] == "missing"
    if verb == "resolve":
        guarded.api("POST", f"/comments/{written}/resolve")
    else:
        guarded.by("rita").api("DELETE", f"/comments/{written}")
    assert guarded.api("GET", f"/requests/{request['id']}")["state"] == "applied"


def test_a_request_waits_for_the_card_and_is_applied_when_it_is_complete(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"annotation": {"card": ["Limitations"]}}))
    request = asked(guarded.by("petra"))["request"]
    guarded.by("edith").api("PUT", "/models/m/card", text="# Limitations\n\nNot for cards that were stolen.\n")
    assert guarded.api("GET", f"/requests/{request['id']}")["state"] == "applied"


def test_a_comment_on_a_request_is_one_on_its_version(guarded: Caller) -> None:
    request = asked(guarded)["request"]["id"]
    written = guarded.by("rita").api("POST", f"/requests/{request}/comments", text="Is it fair?")
    assert (written["request"], written["version"]) == (request, 1)
    replied = guarded.api("POST", f"/requests/{request}/comments", text="It is.", reply_to=written["id"])
    for path in (f"/requests/{request}/comments", "/models/m/versions/1/comments"):
        assert [each["id"] for each in guarded.api("GET", path)["comments"]] == [written["id"], replied["id"]]
