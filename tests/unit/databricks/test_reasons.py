"""Why something is refused, in one word for programs."""

from typing import Any

import pytest

from assent.databricks import reasons
from assent.governance.requirements import always, kinds
from assent.governance.requirements.findings import Finding, Report, State, failed, missing, satisfied, waiting
from assent.kernel.errors import Denied, Held


def held(*findings: Finding) -> Held:
    report = Report(5, "m", 3, "Production", findings, {"production": 2}, "sha256:1")
    return Held("Wait.", request_id=12, report=report.told(), subject="m", version=3)


@pytest.mark.parametrize(
    ("finding", "reason"),
    [
        (missing("approvals", ""), "NEEDS_APPROVALS"),
        (missing("check", ""), "CHECK_MISSING"),
        (failed("check", ""), "CHECK_FAILED"),
        (missing("metric", ""), "METRIC_MISSING"),
        (failed("metric", ""), "METRIC_FAILED"),
        (missing("annotation", ""), "NEEDS_ANNOTATION"),
        (failed("annotation", ""), "NEEDS_ANNOTATION"),
        (missing("lineage", ""), "NEEDS_LINEAGE"),
        (missing("predecessor", ""), "NEEDS_PREDECESSOR"),
        (waiting("soak", "", 9), "NEEDS_SOAK"),
        (waiting("window", "", 9), "OUTSIDE_WINDOW"),
        (missing("comments_resolved", ""), "COMMENTS_UNRESOLVED"),
        (missing("right", ""), "RIGHT_LACKING"),
        (failed("lifecycle", ""), "AGAINST_LIFECYCLE"),
        (failed("quarantine", ""), "QUARANTINED"),
        (waiting("freeze", "", 9), "FROZEN_UNTIL"),
        (waiting("not_before", "", 9), "NOT_BEFORE"),
        (missing("after_review", ""), "NEEDS_AFTER_REVIEW"),
        (missing("moon", ""), "REQUIREMENT_MISSING"),
        (failed("moon", ""), "REQUIREMENT_FAILED"),
        (waiting("moon", "", 9), "REQUIREMENT_WAITING"),
    ],
)
def test_a_requirement_that_does_not_hold_has_a_word(finding: Finding, reason: str) -> None:
    assert reasons.info(held(finding))[0] == reason


@pytest.mark.parametrize("state", [State.MISSING, State.FAILED, State.WAITING])
@pytest.mark.parametrize("word", [*always.WORDS, *kinds.kinds()])
def test_no_requirement_of_ours_is_told_as_one_of_a_plug_in(word: str, state: State) -> None:
    told = reasons.of_finding(Finding(word, state, "").told())
    possible = {"check": {State.MISSING, State.FAILED}, "metric": {State.MISSING, State.FAILED}}
    assert told.startswith("REQUIREMENT_") is (state not in possible.get(word, set(State)))


def test_the_first_that_does_not_hold_decides() -> None:
    reason, told = reasons.info(held(satisfied("check", ""), missing("annotation", ""), failed("check", "")))
    assert (reason, told["reasons"]) == ("NEEDS_ANNOTATION", "NEEDS_ANNOTATION,CHECK_FAILED")


def test_a_right_decides_when_nothing_else_is_missing() -> None:
    reason, told = reasons.info(held(missing("right", ""), missing("approvals", "")))
    assert (reason, told["reasons"]) == ("NEEDS_APPROVALS", "NEEDS_APPROVALS,RIGHT_LACKING")


def test_each_requirement_is_told_with_why_it_does_not_hold() -> None:
    told = reasons.info(held(missing("check", "No\na."), satisfied("soak", "Long."), missing("check", "b" * 999)))[1]
    assert told == {
        "request": "12",
        "target": "Production",
        "reasons": "CHECK_MISSING",
        "check": "No a.",
        "check.2": f"{'b' * 299}…",
    }


def test_what_takes_only_time_tells_until_when() -> None:
    assert reasons.info(held(waiting("freeze", "", 9)))[1]["since"] == "9"


def test_there_is_a_limit_to_what_is_told() -> None:
    told = reasons.info(held(*(missing("check", "") for _ in range(100))))[1]
    assert len([name for name in told if name.startswith("check")]) == 20


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"permission": "request:decide"}, "RIGHT_LACKING"),
        ({"limited_by_token": 3}, "LIMITED_BY_TOKEN"),
        ({"reason": "four_eyes"}, "FOUR_EYES"),
        ({"reason": "unsigned"}, "NEEDS_SIGNATURE"),
        ({"reason": "quarantined"}, "QUARANTINED"),
    ],
)
def test_a_denial_has_a_word(details: dict[str, Any], reason: str) -> None:
    assert reasons.info(Denied("", details=details))[0] == reason


def test_a_denial_is_told_with_what_it_was_about() -> None:
    details: dict[str, object] = {"permission": "a", "level": "b", "target": "c", "request": 4, "version": 5}
    assert reasons.info(Denied("", details=details))[1] == {
        "permission": "a",
        "level": "b",
        "target": "c",
        "request": "4",
    }
