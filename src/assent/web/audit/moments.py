"""Moments as auditors write them. Pure."""

import re
from datetime import UTC, datetime

from assent.kernel.errors import Invalid

_AGO = re.compile(r"(\d{1,6}) ?([dhm])(?: ago)?", re.ASCII)
_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000}
_ZONE = re.compile(r" ?(?:UTC|GMT|Z)$", re.IGNORECASE)
_SPACE_BEFORE_ZONE = re.compile(r" (?=[+-]\d\d:?\d\d$)")


def read(text: str, now: int) -> int:
    """The moment that a text says, in milliseconds; UTC where it names no zone, a date its beginning.

    Raises Invalid.
    """
    if text.lower() == "now":
        return now
    if ago := _AGO.fullmatch(text):
        return max(now - int(ago[1]) * _UNITS[ago[2]], 0)
    try:
        written = datetime.fromisoformat(_SPACE_BEFORE_ZONE.sub("", _ZONE.sub("+00:00", text)))
        moment = round((written if written.tzinfo else written.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        moment = -1
    if moment < 0:
        raise Invalid(f"“{text[:40]}” is no moment. Write 2026-03-03 14:30, 2026-03-03 14:30 +01:00, or 7d.")
    return moment
