"""Databricks' calls on transition requests, over HTTP and without its SDK."""

from typing import Any

import pytest
from flask import Flask

from assent.access.policy.principals import SYSTEM
from assent.database import db, unit_of_work
from assent.governance.requests.completing import looking
from assent.governance.requests.records import rows
from assent.governance.rules import standing
from support.calling import Caller
from support.databases import ADMINISTRATOR, TEST
from support.gating import asked, gate, govern

OURS = "/api/2.0/mlflow"
REQUESTS = f"{OURS}/transition-requests"
MOVE = f"{OURS}/databricks/model-versions/transition-stage"
OF_1 = {"name": "m", "version": "1"}
TO_PRODUCTION = {**OF_1, "stage": "Production"}
APPROVE, REJECT = "APPROVE_TRANSITION_REQUEST", "REJECT_TRANSITION_REQUEST"
CANCEL = "CANCEL_TRANSITION_REQUEST"
TWO = {"approvals": 2}


@pytest.fixture
def model(call: Caller) -> Caller:
    """A model with two versions and without gates, in the hands of who registered it."""
    call.model()
    call.version()
    call.version()
    return call


@pytest.fixture
def guarded(model: Caller) -> Caller:
    """The same, and its way into Production takes two approvals."""
    govern(model, gate("Production", TWO))
    return model


def answer(call: Caller, verb: str, *, status: int = 200, path: str = "", **fields: Any) -> dict[str, Any]:
    """A call of the protocol, about the move of version 1 into Production unless something else is named."""
    method = {"list": "GET", "delete": "DELETE"}.get(verb, "POST")
    given = (OF_1 if verb == "list" else TO_PRODUCTION) | fields
    sent = {"json": given} if method == "POST" else {"query_string": given}
    found = call.answer(method, path or f"{REQUESTS}/{verb}", **sent)
    assert found.status_code == status, found.text
    told: dict[str, Any] = found.json or {}
    return told


def create(call: Caller, **fields: Any) -> dict[str, Any]:
    request: dict[str, Any] = answer(call, "create", **fields)["request"]
    return request


def approve(call: Caller, *, archive: bool = False, **fields: Any) -> dict[str, Any]:
    activity: dict[str, Any] = answer(call, "approve", archive_existing_versions=archive, **fields)["activity"]
    return activity


def reject(call: Caller, **fields: Any) -> dict[str, Any]:
    activity: dict[str, Any] = answer(call, "reject", **fields)["activity"]
    return activity


def cancel(call: Caller, **fields: Any) -> dict[str, Any]:
    activity: dict[str, Any] = answer(call, "delete", **{"creator": "alice", **fields})["activity"]
    return activity


def listed(call: Caller, **fields: Any) -> list[dict[str, Any]]:
    requests: list[dict[str, Any]] = answer(call, "list", **fields).get("requests", [])
    return requests


def refused(call: Caller, verb: str, status: int, **fields: Any) -> tuple[str, str]:
    """The code and the message."""
    told = answer(call, verb, status=status, **fields)
    return told["error_code"], told["message"]


def info(call: Caller, verb: str = "", **fields: Any) -> dict[str, Any]:
    """Why a call is denied, for programs."""
    (told,) = answer(call, verb, status=403, path="" if verb else MOVE, **fields)["details"]
    found: dict[str, Any] = told
    return found


def stage(call: Caller, number: str = "1") -> str:
    found: str = call("GET", "/model-versions/get", name="m", version=number)["model_version"]["current_stage"]
    return found


def test_a_request_is_opened_also_where_no_gate_guards_the_move(model: Caller) -> None:
    request = create(model, stage="staging", comment="Evaluated.")
    assert (request["to_stage"], request["from_stage"], request["comment"]) == ("Staging", "None", "Evaluated.")
    assert (request["user_id"], request["activity_type"]) == ("alice", "REQUESTED_TRANSITION")
    assert request["system_comment"] == "0 of 1 approval; stage unchanged"


def test_where_no_gate_guards_the_move_one_approval_makes_it(model: Caller) -> None:
    create(model)
    assert approve(model.by("bob"))["system_comment"] == "1 of 1 approval: bob; the version entered Production"
    assert stage(model) == "Production"


def test_asking_again_gives_the_same_request(guarded: Caller) -> None:
    assert create(guarded, comment="Please.") == create(guarded, comment="Now!")


def test_somebody_else_is_told_who_asked_and_which_request_it_is(guarded: Caller) -> None:
    create(guarded)
    code, message = refused(guarded.by("rita"), "create", 400)
    assert code == "RESOURCE_ALREADY_EXISTS"
    assert message == "The move of version 1 of m to Production was asked for by alice: request 1 is open."


