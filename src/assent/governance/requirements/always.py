"""What is asked for of every guarded move, whatever its gates say. Pure."""

from collections.abc import Iterable

from assent.governance.requirements.facts import Facts
from assent.governance.requirements.findings import (
    RIGHT,
    Finding,
    failed,
    missing,
    moment,
    satisfied,
    waiting,
)

LIFECYCLE = "lifecycle"
QUARANTINE = "quarantine"
FREEZE = "freeze"
NOT_BEFORE = "not_before"
AFTER_REVIEW = "after_review"
WORDS = (RIGHT, LIFECYCLE, QUARANTINE, FREEZE, NOT_BEFORE, AFTER_REVIEW)


def judged(facts: Facts) -> list[Finding]:
    """Each of them that has something to say. That somebody with the right stands behind the move is always said."""
    found = (
        *(_right(facts), _lifecycle(facts), _quarantine(facts)),
        *(_freeze(facts), _not_before(facts), _after_review(facts)),
    )
    return [finding for finding in found if finding is not None]


def quarantine(recalls: Iterable[int]) -> str | None:
    """Why what comes from something that was recalled cannot be promoted; None where nothing was.

    Not everybody who reads it may know what was recalled, or why.
    """
    told = ", ".join(map(str, recalls))
    return f"It is quarantined (recall {told})." if told else None


def _right(facts: Facts) -> Finding:
    people = [facts.requester.name] if facts.requester and facts.requester_may_move else []
    people += [approval.speaker.name for approval in facts.approvals if approval.may_move and not approval.changed]
    if people:
        return satisfied(RIGHT, f"{people[0]} has the right to make the move.")
    why = f"Nobody who may make the move has asked for it or approved it: that takes {facts.moved_by}."
    return missing(RIGHT, why, [f"whoever has {facts.moved_by}"])


def _lifecycle(facts: Facts) -> Finding | None:
    # The version, or the lifecycle, may have changed since somebody asked for the move.
    return failed(LIFECYCLE, facts.against_lifecycle) if facts.against_lifecycle else None


def _quarantine(facts: Facts) -> Finding | None:
    why = quarantine(facts.recalls)
    return failed(QUARANTINE, why, ("whoever may lift the recall",)) if why else None


def _freeze(facts: Facts) -> Finding | None:
    if not facts.freezes:
        return None
    name, until = max(facts.freezes.items(), key=lambda each: each[1])
    return waiting(FREEZE, f"{facts.target} is frozen ({name}) until {moment(until)}.", until)


def _not_before(facts: Facts) -> Finding | None:
    if facts.not_before is None:
        return None
    if facts.at < facts.not_before:
        return waiting(NOT_BEFORE, f"It is to be made not before {moment(facts.not_before)}.", facts.not_before)
    return satisfied(NOT_BEFORE, f"It was to be made not before {moment(facts.not_before)}.")


def _after_review(facts: Facts) -> Finding | None:
    if not facts.unreviewed:
        return None
    told = ", ".join(map(str, facts.unreviewed))
    why = f"An override of {facts.target} was not reviewed yet: request {told}."
    return missing(AFTER_REVIEW, why, ["somebody else who may decide on it"])
