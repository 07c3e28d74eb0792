"""Patterns of names: `*` is any text, `?` any one character, everything else is itself. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property

from assent.kernel.errors import Invalid

LONGEST = 256

_WILD = re.compile(r"[*?]")
_PART = re.compile(r"\*+|\?|[^*?]+")
_LAST = chr(0x10FFFF)


class Names:
    """The names that some patterns match, as a set to ask again and again.

    A pattern without wild cards, or with one `*` at its end, is a stretch of all names in the order of their code
    points. `edges` are the ends of all such stretches, overlaps joined: a name before which an odd number of them
    lies is in one. So a thousand patterns cost ten comparisons. The `others` are tried one by one.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        stretches, others = [], []
        for pattern in sorted(set(patterns)):
            stretch = _stretch(pattern)
            if stretch:
                stretches.append(stretch)
            else:
                others.append(pattern)
        self.edges: tuple[str, ...] = tuple(_joined(stretches))
        self.others: tuple[str, ...] = tuple(others)

    def __contains__(self, name: str) -> bool:
        return bisect_right(self.edges, name) % 2 == 1 or bool(self.others and self._tried.fullmatch(name))

    def __bool__(self) -> bool:
        return bool(self.edges or self.others)

    @cached_property
    def _tried(self) -> re.Pattern[str]:
        return re.compile("|".join(map(_expression, self.others)), re.DOTALL)


def must_be_a_pattern(pattern: str) -> None:
    """Raise Invalid unless some name could match the pattern."""
    if not pattern or len(pattern) > LONGEST or not pattern.isprintable():
        raise Invalid(f"A pattern of names has 1 to {LONGEST} characters, all of them printable.")
    if "/" in pattern or ":" in pattern:
        raise Invalid("A pattern of names holds no '/' and no ':', as no name does.")


def as_like(pattern: str) -> str:
    r"""The same pattern for LIKE, with `\` before what LIKE would take for a wild card."""
    return "".join({"*": "%", "?": "_"}.get(part[0], re.sub(r"([%_\\])", r"\\\1", part)) for part in _parts(pattern))


def matches(text: str, pattern: str) -> bool:
    """Whether a pattern matches a text of any kind, not only names."""
    return re.fullmatch(_expression(pattern), text, re.DOTALL) is not None


def _expression(pattern: str) -> str:
    """A regular expression that takes a text once for each `*`, whatever the text.

    What lies between two `*` is found where it first occurs, and never looked for again (`(?>…)`): to try every
    place for each of a dozen would take years.
    """
    first, *rest = (re.escape(part).replace(r"\?", ".") for part in re.split(r"\*+", pattern))
    if not rest:
        return first
    return first + "".join(f"(?>.*?{part})" for part in rest[:-1]) + f".*{rest[-1]}"


def _parts(pattern: str) -> list[str]:
    return _PART.findall(pattern)


def _stretch(pattern: str) -> tuple[str, str] | None:
    """The first name that matches and the first after them that does not; None where they are no one stretch."""
    wild = _WILD.search(pattern)
    if wild is None:
        # No name holds a control character, and no database a NUL.
        return pattern, pattern + "\x01"
    prefix, rest = pattern[: wild.start()], pattern[wild.start() :]
    return (prefix, _after(prefix)) if set(rest) == {"*"} else None


def _after(prefix: str) -> str:
    """What comes after every text with that prefix."""
    if not prefix:
        return _LAST * 2
    following = ord(prefix[-1]) + 1
    # These code points are no characters, and cannot be written in UTF-8.
    following = 0xE000 if 0xD800 <= following < 0xE000 else following
    return prefix[:-1] + chr(following) if following <= ord(_LAST) else prefix + _LAST


def _joined(stretches: list[tuple[str, str]]) -> Iterator[str]:
    begin, end = None, ""
    for first, after in sorted(stretches):
        if begin is None:
            begin, end = first, after
        elif first <= end:
            end = max(end, after)
        else:
            yield from (begin, end)
            begin, end = first, after
    if begin is not None:
        yield from (begin, end)
