"""Patterns of names: `*` is any text, `?` any one character, everything else is itself. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from assent.kernel.errors import Invalid

LONGEST = 256
MAX_WILDCARDS = 12

_WILD = re.compile(r"[*?]")
_PART = re.compile(r"\*+|\?|[^*?]+")


class Names:
    """The names that some patterns match, as a set to ask again and again.

    Most patterns are a name, or a prefix and one `*`: these are looked up, the prefixes once for each length that
    they have. So a thousand patterns cost a handful of look-ups. The `others` are tried one by one.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        whole, others, prefixes = set(), set(), defaultdict(set)
        for pattern in patterns:
            prefix, wild, rest = _split(pattern)
            if not wild:
                whole.add(pattern)
            elif set(wild + rest) == {"*"}:
                prefixes[len(prefix)].add(prefix)
            else:
                others.add(pattern)
        self.whole = frozenset(whole)
        self.others = tuple(sorted(others))
        # Where everything matches, nothing else needs to be asked.
        found = {0: {""}} if 0 in prefixes else prefixes
        self.prefixes: Mapping[int, frozenset[str]] = {length: frozenset(found[length]) for length in sorted(found)}

    def __contains__(self, name: str) -> bool:
        return (
            name in self.whole
            or any(name[:length] in prefixes for length, prefixes in self.prefixes.items())
            or bool(self.others and self._tried.fullmatch(name))
        )

    def __bool__(self) -> bool:
        return bool(self.whole or self.prefixes or self.others)

    @cached_property
    def _tried(self) -> re.Pattern[str]:
        return re.compile("|".join(map(_expression, self.others)), re.DOTALL)


def names_like(pattern: str) -> Names:
    """The names that one pattern matches. Raises Invalid unless some name could."""
    must_be_a_pattern(pattern)
    return Names([pattern])


def must_be_a_pattern(pattern: str) -> None:
    """Raise Invalid unless some name could match the pattern."""
    if not pattern or len(pattern) > LONGEST or not pattern.isprintable():
        raise Invalid(f"A pattern of names has 1 to {LONGEST} characters, all of them printable.")
    if "/" in pattern or ":" in pattern:
        raise Invalid("A pattern of names holds no '/' and no ':', as no name does.")
    # With every wild card that matches anything, the time that a database takes may double.
    if pattern.count("*") > MAX_WILDCARDS:
        raise Invalid(f"A pattern of names holds at most {MAX_WILDCARDS} wild cards '*'.")


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


def _split(pattern: str) -> tuple[str, str, str]:
    """What stands before the first wild card, the wild card, and the rest; all is before where there is none."""
    wild = _WILD.search(pattern)
    if wild is None:
        return pattern, "", ""
    return pattern[: wild.start()], wild[0], pattern[wild.end() :]
