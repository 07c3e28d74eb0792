"""A text in Markdown costs no more than so much to be laid out, however few characters it takes to ask for more."""

import sys
from types import FrameType

import pytest

from assent.web.frame import markdown
from assent.web.frame.weighing import weight

ORDINARY = """\
## Intended use

Scores *card payments* between **0** and **1**; see [the team](https://wiki.bank.example/fraud) before you use
`score` for anything else. Recall falls for merchants who are younger than 30 days, as it did in the year before.

| slice | AUC | payments |
| --- | ---: | ---: |
| all | 0.941 | 1,204,551 |

"""
HOSTILE = {
    "opened pictures": "![" * 50_000,
    "pictures in pictures": "![[](" * 20_000,
    "opened links": "[a](" * 25_000,
    "emphasis": "*_" * 50_000,
    "lists": "- a\n" * 25_000,
    "lists in lists": ("+ " * 8 + "a\n") * 5_000,
    "numbered lists in lists": ("1. 1) " * 4 + "- \n") * 4_000,
    "lists in a quotation": ("> " + "- " * 9 + "a\n") * 5_000,
    "a quotation that goes on": "> " * 19 + "a\n" + "b\n" * 25_000,
    "a quotation in a list that goes on": "- " + "> " * 18 + "a\n" + "b\n" * 25_000,
    "a wide table": "|" + "a|" * 90 + "\n|" + "-|" * 90 + "\n" + "a\n" * 40_000,
    "a wide table in a quotation": "> |" + "a|" * 90 + "\n> |" + "-|" * 90 + "\n" + "> a\n" * 20_000,
    "backquotes": "".join("e" + "`" * each for each in range(1, 440)),
}


def _work(text: str) -> int:
    """How many calls it takes to show a text."""
    calls = 0

    def _count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(_count)
    try:
        markdown.rendered(text)
    finally:
        sys.setprofile(before)
    return calls


def _that_just_fits(text: str) -> str:
    fits, not_any_more = 0, len(text) + 1
    while not_any_more - fits > 1:
        middle = (fits + not_any_more) // 2
        if weight(text[:middle]) <= markdown.MOST_WEIGHT:
            fits = middle
        else:
            not_any_more = middle
    return text[:fits]


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_text_takes_no_more_than_some_ordinary_ones(kind: str) -> None:
    ordinary = _work(_that_just_fits(ORDINARY * 300))
    assert _work(_that_just_fits(HOSTILE[kind])) < 10 * ordinary
    assert _work(HOSTILE[kind]) < ordinary


def test_a_long_text_as_people_write_it_is_laid_out() -> None:
    card = ORDINARY * 100  # 32,000 characters
    assert markdown.rendered(card).count("<h4>Intended use</h4>") == 100


def test_what_is_too_much_stands_there_as_it_was_written() -> None:
    shown = markdown.rendered("<b>" + HOSTILE["opened pictures"])
    assert '<div class="as-written">&lt;b&gt;![![' in shown
    assert "<b>" not in shown


def test_texts_of_one_page_share_what_it_may_lay_out() -> None:
    room, half = markdown.Room(), "*a* " * (markdown.MOST_WEIGHT // 4)
    assert ["<em>" in room.rendered(half), "<em>" in room.rendered(half)] == [True, False]
    assert "<em>" in room.rendered("*a*")
