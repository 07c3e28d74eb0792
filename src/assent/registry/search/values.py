"""The values in a filter: texts, whole numbers, lists of texts."""

import re

from assent.kernel.errors import Invalid
from assent.registry.search.wording import shown

# Every number that is stored lies strictly within ±this. So this may stand for all numbers beyond: no
# comparison comes out differently, and none leaves the 64 bits of the database.
BOUND = 2**63 - 1

_INTEGER = re.compile(r"(?P<sign>-?)(?P<digits>\d++)", re.ASCII)
_NUMBERLIKE = re.compile(r"-?\.?\d")
_ITEM = re.compile(r"""(?P<item> "[^"]*+" | '[^']*+' | [^\s"',]++ ) \s*+ (?: ,\s*+ | \Z )""", re.VERBOSE)


def text_of(value: str, *, whose: str) -> str:
    """Take a text out of its quotes; raises Invalid for anything that has none."""
    if _is_quoted(value):
        return value[1:-1]
    if _NUMBERLIKE.match(value) or _is_list(value):
        raise Invalid(f"Expected a quoted string value for {whose} (e.g. 'my-value'). Got value {shown(value)}")
    raise _unquoted(value)


def number_of(value: str, *, whose: str) -> int:
    """Read a whole number, in quotes or without; raises Invalid for anything else.

    One that 64 bits cannot hold becomes the nearest that they can.
    """
    if not _is_quoted(value) and not _NUMBERLIKE.match(value):
        raise _unquoted(value)
    match = _INTEGER.fullmatch(value[1:-1].strip() if _is_quoted(value) else value)
    if match is None:
        raise Invalid(f"Invalid value for numeric attribute '{whose}': {shown(value)}")
    # Twenty digits are beyond the bound already, and int() refuses thousands of them.
    magnitude = min(int(match["digits"].lstrip("0")[:20] or "0"), BOUND)
    return -magnitude if match["sign"] else magnitude


def texts_of(listing: str) -> tuple[str, ...]:
    """Read a list in parentheses, which may end in a comma; raises Invalid unless it holds texts alone."""
    items = _items(listing)
    if not items:
        raise _bad_list("expected a non-empty list of string values, but got empty list")
    if not all(_is_quoted(item) for item in items):
        raise _bad_list(
            f"expected string value, punctuation, or whitespace, but got different type in list: {shown(listing)}"
        )
    return tuple(item[1:-1] for item in items)


def _items(listing: str) -> list[str]:
    inner, items, at = listing[1:-1].strip(), [], 0
    while at < len(inner):
        match = _ITEM.match(inner, at)
        if match is None:
            raise _bad_list("expected a non-empty list of string values, but got ill-formed list.")
        items.append(match["item"])
        at = match.end()
    return items


def _is_quoted(value: str) -> bool:
    return value.startswith(("'", '"'))


def _is_list(value: str) -> bool:
    return value.startswith("(")


def _unquoted(value: str) -> Invalid:
    return Invalid(
        "Parameter value is either not quoted or unidentified quote types used for string value "
        f"{shown(value)}. Use either single or double quotes."
    )


def _bad_list(what: str) -> Invalid:
    return Invalid(f"While parsing a list in the query, {what}")
