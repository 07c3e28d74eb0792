"""What a freeze may say, and when and for what it holds."""

from datetime import UTC, datetime
from typing import Any

import pytest

from assent.governance.rules.freezes import Freeze, ended, read
from assent.governance.targets import DELETION_OF_MODEL, Target, alias, stage
from assent.kernel.content import Content
from assent.kernel.errors import Faulty

PRODUCTION = stage("Production")
YEAR_END = {
    "name": "year-end",
    "targets": [{"stage": "Production"}],
    "from": "2026-12-20T00:00",
    "until": "2027-01-04T08:00",
    "zone": "Europe/Berlin",
}


def freeze(**more: Any) -> Freeze:
    whole = Content({**YEAR_END, **more})
    found = read(whole)
    whole.must_be_right()
    return found


def at(*moment: int) -> int:
    return round(datetime(*moment, tzinfo=UTC).timestamp()) * 1000  # type: ignore[misc, arg-type]  # as many as are given


def test_times_are_those_of_the_zone() -> None:
    assert freeze() == Freeze(
        "year-end", ("*",), (PRODUCTION,), at(2026, 12, 19, 23), at(2027, 1, 4, 7), "Europe/Berlin"
    )


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-12-21", at(2026, 12, 20, 23)),
        ("2026-12-21 09:30", at(2026, 12, 21, 8, 30)),
        ("2026-12-21T09:30:15", at(2026, 12, 21, 8, 30, 15)),
    ],
)
def test_a_time_is_written_with_or_without_hours_and_seconds(written: str, moment: int) -> None:
    assert freeze(**{"from": written}).from_ == moment


@pytest.mark.parametrize(
    ("from_", "until", "moments"),
    [
        # On 25 October 2026 the clocks show what lies between two and three twice.
        ("2026-10-25T02:30", "2026-10-25T02:30", (at(2026, 10, 25, 0, 30), at(2026, 10, 25, 1, 30))),
        # On 28 March 2027 they jump from two to three.
        ("2027-03-28T01:59", "2027-03-28T02:10", (at(2027, 3, 28, 0, 59), at(2027, 3, 28, 1))),
        ("2027-03-28T02:10", "2027-03-28T03:10", (at(2027, 3, 28, 1), at(2027, 3, 28, 1, 10))),
    ],
)
def test_summer_time_comes_and_goes(from_: str, until: str, moments: tuple[int, int]) -> None:
    found = freeze(**{"from": from_, "until": until})
    assert (found.from_, found.until) == moments


@pytest.mark.parametrize(("moment", "holds"), [(99, False), (100, True), (199, True), (200, False)])
def test_it_holds_from_its_beginning_until_before_its_end(moment: int, holds: bool) -> None:
    assert Freeze("f", ("*",), (PRODUCTION,), 100, 200, "UTC").holds_at(moment) is holds


@pytest.mark.parametrize(
    ("written", "name", "target", "frozen"),
    [
        ({}, "m", PRODUCTION, True),
        ({}, "m", stage("Staging"), False),
        ({"models": ["risk-*"]}, "fraud", PRODUCTION, False),
        ({"targets": [{"stage": "UAT"}, {"alias": "champion"}]}, "m", alias("champion"), True),
        ({"targets": [{"deletion": "version"}]}, "m", DELETION_OF_MODEL, True),
    ],
)
def test_which_moves_it_is_for(written: dict[str, Any], name: str, target: Target, frozen: bool) -> None:
    assert freeze(**written).matches(name, target) is frozen


NO_TIME = "Write a day and a time as the clocks show them there, such as 2026-12-20T08:00 or 2026-12-20."


@pytest.mark.parametrize(
    ("wrong", "at", "told"),
    [
        ({"targets": []}, ("targets",), "Write 1 at least."),
        ({"until": "2026-12-20T00:00"}, ("until",), "Write a time after that of from."),
        ({"from": "20 December"}, ("from",), NO_TIME),
        ({"from": "2026-12-20T00:00Z"}, ("from",), NO_TIME),
        ({"from": "2026-12-20T00:00+01:00"}, ("from",), NO_TIME),
        ({"until": "2026-13-01"}, ("until",), NO_TIME),
        ({"until": "9999-12-31"}, ("until",), NO_TIME),
        (
            {"zone": "Berlin"},
            ("zone",),
            "There is no time zone Berlin: write one such as Europe/Berlin, America/New_York or UTC.",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(wrong: dict[str, Any], at: tuple[object, ...], told: str) -> None:
    with pytest.raises(Faulty) as refused:
        freeze(**wrong)
    assert refused.value.faults == [(at, told)]


@pytest.mark.parametrize("field", ["name", "targets", "from", "until", "zone"])
def test_no_freeze_goes_without(field: str) -> None:
    whole = Content({name: value for name, value in YEAR_END.items() if name != field})
    read(whole)
    assert whole.faults == [((), f"{field} is missing.")]


@pytest.mark.parametrize(
    "moment",
    [
        at(2026, 12, 24, 10, 0, 1),
        # Half past two comes twice in that night.
        at(2026, 10, 25, 0, 30),
        at(2026, 10, 25, 1, 30),
    ],
)
def test_one_that_is_ended_holds_until_that_moment_and_no_longer(moment: int) -> None:
    written = {**YEAR_END, "from": "2026-10-01T00:00"}
    before = freeze(**written)
    content = ended(before, written, moment)
    assert content is not None
    after = freeze(**content)
    assert (after.from_, after.until) == (before.from_, moment)


@pytest.mark.parametrize("moment", [at(2026, 12, 1), at(2027, 2, 1)])
def test_one_that_does_not_hold_cannot_be_ended(moment: int) -> None:
    assert ended(freeze(), YEAR_END, moment) is None