def test_a_request_of_which_nothing_is_missing_is_applied_at_once(model: Caller) -> None:
    govern(model, gate("Production", {"annotation": {"tags": ["owner"]}}))
    model("POST", "/model-versions/set-tag", **OF_1, key="owner", value="risk")
    assert create(model)["system_comment"] == "the version entered Production"
    assert listed(model) == []


def test_who_asks_again_after_the_move_is_answered_as_before(guarded: Caller) -> None:
    created = create(guarded)
    for name in ("bob", "petra"):
        approve(guarded.by(name))
    again = create(guarded)
    assert (again["id"], again["available_actions"]) == (created["id"], [])


def test_what_stands_there_already_is_not_asked_for(model: Caller) -> None:
    model.move("1", "Production")
    assert refused(model, "create", 409)[0] == "RESOURCE_CONFLICT"


def test_open_requests_are_listed_and_none_else(guarded: Caller) -> None:
    assert answer(guarded, "list") == {}
    requests = [create(guarded, stage=name) for name in ("Production", "Staging", "Archived")]
    reject(guarded.by("bob"), stage="Staging", comment="No.")
    assert listed(guarded) == [requests[0], requests[2]]
    assert listed(guarded, version="2") == []


def test_requests_for_aliases_are_no_matter_of_this_protocol(model: Caller) -> None:
    govern(model, gate({"alias": "champion"}))
    asked(model, "@champion")
    assert listed(model) == []
    assert refused(model, "approve", 400, stage="@champion")[1].startswith("Invalid Model Version stage: @champion.")


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("alice", [REJECT, CANCEL]),
        ("bob", [APPROVE, REJECT, CANCEL]),
        ("petra", [APPROVE, REJECT]),
        ("stan", []),
        ("rita", []),
        (ADMINISTRATOR, [APPROVE, REJECT, CANCEL]),
    ],
)
def test_a_request_tells_what_the_caller_may_do_with_it(guarded: Caller, who: str, may: list[str]) -> None:
    create(guarded)
    assert [each["available_actions"] for each in listed(guarded.by(who))] == [may]


def test_who_has_approved_may_not_do_so_again(guarded: Caller) -> None:
    create(guarded)
    approve(guarded.by("petra"))
    assert listed(guarded.by("petra"))[0]["available_actions"] == [REJECT]


def test_an_approval_that_does_not_suffice_leaves_the_request_open(guarded: Caller) -> None:
    create(guarded)
    activity = approve(guarded.by("bob"), comment="Fine.")
    assert (activity["activity_type"], activity["user_id"]) == ("APPROVED_REQUEST", "bob")
    assert (activity["from_stage"], activity["to_stage"], activity["comment"]) == ("None", "Production", "Fine.")
    assert activity["system_comment"] == "1 of 2 approvals; stage unchanged"
    assert [each["system_comment"] for each in listed(guarded)] == ["1 of 2 approvals; stage unchanged"]
    assert stage(guarded) == "None"


def test_the_approval_that_completes_a_request_says_so(guarded: Caller) -> None:
    guarded.move("1", "Staging")
    create(guarded)
    approve(guarded.by("bob"))
    activity = approve(guarded.by("petra"))
    assert activity["system_comment"] == "2 of 2 approvals: bob, petra; the version entered Production"
    assert (activity["from_stage"], activity["to_stage"]) == ("Staging", "Production")
    assert (listed(guarded), stage(guarded)) == ([], "Production")


def test_what_else_is_missing_is_said_with_an_approval(model: Caller) -> None:
    govern(model, gate("Production", {"approvals": 1}, {"check": "ci"}))
    create(model)
    assert approve(model.by("bob"))["system_comment"] == "The check ci was not posted; stage unchanged"


@pytest.mark.parametrize("before", [0, 1])
def test_an_approval_that_is_sent_again_is_answered_as_before(guarded: Caller, before: int) -> None:
    create(guarded)
    for name in ("petra", "admin")[:before]:
        approve(guarded.by(name))
    assert approve(guarded.by("bob")) == approve(guarded.by("bob"))


def test_ids_of_activities_last_and_differ(guarded: Caller) -> None:
    request = create(guarded)
    ids = [request["id"], *(approve(guarded.by(name))["id"] for name in ("bob", "petra"))]
    assert ids == ["request:1", "decision:1", "decision:2"]


