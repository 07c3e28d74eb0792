"""Two texts beside each other: which lines went, which came, and a few around them that stayed. Pure."""

from difflib import SequenceMatcher
from typing import NamedTuple

_AROUND = 3
# So many pairs of lines are looked at each; of more, lines that come again and again are nothing to go by.
_MOST_PAIRS = 1_000_000


class Line(NamedTuple):
    """A line that is in both texts (` `), that went (`-`) or came (`+`); `…` where lines that stayed are left out."""

    sign: str
    text: str


def differences(before: str, after: str) -> list[Line]:
    """What is different; nothing where the texts are the same."""
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
