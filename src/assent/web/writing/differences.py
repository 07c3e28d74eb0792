"""What changed from one text to another. Pure.

Prose is compared line by line, and word by word in lines that were altered; files are compared in whole lines.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple


class Kind(StrEnum):
    """What became of a part."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    LEFT_OUT = "left out"


class Part(NamedTuple):
    """A part of a text. Of what is the same, and far from any change, only the number of lines is told."""

    kind: Kind
    text: str


class Line(NamedTuple):
    """A line that is in both files (` `), that went (`-`) or came (`+`); `…` where lines that stayed are left out."""

    sign: str
    text: str


# Lines around a change that are shown.
_AROUND = 3
# Beyond these it would take long to look for what is similar: then all of it was replaced.
_MOST_LINES = 2000
_MOST_WORDS = 600
# Characters of both texts that are looked at word by word.
_MOST_COMPARED = 20_000
# Characters that are shown.
_LONGEST = 40_000
# So many pairs of lines are looked at each; of more, lines that come again and again are nothing to go by.
_MOST_PAIRS = 1_000_000


def between(before: str, after: str) -> list[Part]:
    """The parts of two texts in prose, in order."""
    parts = list(_merged(_parts(before.splitlines(keepends=True), after.splitlines(keepends=True))))
    return list(_bounded(_shortened(parts)))


def in_lines(before: str, after: str) -> list[Line]:
    """What is different in two files; nothing where they are the same."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    is_large = len(old) * len(new) > _MOST_PAIRS
    matcher = SequenceMatcher(None, old, new, autojunk=is_large)
    for number, group in enumerate(matcher.get_grouped_opcodes(_AROUND)):
        found += [Line("…", "")] if number else []
        for tag, begin, end, new_begin, new_end in group:
            if tag == "equal":
                found += [Line(" ", text) for text in old[begin:end]]
            else:
                found += [Line("-", text) for text in old[begin:end]]
                found += [Line("+", text) for text in new[new_begin:new_end]]
    return found


def _parts(before: Sequence[str], after: Sequence[str]) -> Iterator[Part]:
    start = sum(1 for _ in takewhile(_are_equal, zip(before, after, strict=False)))
    rest = zip(reversed(before[start:]), reversed(after[start:]), strict=False)
    end = sum(1 for _ in takewhile(_are_equal, rest))
    yield Part(Kind.SAME, "".join(before[:start]))
    yield from _lines(before[start : len(before) - end], after[start : len(after) - end])
    yield Part(Kind.SAME, "".join(before[len(before) - end :]))


def _are_equal(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Part]:
    if max(len(before), len(after)) > _MOST_LINES:
        yield from _replaced("".join(before), "".join(after))
        return
    room = _MOST_COMPARED
    for what, i, until_i, j, until_j in SequenceMatcher(None, before, after).get_opcodes():
        gone, come = "".join(before[i:until_i]), "".join(after[j:until_j])
        if what == "equal":
            yield Part(Kind.SAME, gone)
            continue
        yield from _words(gone, come) if room > 0 else _replaced(gone, come)
        room -= len(gone) + len(come)


def _words(before: str, after: str) -> Iterator[Part]:
    gone, come = re.findall(r"\w+|\s+|[^\w\s]", before), re.findall(r"\w+|\s+|[^\w\s]", after)
    if not (gone and come) or max(len(gone), len(come)) > _MOST_WORDS:
        yield from _replaced(before, after)
        return
    matcher = SequenceMatcher(None, gone, come, autojunk=False)
    # Of two texts with little in common, the few words that they share only confuse.
    if matcher.ratio() < 0.5:
        yield from _replaced(before, after)
        return
    for what, i, until_i, j, until_j in matcher.get_opcodes():
        if what == "equal":
            yield Part(Kind.SAME, "".join(gone[i:until_i]))
        else:
            yield from _replaced("".join(gone[i:until_i]), "".join(come[j:until_j]))


def _replaced(before: str, after: str) -> Iterator[Part]:
    yield Part(Kind.REMOVED, before)
    yield Part(Kind.ADDED, after)


def _merged(parts: Iterator[Part]) -> Iterator[Part]:
    last: Part | None = None
    for part in parts:
        if not part.text:
            continue
        if last and last.kind is part.kind:
            last = Part(last.kind, last.text + part.text)
            continue
        if last:
            yield last
        last = part
    if last:
        yield last


def _shortened(parts: Sequence[Part]) -> Iterator[Part]:
    for place, part in enumerate(parts):
        lines = part.text.splitlines(keepends=True)
        above = 0 if place == 0 else _AROUND + 1
        below = 0 if place == len(parts) - 1 else _AROUND + 1
        if part.kind is not Kind.SAME or len(lines) <= above + below + 1 or len(parts) == 1:
            yield part
            continue
        yield Part(Kind.SAME, "".join(lines[:above]))
        left_out = len(lines) - above - below
        yield Part(Kind.LEFT_OUT, f"{left_out} lines that are the same")
        yield Part(Kind.SAME, "".join(lines[len(lines) - below :]))


def _bounded(parts: Iterator[Part]) -> Iterator[Part]:
    room = _LONGEST
    for part in parts:
        if len(part.text) > room:
            yield Part(part.kind, part.text[:room])
            yield Part(Kind.LEFT_OUT, "and more, which does not fit on a page")
            return
        room -= len(part.text)
        yield part
