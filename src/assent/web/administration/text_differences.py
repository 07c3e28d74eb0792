"""Two texts beside each other: which lines went, which came, and a few around them that stayed. Pure."""

from difflib import SequenceMatcher
from typing import NamedTuple

_AROUND = 3


class Line(NamedTuple):
    """A line that is in both texts (` `), that went (`-`) or came (`+`); `…` where lines that stayed are left out."""

    sign: str
    text: str


def differences(before: str, after: str) -> list[Line]:
    """What is different; nothing where the texts are the same."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    for number, group in enumerate(SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_AROUND)):
        found += [Line("…", "")] if number else []
        for tag, begin, end, new_begin, new_end in group:
            if tag == "equal":
                found += [Line(" ", text) for text in old[begin:end]]
            else:
                found += [Line("-", text) for text in old[begin:end]]
                found += [Line("+", text) for text in new[new_begin:new_end]]
    return found
