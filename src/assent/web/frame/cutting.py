"""Lists that are read one longer than a page has room for, which tells whether they go on."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def cut(found: Sequence[T], size: int) -> tuple[Sequence[T], T | None]:
    """What a page has room for, and the last of it, after which the next page begins; None where there is none."""
    shown = found[:size]
    return shown, shown[-1] if len(found) > size else None
