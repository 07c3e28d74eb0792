"""Windows: read, told, and judged against a clock that is looked at every minute."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assent.governance.requirements import windows
from assent.governance.requirements.asking import Asking
from assent.governance.requirements.findings import State
from support.moves import DAY, MINUTE, facts, in_words, judged, read

BERLIN = {"days": ["mon", "tue"], "from": "09:00", "until": "17:00", "zone": "Europe/Berlin"}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def at(written: str, zone: str = "Europe/Berlin", *, fold: int = 0) -> int:
    return round(datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() * 1000)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (BERLIN, "mon, tue from 09:00 until 17:00 (Europe/Berlin)"),
        ({**BERLIN, "days": "fri"}, "fri from 09:00 until 17:00 (Europe/Berlin)"),
        ({"from": "9:00", "until": "24:00", "zone": "UTC"}, "any day from 09:00 until 00:00 (UTC)"),
        (
            {"days": ["sun", "sat", "sun"], "from": "22:00", "until": "06:00", "zone": "Asia/Kolkata"},
            "sat, sun from 22:00 until 06:00 (Asia/Kolkata)",
        ),
    ],
)
def test_a_window_is_told_in_words(written: dict[str, Any], words: str) -> None:
    assert in_words("window", written) == words


@pytest.mark.parametrize(
    ("change", "place", "message"),
    [
        ({"zone": "Europe/Bonn"}, ("zone",), "There is no time zone Europe/Bonn"),
        ({"zone": "Europe"}, ("zone",), "There is no time zone"),
        ({"zone": "../../etc/passwd"}, ("zone",), "There is no time zone"),
        ({"zone": "\x00"}, ("zone",), "There is no time zone"),
        ({"zone": None}, ("zone",), "There is no time zone"),
        ({"from": 540}, ("from",), "Write a time of day in quotation marks"),
        ({"from": "24:00"}, ("from",), "Write a time of day"),
        ({"from": "09"}, ("from",), "Write a time of day"),
        ({"from": "09:00+05:00"}, ("from",), "Write a time of day"),
        ({"until": "09:60"}, ("until",), "Write a time of day"),
        ({"until": "17:00:30"}, ("until",), "Write a time of day"),
        ({"until": "\u0660\u0669:00"}, ("until",), "Write a time of day"),
        ({"days": ["mon", "tuesday"]}, ("days", 1), "Write one of mon, tue"),
        ({"days": []}, ("days",), "Write 1 at least."),
        ({"hours": 3}, ("hours",), "There is nothing called hours here"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(change: dict[str, Any], place: Any, message: str) -> None:
    _, faults = read("window", {**BERLIN, **change})
    assert {fault.at for fault in faults} == {place}
    assert message in faults[-1].message


@pytest.mark.parametrize("absent", ["from", "until", "zone"])
def test_what_is_missing_is_told(absent: str) -> None:
    _, faults = read("window", {name: value for name, value in BERLIN.items() if name != absent})
    assert [fault.message for fault in faults] == [f"{absent} is missing."]


@pytest.mark.parametrize(
    ("moment", "state", "since"),
    [
        ("2026-03-02T08:59:59", "waiting", "2026-03-02T09:00"),
        ("2026-03-02T09:00", "satisfied", None),
        ("2026-03-03T16:59:59", "satisfied", None),
        ("2026-03-03T17:00", "waiting", "2026-03-09T09:00"),
        # The clocks are put forward between.
        ("2026-03-28T12:00", "waiting", "2026-03-30T09:00"),
    ],
)
def test_a_window_opens_and_closes_on_its_days(moment: str, state: str, since: str | None) -> None:
    finding = judged("window", BERLIN, facts(at=at(moment)))
    assert (finding.state, finding.since) == (state, since and at(since))


def test_a_window_over_midnight_belongs_to_the_day_it_opens_on() -> None:
    night = {"days": ["fri"], "from": "22:00", "until": "06:00", "zone": "Europe/Berlin"}
    found = {
        day: judged("window", night, facts(at=at(day))).state.value
        for day in (
            "2026-03-06T05:00",
            "2026-03-06T22:00",
            "2026-03-07T05:59",
            "2026-03-07T06:00",
            "2026-03-07T23:00",
        )
    }
    assert list(found.values()) == ["waiting", "satisfied", "satisfied", "waiting", "waiting"]


def test_what_is_open_says_until_when() -> None:
    finding = judged("window", BERLIN, facts(at=at("2026-03-02T10:00")))
    assert finding.why == "It is mon, tue from 09:00 until 17:00 (Europe/Berlin): until 2026-03-02 16:00:00 UTC."


def test_what_is_always_open_says_no_end() -> None:
    finding = judged("window", {"from": "00:00", "until": "24:00", "zone": "UTC"}, facts())
    assert finding.why == "It is any day from 00:00 until 00:00 (UTC)."


def test_a_window_of_no_day_never_comes() -> None:
    never = windows.Window(frozenset(), time(9), time(17), "UTC")
    assert windows.judge(never, facts(), Asking("g")).state is State.FAILED


@pytest.mark.parametrize(
    ("opens", "closes", "moment", "fold", "state"),
    [
        # 2026-03-29: 02:00 to 03:00 does not come. 2026-10-25: it comes twice.
        ("02:30", "04:00", "2026-03-29T03:00", 0, "satisfied"),
        ("01:00", "02:30", "2026-03-29T03:00", 0, "waiting"),
        ("02:00", "02:30", "2026-10-25T02:15", 0, "satisfied"),
        ("02:00", "02:30", "2026-10-25T02:45", 0, "waiting"),
        ("02:00", "02:30", "2026-10-25T02:15", 1, "satisfied"),
        ("01:00", "02:30", "2026-10-25T02:00", 1, "satisfied"),
    ],
)
def test_it_is_open_whenever_the_clocks_show_its_hours(
    opens: str, closes: str, moment: str, fold: int, state: str
) -> None:
    written = {"days": ["sun"], "from": opens, "until": closes, "zone": "Europe/Berlin"}
    assert judged("window", written, facts(at=at(moment, fold=fold))).state == state


def test_hours_that_the_clocks_jump_over_come_a_week_later() -> None:
    written = {"days": ["sun"], "from": "02:15", "until": "02:45", "zone": "Europe/Berlin"}
    finding = judged("window", written, facts(at=at("2026-03-28T12:00")))
    assert finding.since == at("2026-04-05T02:15")


# Clocks change in each of these within a fortnight of the day: by an hour and by half of one, at midnight too, north
# and south; one skips a whole day.
CHANGES = [
    ("Europe/Berlin", "2026-03-22"),
    ("Europe/Berlin", "2026-10-18"),
    ("America/New_York", "2026-03-01"),
    ("America/New_York", "2026-10-25"),
    ("Australia/Lord_Howe", "2026-04-01"),
    ("Australia/Lord_Howe", "2026-09-28"),
    ("Africa/Cairo", "2026-04-18"),
    ("Africa/Cairo", "2026-10-24"),
    ("Asia/Beirut", "2026-03-22"),
    ("Pacific/Apia", "2011-12-23"),
    ("UTC", "2026-02-23"),
]
clock = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


def naively_open(spec: windows.Window, moment: int) -> bool:
    """Whether somebody who looks at the clock and knows the day says so."""
    shown = datetime.fromtimestamp(moment // 1000, ZoneInfo(spec.zone))
    minutes = shown.hour * 60 + shown.minute
    opens, closes = (each.hour * 60 + each.minute for each in (spec.opens, spec.closes))
    if opens < closes:
        return shown.weekday() in spec.days and opens <= minutes < closes
    if minutes >= opens:
        return shown.weekday() in spec.days
    return minutes < closes and (shown.date() - timedelta(1)).weekday() in spec.days


@given(
    change=st.sampled_from(CHANGES),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    opens=clock,
    closes=clock,
    start=st.integers(0, 7 * 24 * 60 - 1),
)
@example(("Pacific/Apia", "2011-12-23"), frozenset({4}), time(0), time(12), 24 * 60)
def test_windows_agree_with_a_look_at_the_clock_every_minute(
    change: tuple[str, str], days: frozenset[int], opens: time, closes: time, start: int
) -> None:
    zone, day = change
    spec = windows.Window(days, opens, closes, zone)
    now = at(f"{day}T00:00", "UTC") + start * MINUTE + 1
    finding = windows.judge(spec, facts(at=now), Asking("g"))
    if naively_open(spec, now):
        assert finding.state is State.SATISFIED
        return
    minutes = range(now - 1, now + 15 * DAY, MINUTE)
    assert finding.since == next(each for each in minutes if each > now and naively_open(spec, each))
