"""What somebody might try who wants a version past a gate, and gets nowhere with."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.calling import API, Caller
from support.databases import ADMINISTRATOR
from support.gating import asked, gate, govern, states


@pytest.fixture
def free(call: Caller) -> Caller:
    """A model with two versions, which no gate guards yet."""
    call.model()
    call.version()
    call.version()
    return call


def _decide(call: Caller, verb: str, number: int = 1, status: int = 200, **fields: Any) -> dict[str, Any]:
    return call.api("POST", f"/requests/{number}/{verb}", status=status, **fields)


def _token(call: Caller, name: str, **limits: Any) -> Mapping[str, str]:
    """Headers that show a token of somebody."""
    made = call.by(name).api("POST", "/tokens", status=200, label="t", **limits)
    return {"Authorization": f"Bearer {made['secret']}"}


def test_an_approval_where_no_gate_stood_makes_no_rollback(free: Caller) -> None:
    # Databricks' clients ask for a move also where no gate guards it; then one approval is enough.
    fields = {"name": "m", "version": "1", "stage": "Production"}
    asked_for = free.answer("POST", "/api/2.0/mlflow/transition-requests/create", json=fields)
    assert asked_for.status_code == 200, asked_for.text
    assert _decide(free.by("bob"), "approve")["state"] == "applied"
    free.move("1", "Archived")
    govern(free, gate("Production", {"approvals": 2}, {"predecessor": "Staging"}, rollback={"approvals": 1}))
    report = asked(free)["request"]["report"]
    assert (report["rollback"], states(report)["predecessor"]) == (False, "missing")


def test_an_approval_under_another_gate_makes_no_rollback(free: Caller) -> None:
    govern(free, gate("Production", {"approvals": 1}, name="lax"))
    asked(free)
    _decide(free.by("bob"), "approve")
    free.move("1", "Archived")
    lax = gate("Production", {"approvals": 1}, name="lax", rollback={"approvals": 0})
    govern(free, lax)
    assert asked(free)["applied"]
    free.move("1", "Archived")
    govern(free, lax, gate("Production", {"approvals": 2}, name="strict", rollback={"approvals": 0}))
    assert not asked(free)["applied"]


@pytest.mark.parametrize("limits", [{"scopes": ["read"]}, {"targets": ["Staging"]}])
def test_a_token_that_cannot_decide_takes_no_approval_back(free: Caller, limits: dict[str, list[str]]) -> None:
    govern(free, gate("Production", {"approvals": 2}))
    asked(free)
    _decide(free.by("bob"), "approve")
    headers = _token(free, "bob", **limits)
    assert free.client.post(f"{API}/requests/1/take-back", headers=headers).status_code == 403
    assert [each["ended_at"] for each in free.api("GET", "/requests/1")["decisions"]] == [None]


def test_who_lost_the_right_to_decide_takes_an_approval_back(free: Caller) -> None:
    govern(free, gate("Production", {"approvals": 2}))
    asked(free)
    _decide(free.by("petra"), "approve")
    free.by(ADMINISTRATOR).api("PUT", "/grants", kind="user", name="petra", level="CAN_READ")
    assert _decide(free.by("petra"), "take-back")["decisions"][0]["ending"] == "taken_back"


def test_no_program_reviews_an_override(free: Caller) -> None:
    govern(free, gate(override={"by": ["user:petra"]}))
    asked(free)
    _decide(free.by("petra"), "override", comment="The site is down.")
    admin = free.by(ADMINISTRATOR)
    admin.api("POST", "/service-accounts", status=200, name="bot")
    admin.api("PUT", "/grants", kind="service_account", name="bot", level="CAN_MANAGE")
    headers = _token(free, ADMINISTRATOR, **{"for": "bot"})
    answer = free.client.post(f"{API}/requests/1/review", headers=headers, json={"comment": "Fine."})
    assert (answer.status_code, (answer.json or {})["detail"]) == (
        403,
        "An override is reviewed by somebody in person, and bot is a service account.",
    )


def test_no_gate_guards_where_every_version_begins(free: Caller) -> None:
    refused = free.by(ADMINISTRATOR).api("POST", "/gates/apply", gates=[gate("None")], status=400)
    assert "Every version begins in None" in str(refused)
