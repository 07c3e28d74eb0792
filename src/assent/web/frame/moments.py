"""Moments and stretches of time as people read them. The script of the pages puts moments into the reader's zone."""

from datetime import UTC, datetime

_SECOND, _MINUTE, _HOUR, _DAY = 1000, 60_000, 3_600_000, 86_400_000
_LAST = 253_402_300_799_000


def moment(at: int | None) -> str:
    """A time stamp for people."""
    return "never" if at is None else f"{_time(at):%d %b %Y, %H:%M} UTC"


def exact_moment(at: int) -> str:
    """A time stamp to the millisecond, in UTC."""
    return f"{_time(at):%Y-%m-%d %H:%M:%S}.{at % _SECOND:03} UTC"


def machine_moment(at: int) -> str:
    """A time stamp for an attribute."""
    return _time(at).isoformat(timespec="milliseconds")


def stretch(millis: int) -> str:
    """How long something took or takes, in its two largest units: `3 d 4 h`."""
    rest, parts = max(millis, 0), []
    for unit, length in (("d", _DAY), ("h", _HOUR), ("min", _MINUTE), ("s", _SECOND)):
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def _time(at: int) -> datetime:
    return datetime.fromtimestamp(min(at, _LAST) / _SECOND, UTC)
