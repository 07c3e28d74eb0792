"""The `assent` command, with a clock that stands at the milliseconds in a file: the first word."""

import sys
import time
from pathlib import Path

from assent.cli import main

_CLOCK = Path(sys.argv.pop(1))


def _then() -> int:
    return int(_CLOCK.read_text()) * 1_000_000


time.time_ns = _then
main()