def test_approving_what_nobody_asks_for_finds_nothing(guarded: Caller) -> None:
    code, message = refused(guarded.by("bob"), "approve", 404)
    assert code == "RESOURCE_DOES_NOT_EXIST"
    assert message == "There is no open transition request for version 1 of m to Production."


def test_who_comes_too_late_is_told_what_became_of_it(guarded: Caller) -> None:
    create(guarded)
    reject(guarded.by("bob"), comment="No.")
    message = refused(guarded.by("petra"), "approve", 404)[1]
    assert message.split(" since ")[0].endswith("The last one, request 1, is rejected")


def test_an_approval_is_none_any_more_when_the_version_has_left(model: Caller) -> None:
    create(model)
    approve(model.by("bob"))
    model.move("1", "Archived")
    assert refused(model.by("bob"), "approve", 404)[0] == "RESOURCE_DOES_NOT_EXIST"


def test_the_requester_does_not_approve(guarded: Caller) -> None:
    create(guarded)
    denied = info(guarded, "approve")
    assert (denied["reason"], denied["metadata"]["target"]) == ("FOUR_EYES", "Production")


def test_an_approval_that_is_to_be_signed_is_given_elsewhere(model: Caller) -> None:
    govern(model, gate(signature=True))
    create(model)
    assert info(model.by("bob"), "approve")["reason"] == "NEEDS_SIGNATURE"


def test_deciding_takes_the_right(guarded: Caller) -> None:
    create(guarded)
    denied = info(guarded.by("edith"), "approve")
    assert (denied["reason"], denied["metadata"]["level"]) == ("RIGHT_LACKING", "CAN_EDIT")


def test_the_first_approval_may_send_the_others_to_the_archive(guarded: Caller) -> None:
    for number in ("1", "2"):
        create(guarded, version=number)
        approve(guarded.by("bob"), version=number, archive=True)
        last = approve(guarded.by("petra"), version=number, archive=True)
    assert last["system_comment"] == "2 of 2 approvals: bob, petra; the version entered Production; archived: 1"
    assert (stage(guarded, "1"), stage(guarded, "2")) == ("Archived", "Production")


@pytest.mark.parametrize("first", [True, False])
def test_the_next_approval_is_of_the_same_or_none(guarded: Caller, first: bool) -> None:
    create(guarded)
    approve(guarded.by("bob"), archive=first)
    code, message = refused(guarded.by("petra"), "approve", 400, archive_existing_versions=not first)
    assert code == "INVALID_PARAMETER_VALUE"
    says = "true" if first else "false"
    assert message.startswith(f"archive_existing_versions: Request 1 says {says}, and is approved so or not at all.")


def test_who_asked_that_others_be_archived_is_not_overruled(guarded: Caller) -> None:
    guarded.refused("POST", "/model-versions/transition-stage", **TO_PRODUCTION, archive_existing_versions=True)
    assert refused(guarded.by("bob"), "approve", 400, archive_existing_versions=False)[0] == "INVALID_PARAMETER_VALUE"


def test_who_does_not_say_what_is_archived_approves_what_was_asked_for(guarded: Caller) -> None:
    guarded.refused("POST", "/model-versions/transition-stage", **TO_PRODUCTION, archive_existing_versions=True)
    assert answer(guarded.by("bob"), "approve")["activity"]["activity_type"] == "APPROVED_REQUEST"


def test_only_active_stages_archive(guarded: Caller) -> None:
    create(guarded, stage="Archived")
    code, message = refused(guarded.by("bob"), "approve", 400, stage="Archived", archive_existing_versions=True)
    assert (code, "is not an Active stage" in message) == ("INVALID_PARAMETER_VALUE", True)


def test_who_approves_at_the_same_moment_sees_what_the_first_approval_archives(guarded: Caller, app: Flask) -> None:
    govern(guarded)
    guarded.move("2", "Production")
    govern(guarded, gate("Production", TWO))
    create(guarded)
    with app.app_context(), unit_of_work(db.engines[None], TEST) as session:
        seen = rows.by_id(session, 1)
    assert seen is not None
    approve(guarded.by("bob"), archive=True)
    with app.app_context(), unit_of_work(db.engines[None], TEST) as session:
        request, there, _ = looking.held(session, seen, standing.held(session), by=SYSTEM)
    assert (seen.archive_existing, request.archive_existing, there.archived) == (False, True, (2,))


