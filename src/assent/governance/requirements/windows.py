"""Windows: moves are made on some days, between some hours of a time zone. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from assent.governance.requirements.asking import Asking
from assent.governance.requirements.facts import Facts
from assent.governance.requirements.findings import Finding, failed, moment, satisfied, waiting
from assent.kernel.content import Content
from assent.kernel.zones import zone

WORD = "window"

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A day may have no such hour, when clocks are put forward; the same day of the week after has.
_DAYS_AHEAD = 16
_DAY = 86_400_000
_TIME = re.compile(r"(\d\d?):(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Window:
    """From one time of day until another, which is the next day's where it is not later; on days by their numbers.

    It is open while the clocks of the zone show a time within it: an hour that they show twice counts twice, and one
    that they jump over not at all.
    """

    days: frozenset[int]
    opens: time
    closes: time
    zone: str


def read(content: Content) -> Window:
    """`{days: [mon, tue], from: "09:00", until: "17:00", zone: Europe/Berlin}`; all days unless some are named."""
    parts = content.fields(("days", "from", "until", "zone"), required=("from", "until", "zone"))
    days = frozenset(range(7))
    if "days" in parts:
        days = frozenset(_day(part) for part in parts["days"].each(or_one=True, at_least=1))
    return Window(
        days,
        _time(parts["from"]) if "from" in parts else time(),
        _until(parts["until"]) if "until" in parts else time(),
        _zone(parts["zone"]) if "zone" in parts else "UTC",
    )


def words(spec: Window) -> str:
    """The requirement in words."""
    days = "any day" if len(spec.days) == len(_DAYS) else ", ".join(_DAYS[day] for day in sorted(spec.days))
    return f"{days} from {spec.opens:%H:%M} until {spec.closes:%H:%M} ({spec.zone})"


def judge(spec: Window, facts: Facts, _: Asking) -> Finding:
    """Look whether the clocks of the zone show a time within it, and when they will next, or no more."""
    here = ZoneInfo(spec.zone)
    is_open = _is_open(spec, facts.at, here)
    turns = next((each for each in _turns(spec, facts.at, here) if _is_open(spec, each, here) is not is_open), None)
    if is_open:
        return satisfied(WORD, f"It is {words(spec)}" + (f": until {moment(turns)}." if turns else "."))
    if turns is None:
        return failed(WORD, f"Moves are made {words(spec)}, which never comes.")
    return waiting(WORD, f"Moves are made {words(spec)}: next from {moment(turns)}.", turns)


def _is_open(spec: Window, at: int, here: ZoneInfo) -> bool:
    clocks = datetime.fromtimestamp(at / 1000, here)
    day, now = clocks.weekday(), clocks.time()
    if spec.opens < spec.closes:
        return day in spec.days and spec.opens <= now < spec.closes
    yesterday = (day - 1) % len(_DAYS)
    return (day in spec.days and now >= spec.opens) or (yesterday in spec.days and now < spec.closes)


def _turns(spec: Window, at: int, here: ZoneInfo) -> list[int]:
    """When it may open or close after a moment, in order: at its times of day, and when the clocks are changed."""
    today = datetime.fromtimestamp(at / 1000, here).date()
    days = [today + timedelta(days) for days in range(-1, _DAYS_AHEAD)]
    clocks = [
        datetime.combine(day, when, here).replace(fold=fold)
        for day in days
        for when in (spec.opens, spec.closes)
        for fold in (0, 1)
    ]
    found = {round(each.timestamp() * 1000) for each in clocks}
    found.update(filter(None, (_change(at + days * _DAY, here) for days in range(_DAYS_AHEAD))))
    return sorted(each for each in found if each > at)


def _change(at: int, here: ZoneInfo) -> int | None:
    """When within a day the clocks are changed."""
    early, late = at, at + _DAY
    before = _offset(early, here)
    if _offset(late, here) == before:
        return None
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (middle, late) if _offset(middle, here) == before else (early, middle)
    return late


def _offset(at: int, here: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(at / 1000, here).utcoffset()


def _day(content: Content) -> int:
    word = content.one_of(_DAYS)
    return _DAYS.index(word) if word in _DAYS else 0


def _zone(content: Content) -> str:
    name = content.text()
    content.must(zone, name)
    return name


def _time(content: Content) -> time:
    written = _TIME.fullmatch(content.text())
    try:
        return time(int(written[1]), int(written[2])) if written else _not_a_time(content)
    except ValueError:
        return _not_a_time(content)


def _until(content: Content) -> time:
    """A day ends where the next begins."""
    return time() if content.value == "24:00" else _time(content)


def _not_a_time(content: Content) -> time:
    content.fault("Write a time of day in quotation marks, such as '09:00'.")
    return time()
