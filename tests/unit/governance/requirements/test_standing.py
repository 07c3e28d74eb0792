"""Predecessor and soak: where a version comes from, and how long it stood there."""

from typing import Any

import pytest

from assent.governance.requirements.standing import Soak
from support.moves import DAY, HOUR, NOON, facts, in_words, judged, of_version, read, spec, version

SOAK = {"stage": "Staging", "at_least": "24h"}


@pytest.mark.parametrize("written", ["Staging", {"stage": "Staging"}])
def test_a_predecessor_is_read(written: object) -> None:
    assert spec("predecessor", written) == "Staging"


def test_soak_is_read() -> None:
    assert spec("soak", SOAK) == Soak("Staging", DAY)


@pytest.mark.parametrize(
    ("word", "written", "place", "message"),
    [
        ("predecessor", {}, (), "stage is missing."),
        ("predecessor", None, (), "Write a text here."),
        ("predecessor", {"stage": "Staging", "since": 1}, ("since",), "There is nothing called since here"),
        ("soak", "Staging", (), "Write names with a colon after each."),
        ("soak", {"stage": "Staging"}, (), "at_least is missing."),
        ("soak", {"at_least": "1h"}, (), "stage is missing."),
        ("soak", {"stage": "Staging", "at_least": "soon"}, ("at_least",), "Write a stretch of time"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(word: str, written: object, place: Any, message: str) -> None:
    _, faults = read(word, written)
    assert (place, True) in [(fault.at, fault.message.startswith(message)) for fault in faults]


@pytest.mark.parametrize(
    ("word", "written", "words"),
    [("predecessor", "Staging", "it comes from Staging"), ("soak", SOAK, "at least 1d in Staging")],
)
def test_they_are_told_in_words(word: str, written: object, words: str) -> None:
    assert in_words(word, written) == words


@pytest.mark.parametrize(
    ("stage", "is_rollback", "state", "why"),
    [
        ("Staging", False, "satisfied", "It stands in Staging."),
        ("None", False, "missing", "It must come from Staging, and stands in None."),
        ("Archived", False, "missing", "It must come from Staging, and stands in Archived."),
        ("Archived", True, "satisfied", "It held Production before."),
    ],
)
def test_a_version_comes_from_where_it_stands(stage: str, is_rollback: bool, state: str, why: str) -> None:
    finding = judged("predecessor", "Staging", facts(version=version(stage=stage), is_rollback=is_rollback))
    assert (finding.state, finding.why) == (state, why)


def test_stages_are_the_same_in_upper_and_lower_case() -> None:
    assert judged("predecessor", "staging", of_version(stage="Staging")).is_satisfied
    assert judged("soak", {**SOAK, "stage": "STAGING"}, facts(stays={"Staging": DAY})).is_satisfied


def test_a_model_comes_from_nowhere() -> None:
    finding = judged("predecessor", "Staging", facts(version=None))
    assert (finding.state, finding.who) == ("missing", ())


@pytest.mark.parametrize(
    ("stage", "stays", "state", "why"),
    [
        ("Staging", {"Staging": DAY}, "satisfied", "It has stood in Staging for 1d or longer."),
        ("Archived", {"Staging": 25 * HOUR}, "satisfied", "It has stood in Staging for 1d or longer."),
        (
            "Staging",
            {"Staging": DAY - 1},
            "waiting",
            "It must stand in Staging for 1d: until 2026-03-04 12:00:01 UTC.",
        ),
        ("Staging", {}, "waiting", "It must stand in Staging for 1d: until 2026-03-05 12:00:00 UTC."),
        ("Archived", {"Staging": 5 * HOUR}, "failed", "It stood in Staging for 5h only, and stands there no more."),
        ("None", {"None": DAY}, "missing", "It never stood in Staging."),
    ],
)
def test_soak_counts_all_stays(stage: str, stays: dict[str, int], state: str, why: str) -> None:
    finding = judged("soak", SOAK, facts(version=version(stage=stage), stays=stays))
    assert (finding.state, finding.why) == (state, why)


def test_soak_tells_when_it_will_be_over() -> None:
    assert judged("soak", SOAK, facts(stays={"Staging": 5 * HOUR})).since == NOON + 19 * HOUR


def test_soak_that_lasts_for_ever_is_waited_for() -> None:
    finding = judged("soak", {**SOAK, "at_least": "9999999w"}, facts())
    assert (finding.state, finding.why.endswith("until the year 10000.")) == ("waiting", True)


def test_soak_tells_who_may_begin_it() -> None:
    assert judged("soak", SOAK, of_version(stage="None")).who == ("whoever may move it to Staging",)
