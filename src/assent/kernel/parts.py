"""Many values, some at a time. Pure."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

V = TypeVar("V")

# SQLite takes so many values in one statement, and more.
_AT_ONCE = 1000


def in_parts(values: Iterable[V]) -> Iterator[list[V]]:
    """Some values, as many at a time as one statement may take."""
    rest = list(values)
    while rest:
        yield rest[:_AT_ONCE]
        rest = rest[_AT_ONCE:]
