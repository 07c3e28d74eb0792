"""Delegations: for a limited time somebody decides in another one's place, and the record names both."""

from typing import Any

import pytest

from assent.kernel.clock import now
from support.calling import Caller
from support.databases import ADMINISTRATOR
from support.gating import asked, gate, govern

HOUR = 3_600_000


@pytest.fixture
def guarded(call: Caller) -> Caller:
    """A version of alice's that stan asked for, whose way into Production takes one approval."""
    call.model()
    call.version()
    govern(call, gate())
    asked(call.by("stan"))
    return call


def _give(call: Caller, of: str, to: str, **more: Any) -> dict[str, Any]:
    return call.by(of).api("POST", "/delegations", delegate=to, **({"until": now() + HOUR} | more))


def _approve(call: Caller, who: str, of: str, status: int = 200) -> dict[str, Any]:
    return call.by(who).api("POST", "/requests/1/approve", in_place_of=of, status=status)


def _why(request: dict[str, Any]) -> str:
    found: str = next(each["why"] for each in request["report"]["findings"] if each["requirement"] == "approvals")
    return found


def test_the_record_names_both(guarded: Caller) -> None:
    _give(guarded, "petra", "rita", reason="On leave.")
    (decision,) = _approve(guarded, "rita", "petra")["decisions"]
    assert (decision["by"], decision["in_place_of"]) == ("rita", "petra")
    events = guarded.by(ADMINISTRATOR).api("GET", "/audit/events", action="transition_request.approved")["events"]
    assert [(each["actor"], each["details"]["in_place_of"]) for each in events] == [("rita", "petra")]


def test_the_delegate_has_the_right_of_who_named_them(guarded: Caller) -> None:
    assert "lacks the right" in guarded.by("rita").api("POST", "/requests/1/approve", status=403)["detail"]
    _give(guarded, "petra", "rita")
    assert _approve(guarded, "rita", "petra")["state"] == "applied"


def test_who_may_not_decide_lets_nobody_else_decide(guarded: Caller) -> None:
    _give(guarded, "edith", "rita")
    assert _approve(guarded, "rita", "edith", 403)["detail"] == (
        "edith may not decide on it, and so may nobody in their place."
    )


def test_somebody_elses_delegate_decides_nothing(guarded: Caller) -> None:
    _give(guarded, "petra", "rita")
    assert _approve(guarded, "edith", "petra", 403)["detail"] == "edith is no delegate of petra now."
    assert _approve(guarded, "rita", "bob", 403)["detail"] == "rita is no delegate of bob now."


def test_a_delegate_has_no_delegates(guarded: Caller) -> None:
    _give(guarded, "petra", "rita")
    _give(guarded, "rita", "edith")
    assert _approve(guarded, "edith", "petra", 403)["detail"] == "edith is no delegate of petra now."
    assert _approve(guarded, "edith", "rita", 403)["detail"].startswith("rita may not decide on it")


@pytest.mark.parametrize(("of", "to"), [("alice", "petra"), ("petra", "alice")])
def test_neither_of_them_is_who_registered_it(guarded: Caller, of: str, to: str) -> None:
    _give(guarded, of, to)
    assert _approve(guarded, to, of, 403)["detail"] == (
        "Four eyes: alice registered the version. An approval of theirs does not count."
    )


@pytest.mark.parametrize(("of", "to"), [("stan", "petra"), ("petra", "stan")])
def test_neither_of_them_is_who_asked_for_it(guarded: Caller, of: str, to: str) -> None:
    _give(guarded, of, to)
    refused = _approve(guarded, to, of, 403)["detail"]
    assert "stan asked for it" in refused or refused.startswith("stan may not decide")


def test_one_person_is_one_approval_whoever_says_it(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 2}))
    _give(guarded, "petra", "bob")
    assert _approve(guarded, "bob", "petra")["state"] == "open"
    for who in ("bob", "petra"):
        refused = guarded.by(who).api("POST", "/requests/1/approve", status=409)
        assert refused["detail"] == "One person is one approval, and bob for petra has approved it already."


def test_two_delegates_of_one_are_one_approval(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 2}))
    for delegate in ("rita", "edith"):
        _give(guarded, "petra", delegate)
    _approve(guarded, "rita", "petra")
    assert "rita for petra has approved it already" in _approve(guarded, "edith", "petra", 409)["detail"]


def test_a_delegate_rejects(guarded: Caller) -> None:
    _give(guarded, "petra", "rita")
    rejected = guarded.by("rita").api("POST", "/requests/1/reject", comment="It drifts.", in_place_of="petra")
    assert (rejected["state"], rejected["decisions"][0]["in_place_of"]) == ("rejected", "petra")


