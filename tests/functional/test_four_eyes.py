"""Whose approval does not count, whatever they may do: those who have to do with what they would approve."""

from typing import Any

import pytest
from flask import Flask

from assent.access.credentials import tokens
from assent.access.granting import grants
from assent.access.people import accounts
from assent.access.policy.levels import Level
from assent.access.policy.principals import SYSTEM, Kind
from assent.database import db, unit_of_work
from support.calling import API, Caller
from support.databases import PASSWORD, TEST
from support.gating import asked, gate, govern


@pytest.fixture
def guarded(call: Caller) -> Caller:
    """A model with a version by edith, whose way into Production takes one approval."""
    call.model()
    call.by("edith").version()
    govern(call, gate())
    return call


def _approve(call: Caller, status: int = 200, request: int = 1, **fields: Any) -> dict[str, Any]:
    return call.api("POST", f"/requests/{request}/approve", status=status, **fields)


def test_the_registrar_of_the_original_of_a_copy_is_excluded(call: Caller) -> None:
    call.model("base")
    call.by("bob").version("base")
    call.model()
    call.by("edith").version(source="models:/base/1")
    govern(call, gate())
    asked(call.by("rita"))
    assert "bob registered the version" in _approve(call.by("bob"), status=403)["detail"]
    assert _approve(call.by("petra"))["state"] == "applied"


def test_the_user_of_the_run_is_excluded(guarded: Caller) -> None:
    facts = {"schema": "assent.run-snapshot/1", "run": {"id": "4f2c", "user": "bob"}}
    guarded.by("edith").version(run_id="4f2c")
    guarded.by("edith").api("PUT", "/models/m/versions/2/snapshot", facts=facts)
    asked(guarded.by("rita"), number=2)
    assert "bob ran the run that it comes from" in _approve(guarded.by("bob"), status=403)["detail"]


def test_the_author_of_a_required_check_is_excluded(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 1}, {"check": "ci"}))
    asked(guarded.by("rita"))
    guarded.by("bob").api("POST", "/models/m/versions/1/checks", name="ci", state="passed")
    assert "bob posted a check that the gate asks for" in _approve(guarded.by("bob"), status=403)["detail"]


def test_who_is_excluded_can_be_switched_off(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": {"count": 1, "exclude": []}}))
    asked(guarded.by("bob"))
    assert _approve(guarded.by("bob"))["state"] == "applied"


def test_a_right_that_the_requester_gave_after_asking_does_not_count(guarded: Caller) -> None:
    asked(guarded.by("bob"))
    guarded.by("bob").api("PUT", "/models/m/permissions", kind="user", name="rita", level="CAN_MANAGE")
    waiting = _approve(guarded.by("rita"))
    assert waiting["state"] == "open"
    why = next(each["why"] for each in waiting["report"]["findings"] if each["requirement"] == "approvals")
    assert "rita was given the right by somebody concerned after it was asked for" in why


def test_a_right_that_is_lost_takes_the_approval_along(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 2}))
    asked(guarded.by("rita"))
    _approve(guarded.by("bob"))
    guarded.by("alice").api("PUT", "/models/m/permissions", kind="user", name="bob", level="NO_PERMISSIONS")
    waiting = _approve(guarded.by("petra"))
    assert waiting["state"] == "open"
    why = next(each["why"] for each in waiting["report"]["findings"] if each["requirement"] == "approvals")
    assert "bob may not decide on it any more" in why


def test_a_service_account_approves_where_the_gate_names_it_alone(app: Flask, guarded: Caller) -> None:
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        bot = accounts.create(session, "bot", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM)
        grants.give(session, bot, Level.CAN_MANAGE_PRODUCTION_VERSIONS, by=SYSTEM)
        secret = tokens.create(session, bot, by=SYSTEM).secret
    asked(guarded)
    headers = {"Authorization": f"Bearer {secret}"}
    refused = guarded.client.post(f"{API}/requests/1/approve", json={}, headers=headers)
    assert (refused.status_code, "bot is nobody in person" in refused.text) == (403, True)
    govern(guarded, gate("Production", {"approvals": {"count": 1, "from": ["service_account:bot"]}}))
    approved = guarded.client.post(f"{API}/requests/1/approve", json={}, headers=headers)
    assert approved.json is not None
    assert approved.json["state"] == "applied"


def test_an_approval_is_signed_where_the_gate_asks_for_it(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 1}, signature=True))
    asked(guarded)
    assert _approve(guarded.by("bob"), status=403)["detail"].startswith("An approval is signed here")
    assert _approve(guarded.by("bob"), status=403, password="guess")["detail"] == "That is not the current password."
    approved = _approve(guarded.by("bob"), password=PASSWORD)
    assert (approved["state"], approved["decisions"][0]["signature"]) == ("applied", "password")


def test_who_saw_something_else_is_told(guarded: Caller) -> None:
    request = asked(guarded)["request"]
    assert "What was reviewed has changed" in _approve(guarded.by("bob"), status=409, digest="sha256:0")["detail"]
    assert _approve(guarded.by("bob"), digest=request["report"]["digest"])["state"] == "applied"


def test_going_back_takes_fewer_approvals(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 2}, rollback={"approvals": 1}))
    asked(guarded)
    for who in ("bob", "petra"):
        _approve(guarded.by(who))
    guarded.by("petra").move("1", "Archived")
    again = asked(guarded)["request"]
    assert again["report"]["rollback"] is True
    assert _approve(guarded.by("petra"), request=2)["state"] == "applied"
