"""Breaking the glass: a move without its requirements, by those a gate names, and the review that it owes."""

from typing import Any

import pytest

from support.calling import Caller
from support.databases import ADMINISTRATOR, SqliteDatabases
from support.gating import asked, gate, govern
from support.serving import serving

BY_STAN = {"override": {"by": ["user:stan"], "review_within": "72h"}}


@pytest.fixture
def guarded(call: Caller) -> Caller:
    """A model with two versions, whose way into Production takes two approvals that Stan may override."""
    call.model()
    call.version()
    call.version()
    govern(call, gate("Production", {"approvals": 2}, **BY_STAN))
    return call


def _do(call: Caller, verb: str, request: int = 1, status: int = 200, comment: str = "It burns.") -> dict[str, Any]:
    return call.api("POST", f"/requests/{request}/{verb}", status=status, comment=comment)


def test_an_override_applies_at_once_and_owes_a_review(guarded: Caller) -> None:
    asked(guarded)
    overridden = _do(guarded.by("stan"), "override")
    assert (overridden["state"], overridden["overridden_by"], overridden["close_reason"]) == (
        "applied",
        "stan",
        "It burns.",
    )
    assert overridden["review_due_at"] - overridden["closed_at"] == 72 * 3_600_000
    assert (
        guarded("GET", "/model-versions/get", name="m", version="1")["model_version"]["current_stage"] == "Production"
    )


def test_the_record_shows_what_was_lacking(guarded: Caller) -> None:
    asked(guarded)
    report = _do(guarded.by("stan"), "override")["report"]
    assert not report["complete"]
    assert [each["state"] for each in report["findings"] if each["requirement"] == "approvals"] == ["missing"]


@pytest.mark.parametrize("who", ["bob", ADMINISTRATOR])
def test_nobody_overrides_whom_the_gate_does_not_name(guarded: Caller, who: str) -> None:
    asked(guarded)
    refused = _do(guarded.by(who), "override", status=403)
    assert refused["detail"] == "The gate production is overridden by user:stan alone."


def test_a_gate_that_names_nobody_knows_no_override(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 2}))
    asked(guarded)
    assert _do(guarded.by("stan"), "override", status=403)["detail"] == "The gate production knows no override."


def test_every_gate_must_know_the_override(guarded: Caller) -> None:
    strict = {**gate("Production", {"check": "ci"}), "name": "strict"}
    govern(guarded, gate("Production", {"approvals": 2}, **BY_STAN), strict)
    asked(guarded)
    assert _do(guarded.by("stan"), "override", status=403)["detail"] == "The gate strict knows no override."


def test_an_override_needs_a_reason(guarded: Caller) -> None:
    asked(guarded)
    _do(guarded.by("stan"), "override", status=400, comment=" ")


def test_overrides_can_be_switched_off(sqlite_databases: SqliteDatabases) -> None:
    with sqlite_databases.copy() as url, serving(url, allow_overrides=False) as app:
        call = Caller(app.test_client())
        call.model()
        call.version()
        govern(call, gate("Production", {"approvals": 2}, **BY_STAN))
        asked(call)
        assert _do(call.by("stan"), "override", status=403)["detail"] == "Overrides are switched off here."


def test_no_override_lifts_a_recall(guarded: Caller) -> None:
    guarded.by(ADMINISTRATOR).api("POST", "/recalls", of="version:m/1", reason="Labels were leaked.")
    asked(guarded)
    assert "No override lifts a recall." in _do(guarded.by("stan"), "override", status=403)["detail"]


def test_a_freeze_is_overridden(guarded: Caller) -> None:
    frozen = {
        "name": "now",
        "targets": [{"stage": "Production"}],
        "from": "2020-01-01",
        "until": "2990-01-01",
        "zone": "UTC",
    }
    govern(guarded, gate("Production", {"approvals": 2}, **BY_STAN), freezes=[frozen])
    asked(guarded)
    assert _do(guarded.by("stan"), "override")["state"] == "applied"


def test_the_next_promotion_waits_for_the_review(guarded: Caller) -> None:
    asked(guarded)
    _do(guarded.by("stan"), "override")
    asked(guarded, number=2)
    for who in ("bob", "petra"):
        waiting = _do(guarded.by(who), "approve", 2)
    assert [each["why"] for each in waiting["report"]["findings"] if each["requirement"] == "after_review"] == [
        "An override of Production was not reviewed yet: request 1."
    ]
    _do(guarded.by("petra"), "review", comment="It was right.")
    assert _do_nothing_but_look(guarded, 2)["state"] == "applied"


def test_the_review_is_done_by_somebody_else(guarded: Caller) -> None:
    govern(guarded, gate("Production", {"approvals": 2}, override={"by": ["user:petra"]}))
    asked(guarded)
    _do(guarded.by("petra"), "override")
    for who in ("petra", "alice"):
        assert _do(guarded.by(who), "review", status=403)["detail"].startswith("Four eyes: ")
    reviewed = _do(guarded.by("bob"), "review", comment="It was right.")
    assert (reviewed["reviewed_by"], reviewed["review_note"]) == ("bob", "It was right.")
    _do(guarded.by("bob"), "review", status=409)


def test_overrides_that_wait_for_their_review_are_listed_for_others(guarded: Caller) -> None:
    asked(guarded)
    _do(guarded.by("stan"), "override")
    listed = {
        who: [each["id"] for each in guarded.by(who).api("GET", "/requests", role="reviews")["requests"]]
        for who in ("bob", "stan", "alice", "rita")
    }
    assert listed == {"bob": [1], "stan": [], "alice": [], "rita": []}


def _do_nothing_but_look(call: Caller, request: int) -> dict[str, Any]:
    return call.api("POST", f"/requests/{request}/look")
