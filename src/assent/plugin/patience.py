"""Waiting for what may hang, and not for long."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class OutOfPatience(Exception):
    """Nothing was given in time."""


class Patience:
    """A number of seconds in all that somebody waits, however much there is to wait for."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self.unanswered: Future[Any] | None = None

    def wait_for(self, work: Callable[[], T]) -> T:
        """What the work gives. Raises what it raises, and OutOfPatience when it takes too long.

        Then it goes on as `unanswered`: it cannot be ended, and ends with the process at the latest.
        """
        answer: Future[T] = Future()
        # A daemon, or the process could not end while it hangs.
        Thread(target=copy_context().run, args=(_settle, answer, work), daemon=True).start()
        began = time.monotonic()
        try:
            return answer.result(timeout=max(0.0, self._left))
        except TimeoutError:
            if answer.done():
                raise
            self.unanswered = answer
            raise OutOfPatience("There was not enough time.") from None
        finally:
            self._left -= time.monotonic() - began


def _settle(answer: "Future[T]", work: Callable[[], T]) -> None:
    try:
        answer.set_result(work())
    except BaseException as problem:  # whoever waits gets it
        answer.set_exception(problem)