def test_an_approval_archives_nobody_past_the_gate_of_the_archive(model: Caller) -> None:
    model.move("2", "Production")
    govern(model, gate(), gate("Archived", name="archive"))
    create(model)
    told = approve(model.by("bob"), archive=True)["system_comment"]
    assert told == (
        "That would archive version 2 past the gate archive: ask for that by itself first; stage unchanged"
    )


def test_what_an_approval_adds_to_a_request_is_told_to_the_audit_log(guarded: Caller) -> None:
    create(guarded)
    approve(guarded.by("bob"), archive=True)
    found = guarded.by(ADMINISTRATOR).api("GET", "/audit/events", action="transition_request.amended")["events"]
    assert [(each["actor"], each["details"]["after"]) for each in found] == [("bob", {"archive_existing": True})]


def test_a_rejection_closes_the_request(guarded: Caller) -> None:
    create(guarded)
    activity = reject(guarded.by("bob"), comment="It drifts.")
    assert (activity["activity_type"], activity["comment"]) == ("REJECTED_REQUEST", "It drifts.")
    assert activity["system_comment"] == "the request is rejected; stage unchanged"
    assert listed(guarded) == []
    assert reject(guarded.by("bob"), comment="It drifts.") == activity


def test_a_rejection_has_a_reason(guarded: Caller) -> None:
    create(guarded)
    assert refused(guarded.by("bob"), "reject", 400) == (
        "INVALID_PARAMETER_VALUE",
        "comment: Say why it is rejected.",
    )


def test_the_creator_cancels(guarded: Caller) -> None:
    create(guarded)
    activity = cancel(guarded, comment="Too early.")
    assert (activity["activity_type"], activity["comment"]) == ("CANCELLED_REQUEST", "Too early.")
    assert (activity["id"], activity["user_id"]) == ("request:1:withdrawn", "alice")
    assert listed(guarded) == []
    assert cancel(guarded, comment="Too early.") == activity


def test_a_delete_may_have_a_body(guarded: Caller) -> None:
    create(guarded)
    sent = guarded.answer("DELETE", f"{REQUESTS}/delete", json={**TO_PRODUCTION, "creator": "alice"})
    assert (sent.status_code, listed(guarded)) == (200, [])


def test_only_the_request_of_the_creator_is_cancelled(guarded: Caller) -> None:
    create(guarded)
    code, message = refused(guarded, "delete", 404, creator="rita")
    assert code == "RESOURCE_DOES_NOT_EXIST"
    assert message == "The move of version 1 of m to Production was asked for by alice, and not by rita."
    assert refused(guarded, "delete", 400)[1].startswith("Missing value for required parameter 'creator'")


@pytest.mark.parametrize(("who", "status"), [("bob", 200), ("petra", 403), ("rita", 403)])
def test_whoever_manages_the_model_cancels_for_others(guarded: Caller, who: str, status: int) -> None:
    create(guarded)
    answer(guarded.by(who), "delete", status=status, creator="alice")


def test_a_move_that_no_gate_guards_is_made_and_its_comment_kept(model: Caller) -> None:
    create(model, stage="Archived")
    moved = answer(model, "", path=MOVE, comment="At last.", archive_existing_versions=True)
    version = moved["model_version_databricks"]
    assert (version["current_stage"], version["permission_level"]) == ("Production", "CAN_MANAGE")
    assert [each["to_stage"] for each in version["open_requests"]] == ["Archived"]
    found = model.by(ADMINISTRATOR).api("GET", "/audit/events", action="model_version.transitioned")["events"]
    assert [each["details"]["comment"] for each in found] == ["At last."]


def test_a_direct_move_ends_the_open_request_for_it(model: Caller) -> None:
    create(model)
    answer(model, "", path=MOVE)
    assert listed(model) == []
    assert model.api("GET", "/requests/1")["state"] == "superseded"


def test_a_guarded_move_opens_a_request_with_the_comment(guarded: Caller) -> None:
    denied = info(guarded, comment="It is July.")
    assert (denied["reason"], denied["metadata"]["request"]) == ("NEEDS_APPROVALS", "1")
    assert [each["comment"] for each in listed(guarded)] == ["It is July."]
    for name in ("bob", "petra"):
        approve(guarded.by(name))
    moved = answer(guarded, "", path=MOVE)["model_version_databricks"]
    assert (moved["current_stage"], "open_requests" in moved) == ("Production", False)


def test_a_model_that_is_called_like_a_passing_fault_is_not_tried_again(call: Caller) -> None:
    call.model("Unexpected error")
    code, message = refused(call, "approve", 404, name="Unexpected error")
    assert (code, "Unexpected error" in message) == ("RESOURCE_DOES_NOT_EXIST", False)
