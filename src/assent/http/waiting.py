"""Answers that wait for news: a client need not ask over and over, and a process keeps threads for everybody else."""

import threading
import time
from collections.abc import Callable

# Twice a second somebody who waits is told; each look is one statement.
_PAUSE = 0.5


class Places:
    """How many requests of this process may wait at once. The others are answered at once, as things are."""

    def __init__(self, most: int) -> None:
        self._free = threading.Semaphore(most)
        self._closed = threading.Event()

    def wait_until(self, has_come: Callable[[], bool], *, seconds: float) -> None:
        """Wait until something has come, for so many seconds at most; not at all where every place is taken."""
        if not self._free.acquire(blocking=False):
            return
        try:
            ends_at = time.monotonic() + seconds
            while (rest := ends_at - time.monotonic()) > 0 and not self._closed.wait(min(rest, _PAUSE)):
                if has_come():
                    return
        finally:
            self._free.release()

    def close(self) -> None:
        """Let nobody wait any more: the process is to end."""
        self._closed.set()
