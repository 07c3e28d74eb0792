"""Findings and reports: what they tell."""

import pytest

from assent.governance.requirements.findings import (
    Finding,
    Report,
    failed,
    missing,
    moment,
    satisfied,
    stretch,
    waiting,
)


def report(*findings: Finding) -> Report:
    return Report(5, "m", 3, "Production", findings, {"production": 2}, "sha256:1")


def test_a_report_is_complete_when_everything_is_satisfied() -> None:
    assert report(satisfied("check", "It passed.")).is_complete


@pytest.mark.parametrize("other", [missing("a", "b"), failed("a", "b"), waiting("a", "b", 1)])
def test_a_report_is_not_complete_while_something_is_not(other: Finding) -> None:
    assert not report(satisfied("check", "It passed."), other).is_complete


def test_a_report_says_in_one_line_what_is_missing_and_who_can_give_it() -> None:
    told = report(
        satisfied("check", "It passed."),
        missing("approvals", "1 of 2 approvals.", ("group:risk", "user:ann")),
        failed("annotation", "The tag risk is very\nhigh."),
    ).line()
    assert told == "1 of 2 approvals (up to group:risk or user:ann); The tag risk is very high"


@pytest.mark.parametrize(
    ("who", "told"),
    [
        (("whoever has A",), "No approval (up to whoever has A)"),
        (("group:risk",), "No right (up to whoever has A); No approval (up to group:risk)"),
        ((), "No right (up to whoever has A); No approval"),
    ],
)
def test_a_right_that_comes_with_what_is_missing_is_not_said(who: tuple[str, ...], told: str) -> None:
    assert (
        report(missing("right", "No right.", ("whoever has A",)), missing("approvals", "No approval.", who)).line()
        == told
    )


def test_what_is_no_right_is_said_whoever_gives_it() -> None:
    assert report(missing("check", "No a.", ("ann",)), missing("check", "No b.", ("ann",))).line() == (
        "No a (up to ann); No b (up to ann)"
    )


def test_a_report_with_nothing_missing_says_so() -> None:
    assert report(satisfied("check", "It passed.")).line() == "Nothing is missing."


def test_a_report_tells_when_time_will_satisfy_something_next() -> None:
    assert report(waiting("soak", "", 9), waiting("freeze", "", 7), missing("check", "")).next_at == 7


def test_a_report_that_waits_for_people_alone_tells_no_time() -> None:
    assert report(missing("check", "")).next_at is None


def test_a_finding_is_told_with_its_gate() -> None:
    assert waiting("soak", "Soon.", 9).of("production", 2).told() == {
        "requirement": "soak",
        "state": "waiting",
        "why": "Soon.",
        "who": [],
        "since": 9,
        "gate": "production",
        "gate_revision": 2,
    }


@pytest.mark.parametrize(
    ("millis", "told"),
    [
        (0, "1970-01-01 00:00:00 UTC"),
        (1, "1970-01-01 00:00:01 UTC"),
        (1000, "1970-01-01 00:00:01 UTC"),
        (253_402_300_799_000, "9999-12-31 23:59:59 UTC"),
        (253_402_300_799_001, "the year 10000"),
        (2**63, "the year 10000"),
    ],
)
def test_a_moment_is_told_by_when_it_has_come(millis: int, told: str) -> None:
    assert moment(millis) == told


@pytest.mark.parametrize(
    ("millis", "told"), [(0, "0s"), (999, "0s"), (90_000, "1m30s"), (90_061_000, "1d1h1m1s"), (604_800_000, "7d")]
)
def test_a_stretch_is_told_as_gates_write_it(millis: int, told: str) -> None:
    assert stretch(millis) == told
