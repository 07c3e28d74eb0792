"""Times as the clocks of a place show them, and the moments that they mean: milliseconds. Pure."""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from assent.kernel.errors import Invalid


def zone(name: str) -> ZoneInfo:
    """The time zone that the IANA calls so. Raises Invalid."""
    if name not in _known():
        raise Invalid(
            f"There is no time zone {name[:100]}: write one such as Europe/Berlin, America/New_York or UTC."
        )
    return ZoneInfo(name)


def earliest(local: datetime, zone: ZoneInfo) -> int:
    """The first moment at which the clocks show a time, or jump over it."""
    return _moment(local.replace(tzinfo=zone, fold=0))


def latest(local: datetime, zone: ZoneInfo) -> int:
    """The last moment at which the clocks show a time, or jump over it."""
    return _moment(local.replace(tzinfo=zone, fold=1))


def _moment(local: datetime) -> int:
    early, late = (round(local.replace(fold=fold).timestamp()) for fold in (1, 0))
    if early >= late:
        return round(local.timestamp()) * 1000
    # The clocks never show it. Read with the difference to UTC that holds after the jump it lies before the jump, and
    # the other way round; where the difference changes between the two, they jump.
    after = _offset(late, local)
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (early, middle) if _offset(middle, local) == after else (middle, late)
    return late * 1000


def _offset(moment: int, local: datetime) -> timedelta | None:
    return datetime.fromtimestamp(moment, local.tzinfo).utcoffset()


@cache
def _known() -> frozenset[str]:
    # What this very machine is set to is no zone that a rule may name.
    return frozenset(available_timezones()) - {"localtime"}
