"""The time, as the registry keeps it."""

import time


def now() -> int:
    """Milliseconds since 1970, UTC: the unit of every time stamp in the database and on the wire."""
    return time.time_ns() // 1_000_000
