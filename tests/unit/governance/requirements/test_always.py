"""What is asked for of every guarded move."""

from typing import Any

import pytest

from assent.governance.requirements import always
from support.moves import HOUR, NOON, approval, facts, person

ANN, BEN = person(1), person(2)


def found(**known: Any) -> dict[str, tuple[str, str, int | None]]:
    """What is found by its name: the state, why, and since when time will have satisfied it."""
    return {each.requirement: (each.state.value, each.why, each.since) for each in always.judged(facts(**known))}


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({}, "missing"),
        ({"requester": ANN}, "missing"),
        ({"requester": ANN, "requester_may_move": True}, "satisfied"),
        ({"requester_may_move": True}, "missing"),
        ({"requester": ANN, "approvals": (approval(BEN),)}, "satisfied"),
        ({"requester": ANN, "approvals": (approval(BEN, may_move=False),)}, "missing"),
        ({"requester": ANN, "approvals": (approval(BEN, changed=("the source changed",)),)}, "missing"),
    ],
)
def test_somebody_with_the_right_stands_behind_the_move(known: dict[str, Any], state: str) -> None:
    assert found(**known)["right"][0] == state


def test_the_right_of_a_delegate_is_that_of_their_principal() -> None:
    assert found(approvals=(approval(ANN, BEN),))["right"][1] == "ben has the right to make the move."


def test_what_is_quarantined_is_not_moved() -> None:
    state, why, _ = found(recalls=(3, 5))["quarantine"]
    assert (state, why) == ("failed", "It is quarantined (recall 3, 5).")


def test_what_the_lifecycle_does_not_allow_fails() -> None:
    assert found(against_lifecycle="From None it goes to UAT.")["lifecycle"] == (
        "failed",
        "From None it goes to UAT.",
        None,
    )


def test_of_a_move_that_the_lifecycle_allows_nothing_is_said() -> None:
    assert "lifecycle" not in found()


def test_of_several_freezes_the_last_to_end_is_waited_for() -> None:
    known = {"year-end": NOON + 2 * HOUR, "audit": NOON + HOUR}
    assert found(freezes=known)["freeze"] == (
        "waiting",
        "Production is frozen (year-end) until 2026-03-04 14:00:00 UTC.",
        NOON + 2 * HOUR,
    )


@pytest.mark.parametrize(
    ("moment", "state", "since"),
    [(NOON + 1, "waiting", NOON + 1), (NOON, "satisfied", None), (NOON - 1, "satisfied", None)],
)
def test_a_move_is_not_made_before_its_time(moment: int, state: str, since: int | None) -> None:
    told = found(not_before=moment)["not_before"]
    assert (told[0], told[2]) == (state, since)


def test_an_override_that_nobody_reviewed_holds_the_next_move() -> None:
    assert found(unreviewed=(4, 9))["after_review"][:2] == (
        "missing",
        "An override of Production was not reviewed yet: request 4, 9.",
    )


def test_what_does_not_matter_is_not_told() -> None:
    assert set(found()) == {"right"}
