"""Comments: all threads are resolved."""

import pytest

from support.moves import facts, in_words, judged, read, spec


@pytest.mark.parametrize("written", [True, "true", "yes"])
def test_it_is_asked_for_or_left_out(written: object) -> None:
    assert spec("comments_resolved", written) is True


@pytest.mark.parametrize(
    ("written", "message"),
    [(False, "Write true, or leave it out."), ("no", "Write true, or leave it out."), (None, "Write true or false.")],
)
def test_what_is_wrong_is_told(written: object, message: str) -> None:
    _, faults = read("comments_resolved", written)
    assert [fault.message for fault in faults] == [message]


def test_it_is_told_in_words() -> None:
    assert in_words("comments_resolved", True) == "all comments are resolved"


@pytest.mark.parametrize(
    ("unresolved", "state", "why"),
    [
        (0, "satisfied", "All comments are resolved."),
        (1, "missing", "1 thread of comments is not resolved."),
        (2, "missing", "2 threads of comments are not resolved."),
    ],
)
def test_threads_are_counted(unresolved: int, state: str, why: str) -> None:
    finding = judged("comments_resolved", True, facts(unresolved_comments=unresolved))
    assert (finding.state, finding.why) == (state, why)
