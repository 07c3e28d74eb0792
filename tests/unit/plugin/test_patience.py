"""Waiting ends, whatever is waited for."""

from collections.abc import Iterator
from threading import Event

import pytest

from assent.plugin.patience import OutOfPatience, Patience


@pytest.fixture
def answered() -> Iterator[Event]:
    """Set at the end, so that what hangs in a test hangs no longer than the test."""
    event = Event()
    yield event
    event.set()


def test_work_gives_what_it_gives() -> None:
    assert Patience(60).wait_for(lambda: 7) == 7


def test_work_raises_what_it_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        Patience(60).wait_for(lambda: 1 // 0)


def test_timeout_of_the_work_itself_is_no_end_of_patience() -> None:
    def work() -> None:
        raise TimeoutError("the disk")

    with pytest.raises(TimeoutError, match="the disk"):
        Patience(60).wait_for(work)


def test_what_hangs_is_not_waited_for(answered: Event) -> None:
    patience = Patience(0.01)
    with pytest.raises(OutOfPatience):
        patience.wait_for(answered.wait)
    assert patience.unanswered is not None
    assert not patience.unanswered.done()


def test_patience_is_for_everything_together(answered: Event) -> None:
    patience = Patience(0.01)
    with pytest.raises(OutOfPatience):
        patience.wait_for(answered.wait)
    with pytest.raises(OutOfPatience):
        patience.wait_for(answered.wait)


def test_what_answers_late_answers_nobody(answered: Event) -> None:
    patience = Patience(0.01)
    with pytest.raises(OutOfPatience):
        patience.wait_for(answered.wait)
    answered.set()
    assert patience.unanswered is not None
    assert patience.unanswered.result(timeout=60) is True
