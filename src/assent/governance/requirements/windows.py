"""Windows: moves are made on some days, between some hours of a time zone. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from assent.governance.requirements.asking import Asking
from assent.governance.requirements.facts import Facts
from assent.governance.requirements.findings import Finding, failed, moment, satisfied, waiting
from assent.kernel.content import Content

WORD = "window"

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A day may have no such hour, when clocks are put forward; the same day of the week after has.
_DAYS_AHEAD = 15


@dataclass(frozen=True, slots=True)
class Window:
    """From one time of day until another, which is the next day's where it is not later; on days by their numbers."""

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
        _time(parts["until"]) if "until" in parts else time(),
        zone(parts["zone"]) if "zone" in parts else "UTC",
    )


def zone(content: Content) -> str:
    """The name of a time zone of the IANA database."""
    name = content.text()
    try:
        ZoneInfo(name)
    except (OSError, ValueError):
        content.fault(f"There is no time zone {name[:100]}: write one such as Europe/Berlin or UTC.")
        return "UTC"
    return name


def words(spec: Window) -> str:
    """The requirement in words."""
    days = "any day" if len(spec.days) == len(_DAYS) else ", ".join(_DAYS[day] for day in sorted(spec.days))
    return f"{days} from {spec.opens:%H:%M} until {spec.closes:%H:%M} ({spec.zone})"


def judge(spec: Window, facts: Facts, _: Asking) -> Finding:
    """Look whether it is open, and when it opens next."""
    for opens, closes in _openings(spec, facts.at):
        if opens <= facts.at < closes:
            return satisfied(WORD, f"It is {words(spec)}: until {moment(closes)}.")
        if facts.at < opens:
            return waiting(WORD, f"Moves are made {words(spec)}: next from {moment(opens)}.", opens)
    return failed(WORD, f"Moves are made {words(spec)}, which never comes.")


def _openings(spec: Window, at: int) -> list[tuple[int, int]]:
    """From when until when it is open, in order: those of yesterday and of some days to come."""
    here = ZoneInfo(spec.zone)
    today = datetime.fromtimestamp(at / 1000, here).date()
    found = []
    for days in range(-1, _DAYS_AHEAD):
        day = today + timedelta(days)
        if day.weekday() in spec.days:
            ends = day if spec.opens < spec.closes else day + timedelta(1)
            opens, closes = datetime.combine(day, spec.opens, here), datetime.combine(ends, spec.closes, here)
            found.append((_millis(opens), _millis(closes)))
    return [(opens, closes) for opens, closes in found if opens < closes]


def _millis(when: datetime) -> int:
    return round(when.astimezone(UTC).timestamp() * 1000)


def _day(content: Content) -> int:
    word = content.one_of(_DAYS)
    return _DAYS.index(word) if word in _DAYS else 0


def _time(content: Content) -> time:
    written = content.text()
    try:
        return time.fromisoformat(written).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        content.fault("Write a time of day in quotation marks, such as '09:00'.")
        return time()
