"""Waiting for what becomes of a request: the registry answers when there is news, so nobody asks over and over."""

import math
import time
from collections.abc import Callable
from typing import Any

from assent.cli.promoting import telling
from assent.cli.promoting.patience import Patient

# For how long the registry lets one wait for an answer, in seconds.
_LONGEST = 20
# It answers at once while too many wait.
_PAUSE = 3.0


class Followed:
    """A request, as it was when it was last heard of."""

    def __init__(self, registry: Patient, request: dict[str, Any]) -> None:
        self.request = request
        self._registry = registry

    @property
    def is_undecided(self) -> bool:
        """Whether it may still be applied by itself, or by somebody's decision."""
        return self.request["state"] == "open" and not telling.found_wanting(self.request["report"])

    def follow(self, *, seconds: float, tell: Callable[[str], None]) -> None:
        """Wait for what becomes of it, for so long at most. `tell` hears what it lacks whenever that changes.

        Raises Failure.
        """
        ends_at = time.monotonic() + seconds
        told = ""
        while self.is_undecided:
            lacking = telling.held(self.request)
            if lacking != told:
                tell(lacking)
            told = lacking
            left = ends_at - time.monotonic()
            if left <= 0:
                return
            self._hear(left)

    def _hear(self, left: float) -> None:
        asked_at = time.monotonic()
        seen = self.request["changes"]
        wait = min(_LONGEST, math.ceil(left))
        self.request = self._registry.call("GET", f"/requests/{self.request['id']}", wait=wait, seen=seen)
        took = time.monotonic() - asked_at
        if self.request["changes"] == seen and took < min(_PAUSE, left):
            time.sleep(min(_PAUSE, left) - took)