@pytest.mark.parametrize("who", ["rita", "petra"])
def test_either_of_them_takes_the_approval_back(guarded: Caller, who: str) -> None:
    govern(guarded, gate("Production", {"approvals": 2}))
    _give(guarded, "petra", "rita")
    _approve(guarded, "rita", "petra")
    (decision,) = guarded.by(who).api("POST", "/requests/1/take-back")["decisions"]
    assert decision["ending"] == "taken_back"


@pytest.mark.parametrize("who", ["petra", "rita", ADMINISTRATOR])
def test_what_is_revoked_lets_nobody_decide(guarded: Caller, who: str) -> None:
    number = _give(guarded, "petra", "rita")["id"]
    assert guarded.by(who).api("POST", f"/delegations/{number}/revoke")["revoked_at"] is not None
    _approve(guarded, "rita", "petra", 403)
    assert guarded.by(who).api("POST", f"/delegations/{number}/revoke", status=409)["detail"] == (
        f"Delegation {number} has ended."
    )


def test_what_was_decided_before_it_was_revoked_counts(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 2}))
    number = _give(guarded, "petra", "rita")["id"]
    _approve(guarded, "rita", "petra")
    guarded.by("petra").api("POST", f"/delegations/{number}/revoke")
    assert guarded.by("bob").api("POST", "/requests/1/approve")["state"] == "applied"


@pytest.mark.parametrize("who", ["petra", "rita"])
def test_an_approval_counts_no_more_when_one_of_them_is_disabled(guarded: Caller, who: str) -> None:
    govern(guarded, gate("Production", {"approvals": 2}))
    _give(guarded, "petra", "rita")
    _approve(guarded, "rita", "petra")
    guarded.by(ADMINISTRATOR).api("PATCH", f"/users/{who}", disabled=True)
    assert guarded.by("bob").api("POST", "/requests/1/approve")["state"] == "open"


def test_who_is_disabled_is_stood_in_for_by_nobody(guarded: Caller) -> None:
    _give(guarded, "petra", "rita")
    guarded.by(ADMINISTRATOR).api("PATCH", "/users/petra", disabled=True)
    assert _approve(guarded, "rita", "petra", 403)["detail"].startswith("petra may not decide on it")


def test_it_holds_from_its_beginning_to_its_end(guarded: Caller) -> None:
    _give(guarded, "petra", "rita", since=now() + HOUR, until=now() + 2 * HOUR)
    assert _approve(guarded, "rita", "petra", 403)["detail"] == "rita is no delegate of petra now."


@pytest.mark.parametrize("until", [0, 1, 4_070_908_800_000])
def test_its_end_is_to_come_and_not_far_away(call: Caller, until: int) -> None:
    refused = call.by("petra").api("POST", "/delegations", delegate="rita", until=until, status=400)
    assert refused["detail"] == "until: Name a moment after the beginning, at most 92 days after it."


def test_nobody_is_their_own_delegate(call: Caller) -> None:
    refused = call.by("petra").api("POST", "/delegations", delegate="petra", until=now() + HOUR, status=400)
    assert refused["detail"] == "delegate: petra cannot decide in the place of petra."


def test_those_concerned_and_administrators_see_it(call: Caller) -> None:
    given = _give(call, "petra", "rita", reason="On leave.")
    seen = {who: call.by(who).api("GET", "/delegations")["delegations"] for who in ("petra", "rita", "bob", "admin")}
    assert seen == {"petra": [given], "rita": [given], "bob": [], "admin": [given]}
    assert (given["principal"], given["delegate"], given["reason"]) == ("petra", "rita", "On leave.")


def test_what_has_ended_is_listed_when_it_is_asked_for(call: Caller) -> None:
    number = _give(call, "petra", "rita")["id"]
    ended = call.by("rita").api("POST", f"/delegations/{number}/revoke")
    assert call.by("petra").api("GET", "/delegations")["delegations"] == []
    assert call.by("petra").api("GET", "/delegations", ended=True)["delegations"] == [ended]
    assert call.by("petra").api("GET", "/delegations", ended=True, before=number)["delegations"] == []


def test_a_delegation_of_others_is_not_there(call: Caller) -> None:
    number = _give(call, "petra", "rita")["id"]
    refused = call.by("bob").api("POST", f"/delegations/{number}/revoke", status=404)
    assert refused["detail"] == f"There is no delegation {number}."


def test_giving_and_revoking_are_written_down(call: Caller) -> None:
    number = _give(call, "petra", "rita")["id"]
    call.by("rita").api("POST", f"/delegations/{number}/revoke")
    events = call.by(ADMINISTRATOR).api("GET", "/audit/events", action="delegation.*")["events"]
    assert [(each["actor"], each["action"], each["subject"]) for each in events] == [
        ("rita", "delegation.revoked", "petra"),
        ("petra", "delegation.given", "petra"),
    ]
