"""A registry that is asked again where it does not answer: its restart fails no pipeline that waits for something."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from assent.cli.remote import Failure, Registry, Unreachable

# The words of proxies for a server that is not there just now.
_PASSING = (502, 504)
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 10.0


class Patient:
    """A registry, asked again for so many seconds. Every question must bear being asked twice.

    `tell` hears of each time that it does not answer; `renew` gives a token in the place of one that has ended.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        seconds: float,
        tell: Callable[[str], None],
        renew: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._registry = registry
        self._seconds = seconds
        self._tell = tell
        self._renew = renew

    def call(self, method: str, path: str, **fields: Any) -> dict[str, Any]:
        """The answer to a native call, at last. Raises Failure."""
        gives_up_at = time.monotonic() + self._seconds
        pause = _FIRST_PAUSE
        while True:
            try:
                return self._registry.call(method, path, **fields)
            except Failure as failure:
                if failure.status == 401 and self._is_let_in_again():
                    continue
                if not (isinstance(failure, Unreachable) or failure.status in _PASSING):
                    raise
                left = gives_up_at - time.monotonic()
                if left <= 0:
                    raise Unreachable(failure.message, failure.problem, failure.status) from None
                if pause == _FIRST_PAUSE:
                    self._tell(f"{failure.message.rstrip('.')}: trying again.")
                # No question comes after the time is over, but one at its very end.
                time.sleep(min(pause, left))
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _is_let_in_again(self) -> bool:
        token = self._renew()
        if token is None:
            return False
        self._registry = replace(self._registry, authorization=f"Bearer {token}")
        self._tell("The token has ended; the job's own was exchanged for a new one.")
        return True
