"""How a list is cut into pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select

from assent.registry.search import pages
from assent.registry.search.entities import OrderKey

Found = TypeVar("Found")

# The columns that the keys of an order stand for.
Keys: TypeAlias = Mapping[str, ColumnElement[Any]]

_FIELDS = {
    "name": "name",
    "version_number": "number",
    "creation_timestamp": "created_at",
    "last_updated_timestamp": "last_updated_at",
}


@dataclass(frozen=True, slots=True)
class Page(Generic[Found]):
    """Some of what was found, in order, and the token of the page after it, empty on the last."""

    found: list[Found]
    next_token: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """How a list is cut into pages: its order, the size of a page, where the last one ended."""

    order: Sequence[OrderKey]
    size: int
    token: str
    query: str

    def ids(self, wanted: Select[Any], keys: Keys) -> Select[Any]:
        """The ids of one page, and of one row more, which tells whether another page follows."""
        return self.first(self.rest(wanted, keys), keys, self.size + 1)

    def rest(self, wanted: Select[Any], keys: Keys) -> Select[Any]:
        """What was not on the pages before. Raises Invalid for a token of another query."""
        if not self.token:
            return wanted
        kinds = [str if key.key == "name" else int for key in self.order]
        last = pages.values(self.token, self.query, kinds)
        return wanted.where(pages.after(self.ordering(keys), last))

    def first(self, wanted: Select[Any], keys: Keys, most: int) -> Select[Any]:
        """The first of what is wanted, in order."""
        return wanted.order_by(*pages.clauses(self.ordering(keys))).limit(most)

    def ordering(self, keys: Keys) -> pages.Ordering:
        """The columns to sort by, and whether each descends."""
        return [(keys[key.key], key.descending) for key in self.order]

    def page(self, found: list[Found]) -> Page[Found]:
        """The page, without the row that was one too many."""
        if len(found) <= self.size:
            return Page(found)
        last = [getattr(found[self.size - 1], _FIELDS[key.key]) for key in self.order]
        return Page(found[: self.size], pages.token(self.query, last))
