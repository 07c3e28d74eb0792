"""Checks: read, told, and judged in each state."""

from typing import Any

import pytest

from assent.governance.requirements.checks import Check
from assent.governance.requirements.facts import CheckResult
from support.moves import DAY, NOON, facts, in_words, judged, of_version, read, result, spec

FRESH = {"name": "ci/evaluation", "max_age": "7d"}


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("ci/evaluation", Check("ci/evaluation")),
        ({"name": "ci/evaluation"}, Check("ci/evaluation")),
        (FRESH, Check("ci/evaluation", 7 * DAY)),
    ],
)
def test_a_check_is_read(written: object, read_as: Check) -> None:
    assert spec("check", written) == read_as


@pytest.mark.parametrize(
    ("written", "place", "message"),
    [
        ({}, (), "name is missing."),
        (None, (), "Write a text here."),
        (["lint"], (), "Write a text here."),
        ({"name": "x" * 129}, ("name",), "Write at most 128 characters"),
        ({"name": "lint", "max_age": 7}, ("max_age",), "Write a stretch of time"),
        ({"name": "lint", "max_age": "0d"}, ("max_age",), "Write a stretch of time"),
        ({"name": "lint", "age": "7d"}, ("age",), "There is nothing called age here"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(written: object, place: Any, message: str) -> None:
    _, faults = read("check", written)
    assert [(fault.at, fault.message[: len(message)]) for fault in faults] == [(place, message)]


@pytest.mark.parametrize(
    ("written", "words"),
    [("lint", "the check lint has passed"), (FRESH, "the check ci/evaluation has passed within 7d")],
)
def test_a_check_is_told_in_words(written: object, words: str) -> None:
    assert in_words("check", written) == words


@pytest.mark.parametrize(
    ("posted", "state", "why"),
    [
        (None, "missing", "The check ci/evaluation was not posted."),
        (result("pending"), "missing", "The check ci/evaluation is pending."),
        (result("failed"), "failed", "The check ci/evaluation failed."),
        (result(), "satisfied", "The check ci/evaluation passed at 2026-03-04 11:00:00 UTC."),
        (result(ago=7 * DAY), "satisfied", "The check ci/evaluation passed at 2026-02-25 12:00:00 UTC."),
        (
            result(ago=7 * DAY + 1),
            "missing",
            "The check ci/evaluation passed at 2026-02-25 12:00:00 UTC, longer than 7d ago.",
        ),
        # The clocks of two servers differ.
        (
            CheckResult("passed", NOON + 1, 1),
            "satisfied",
            "The check ci/evaluation passed at 2026-03-04 12:00:01 UTC.",
        ),
    ],
)
def test_a_check_is_judged(posted: CheckResult | None, state: str, why: str) -> None:
    finding = judged("check", FRESH, of_version(checks={"ci/evaluation": posted} if posted else {}))
    assert (finding.state, finding.why) == (state, why)


def test_another_check_does_not_stand_in() -> None:
    assert not judged("check", "lint", of_version(checks={"Lint": result()})).is_satisfied


def test_whoever_may_edit_can_post_it() -> None:
    assert judged("check", "lint", facts()).who == ("whoever has CAN_EDIT",)


def test_a_model_that_is_deleted_has_no_checks() -> None:
    assert judged("check", "lint", facts(version=None)).state == "missing"
