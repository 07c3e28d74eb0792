"""What somebody wrote is read part by part, and every fault is told with its place."""

from collections.abc import Callable
from typing import Any

import pytest

from assent.kernel.content import Content
from assent.kernel.errors import Fault, Faulty

READ: list[tuple[Callable[[Content], Any], object, object]] = [
    (Content.text, " UAT ", "UAT"),
    (Content.text, 7, "7"),
    (lambda part: part.one_of(["passed", "failed"]), "failed", "failed"),
    (lambda part: part.whole(1, 9), "2", 2),
    (lambda part: part.whole(1, 9), 9, 9),
    (Content.number, "0.85", 0.85),
    (Content.number, -1, -1.0),
    (Content.truth, "yes", True),
    (Content.truth, False, False),
    (Content.duration, "7d", 604_800_000),
    (Content.duration, "1h30m", 5_400_000),
]
WRONG: list[tuple[Callable[[Content], Any], object]] = [
    (Content.text, ""),
    (Content.text, None),
    (Content.text, True),
    (Content.text, ["UAT"]),
    (Content.text, "a\x00b"),
    (lambda part: part.text(3), "four"),
    (lambda part: part.one_of(["passed"]), "passsed"),
    (lambda part: part.whole(1, 9), 0),
    (lambda part: part.whole(1, 9), "10"),
    (lambda part: part.whole(1, 9), 1.5),
    (lambda part: part.whole(1, 9), True),
    (Content.number, "NaN"),
    (Content.number, "1e999"),
    (Content.number, {}),
    (Content.truth, "perhaps"),
    (Content.duration, "7"),
    (Content.duration, "0h"),
    (Content.duration, "week"),
    (Content.each, "one"),
    (lambda part: part.each(at_least=1), []),
    (Content.named, ["a"]),
]


@pytest.mark.parametrize(("ask", "written", "read"), READ)
def test_what_is_right_is_read(ask: Callable[[Content], Any], written: object, read: object) -> None:
    part = Content(written)
    assert ask(part) == read
    part.must_be_right()


@pytest.mark.parametrize(("ask", "written"), WRONG)
def test_what_is_wrong_is_told_with_its_place(ask: Callable[[Content], Any], written: object) -> None:
    part = Content(written, ("gates", 0))
    ask(part)
    with pytest.raises(Faulty) as told:
        part.must_be_right()
    assert [fault.at for fault in told.value.faults] == [("gates", 0)]


def test_all_faults_are_told_at_once() -> None:
    whole = Content({"count": "many", "form": [], "of": {"name": ""}})
    parts = whole.fields(("count", "of", "by"), required=("by",))
    parts["count"].whole(1)
    parts["of"].fields(("name",))["name"].text()
    assert whole.faults == [
        Fault(("form",), "There is nothing called form here; there is count, of, by."),
        Fault((), "by is missing."),
        Fault(("count",), "Write a whole number from 1 to 9007199254740992."),
        Fault(("of", "name"), "Write a text here."),
    ]


def test_one_may_stand_for_a_list_of_one() -> None:
    assert [part.text() for part in Content("ci").each(or_one=True)] == ["ci"]
    assert [part.at for part in Content(["a", "b"], ("from",)).each(or_one=True)] == [("from", 0), ("from", 1)]
