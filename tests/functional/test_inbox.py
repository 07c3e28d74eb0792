"""The inbox: what waits for somebody, what they asked for, what is stuck and why, over all models."""

from typing import Any

import pytest
from flask import Flask

from support.calling import Caller
from support.counting import counted
from support.databases import ADMINISTRATOR
from support.gating import asked, gate, govern


@pytest.fixture
def busy(call: Caller) -> Caller:
    """Two models, each with a version that is on its way to Production."""
    for name in ("a", "b"):
        call.model(name)
        call.version(name)
    govern(call, gate("Production", {"approvals": 2}))
    asked(call, name="a")
    asked(call, name="b")
    return call


def _listed(call: Caller, **which: Any) -> list[int]:
    return [each["id"] for each in call.api("GET", "/requests", **which)["requests"]]


def _approve(call: Caller, number: int) -> None:
    call.api("POST", f"/requests/{number}/approve")


def test_what_waits_for_an_approval_waits_for_those_whose_would_count(busy: Caller) -> None:
    waiting = {who: _listed(busy.by(who), role="waiting") for who in ("bob", "petra", "alice", "stan", "rita")}
    # Alice asked for it, and registered it; Stan and Rita may not decide on Production.
    assert waiting == {"bob": [2, 1], "petra": [2, 1], "alice": [], "stan": [], "rita": []}


def test_who_has_approved_waits_for_nothing_until_that_is_stale(busy: Caller) -> None:
    _approve(busy.by("bob"), 1)
    assert _listed(busy.by("bob"), role="waiting") == [2]
    govern(busy, gate("Production", {"approvals": 3}))
    busy.api("POST", "/requests/1/look")
    assert _listed(busy.by("bob"), role="waiting") == [2, 1]


def test_what_waits_for_a_group_waits_for_those_in_it(busy: Caller) -> None:
    admin = busy.by(ADMINISTRATOR)
    admin.api("POST", "/groups", name="risk")
    admin.api("POST", "/memberships", group="risk", kind="user", name="petra")
    govern(busy, gate("Production", {"approvals": {"count": 1, "from": ["group:risk"]}}))
    for number in (1, 2):
        busy.api("POST", f"/requests/{number}/look")
    assert _listed(busy.by("petra"), role="waiting") == [2, 1]
    assert _listed(busy.by("bob"), role="waiting") == []


def test_what_time_or_ci_has_to_give_waits_for_nobody(busy: Caller) -> None:
    govern(busy, gate("Production", {"approvals": 1}, {"check": "ci"}))
    _approve(busy.by("bob"), 1)
    assert _listed(busy.by("petra"), role="waiting") == [2]


def test_one_finds_what_one_asked_for(busy: Caller) -> None:
    asked(busy.by("rita"), "Staging", name="a", not_before=4_000_000_000_000)
    assert _listed(busy.by("rita"), role="mine") == [3]
    assert _listed(busy.by("rita"), opened_by="alice") == [2, 1]


def test_what_is_stuck_tells_why(busy: Caller) -> None:
    govern(busy, gate("Production", {"approvals": 1}, {"check": "ci"}))
    busy.api("POST", "/models/a/versions/1/checks", name="ci", state="failed")
    (stuck,) = busy.api("GET", "/requests", stuck="true")["requests"]
    assert [each["why"] for each in stuck["report"]["findings"] if each["state"] == "failed"] == [
        "The check ci failed."
    ]


def test_closed_requests_are_found_by_their_state(busy: Caller) -> None:
    busy.api("POST", "/requests/1/withdraw")
    assert _listed(busy, state="withdrawn") == [1]
    assert _listed(busy, state="open") == [2]


def test_requests_are_filtered_by_model_and_target(busy: Caller) -> None:
    asked(busy, "@champion", name="b", not_before=4_000_000_000_000)
    assert _listed(busy, models="b") == [3, 2]
    assert _listed(busy, models="b", to="@champion") == [3]
    assert _listed(busy, to="production") == [2, 1]


def test_pages_follow_each_other(busy: Caller) -> None:
    first = busy.api("GET", "/requests", size=1)
    assert ([each["id"] for each in first["requests"]], first["next_before"]) == ([2], 2)
    second = busy.api("GET", "/requests", size=1, before=2)
    assert ([each["id"] for each in second["requests"]], second["next_before"]) == ([1], None)


def test_requests_of_models_that_one_may_not_read_are_not_there(busy: Caller) -> None:
    admin = busy.by(ADMINISTRATOR)
    admin.api("PUT", "/models/a/permissions", kind="user", name="bob", level="NO_PERMISSIONS")
    assert _listed(busy.by("bob")) == [2]
    assert _listed(busy.by("bob"), role="waiting") == [2]


def test_a_list_is_a_few_statements_however_long(app: Flask, busy: Caller) -> None:
    counts = set()
    for size in (1, 2):
        with counted(app) as statements:
            busy.api("GET", "/requests", size=size)
        counts.add(len(statements))
    assert counts == {2}


@pytest.mark.parametrize("kind", ["user", "group"])
def test_what_waits_for_somebody_may_be_theirs_by_a_grant_on_one_model_alone(busy: Caller, kind: str) -> None:
    admin, name = busy.by(ADMINISTRATOR), "rita"
    if kind == "group":
        name = "readers"
        admin.api("POST", "/groups", name=name)
        admin.api("POST", "/memberships", group=name, kind="user", name="rita")
    admin.api("PUT", "/models/a/permissions", kind=kind, name=name, level="CAN_MANAGE_PRODUCTION_VERSIONS")
    assert _listed(busy.by("rita"), role="waiting") == [1]
    assert _listed(busy.by("rita"), role="watching") == [2]
