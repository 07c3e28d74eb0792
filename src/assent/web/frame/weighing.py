"""What it takes to lay out a text in Markdown, told from the text alone, before anything is done. Pure.

What costs are lines and signs that may mean something, opening brackets most of all, which are looked at again and
again; and the cells of tables that nobody wrote, since a row with one has as many as its table is wide. Lists within
each other are begun and ended on every line that says so, and quotations within each other look through every line.
"""

import re

_SIGNS = "!*_~`<&\\|"
_OF_A_BRACKET = 4
_OF_A_CELL = 4
_OF_A_LIST = 4
_LINE = re.compile(r"\r\n?|\n")
# The line below the head of a table, perhaps in a quotation or a list.
_RULER = re.compile(r"[\s>*+.)\d:|-]*\|[\s>*+.)\d:|-]*")
_LIST = r"(?:[-+*]|\d{1,9}[.)])(?![^ \t\n])"
# What begins a line with several lists or quotations, one in the other.
_MARK = rf"[ \t]*(?:>|{_LIST})"
_BEGINNINGS = re.compile(rf"^(?:{_MARK}){{2,}}", re.MULTILINE)
_LISTS = re.compile(r"[-+*]|\d+")
# From such a line to the next one with nothing on it: all between may go on with them.
_QUOTED = re.compile(rf"^(?:{_MARK}){{2}}[^\n]*(?:\n[ \t]*[^ \t\n][^\n]*)*", re.MULTILINE)


def weight(text: str) -> int:
    """How much there is to lay out: of a text as people write it some forty for a thousand characters."""
    lines = _LINE.split(text)
    signs = sum(map(text.count, _SIGNS)) + _OF_A_BRACKET * text.count("[")
    return len(lines) + signs + _OF_A_CELL * _cells(lines) + _depth("\n".join(lines))


def _depth(text: str) -> int:
    """What lists and quotations cost that are in each other."""
    lists = len(_LISTS.findall(" ".join(_BEGINNINGS.findall(text))))
    return _OF_A_LIST * lists + sum(map(_looked_through, _QUOTED.findall(text)))


def _looked_through(quoted: str) -> int:
    deepest: int = max(each.count(">") for each in _BEGINNINGS.findall(quoted))
    return max(0, deepest - 1) * (quoted.count("\n") + 1)


def _cells(lines: list[str]) -> int:
    """At most so many cells are added to rows of tables, each of which ends at a line with nothing on it."""
    cells = wide = 0
    for line in lines:
        if not line.strip():
            wide = 0
        elif _RULER.fullmatch(line):
            wide = max(wide, line.count("|") + 1)
        cells += max(0, wide - line.count("|") + line.count("\\|"))
    return cells
