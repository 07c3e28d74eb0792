"""Finding models and versions: a filter, an order and a page become one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, select

from assent.access.levels import Permission
from assent.access.principals import Principal
from assent.access.visibility import reachable
from assent.kernel.dialects import Reader, dialect
from assent.registry import views
from assent.registry.search import conditions, entities, pages
from assent.registry.search.entities import OrderKey
from assent.registry.search.grammar import Filter, parse_filter
from assent.registry.search.order import full_order
from assent.registry.views import MODELS, VERSION_COLUMNS, VERSION_TAGS, VERSIONS, Model, Version

Found = TypeVar("Found")
_Keys: TypeAlias = Mapping[str, ColumnElement[Any]]

_VERSION_KEYS: _Keys = {
    "name": VERSIONS.c.model_name,
    "version_number": VERSIONS.c.number,
    "creation_timestamp": VERSIONS.c.created_at,
    "last_updated_timestamp": VERSIONS.c.last_updated_at,
}

_MODEL_KEYS: _Keys = {
    "name": MODELS.c.name,
    "last_updated_timestamp": MODELS.c.last_updated_at,
}

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
class _Cut:
    """How a list is cut into pages: its order, the size of a page, where the last one ended."""

    order: Sequence[OrderKey]
    size: int
    token: str
    query: str

    def ids(self, wanted: Select[Any], keys: _Keys) -> Select[Any]:
        """The ids of one page, and of one row more, which tells whether another page follows."""
        ordering = self.ordering(keys)
        if self.token:
            kinds = [str if key.key == "name" else int for key in self.order]
            last = pages.values(self.token, self.query, kinds)
            wanted = wanted.where(pages.after(ordering, last))
        return wanted.order_by(*pages.clauses(ordering)).limit(self.size + 1)

    def ordering(self, keys: _Keys) -> pages.Ordering:
        """The columns to sort by, and whether each descends."""
        return [(keys[key.key], key.descending) for key in self.order]

    def page(self, found: list[Found]) -> Page[Found]:
        """The page, without the row that was one too many."""
        if len(found) <= self.size:
            return Page(found)
        last = [getattr(found[self.size - 1], _FIELDS[key.key]) for key in self.order]
        return Page(found[: self.size], pages.token(self.query, last))


def versions(
    session: Reader, filter_text: str, order_by: Sequence[str], *, size: int, token: str = "", by: Principal
) -> Page[Version]:
    """A page of the versions that a filter finds. Raises Invalid for a bad filter, order or token."""
    asked = parse_filter(filter_text, entities.VERSIONS)
    query = pages.fingerprint("versions", filter_text, order_by)
    cut = _Cut(full_order(order_by, entities.VERSIONS), size, token, query)

    wanted, keys, others = _begin(asked, on=dialect(session))
    on = dialect(session)
    mine = reachable(by, Permission.MODEL_READ, model_id=VERSIONS.c.model_id, name=VERSIONS.c.model_name, on=on)
    ids = cut.ids(wanted.where(*conditions.of_versions(others, on=on), *mine), keys).subquery("page")
    # The page is cut before tags and aliases are gathered, so that this is done for its rows alone.
    whole = select(*VERSION_COLUMNS).join_from(ids, VERSIONS, VERSIONS.c.id == ids.c.id)
    rows = session.execute(whole.order_by(*pages.clauses(cut.ordering(_VERSION_KEYS))))
    return cut.page([views.version(row) for row in rows])


def models(
    session: Reader, filter_text: str, order_by: Sequence[str], *, size: int, token: str = "", by: Principal
) -> Page[Model]:
    """A page of the models that a filter finds. Raises Invalid for a bad filter, order or token."""
    asked = parse_filter(filter_text, entities.MODELS)
    query = pages.fingerprint("models", filter_text, order_by)
    cut = _Cut(full_order(order_by, entities.MODELS), size, token, query)

    on = dialect(session)
    mine = reachable(by, Permission.MODEL_READ, model_id=MODELS.c.id, name=MODELS.c.name, on=on)
    wanted = select(MODELS.c.id).where(*conditions.of_models(asked, on=on), *mine).correlate(None)
    ids = cut.ids(wanted, _MODEL_KEYS)
    whole = views.select_models(MODELS.c.id.in_(ids))
    rows = session.execute(whole.order_by(*pages.clauses(cut.ordering(_MODEL_KEYS))))
    return cut.page(views.models(rows))


def _begin(asked: Filter, *, on: str) -> tuple[Select[Any], _Keys, Filter]:
    """Where to begin, the keys to sort by there, and the conditions that remain.

    When the filter names a value of a tag, that is at the tag: its index has the versions newest first.
    """
    tag = next((each for each in asked.comparisons if conditions.is_exact_tag(each)), None)
    if tag is None:
        return select(VERSIONS.c.id), _VERSION_KEYS, asked
    tagged = select(VERSIONS.c.id).join_from(VERSION_TAGS, VERSIONS, VERSIONS.c.id == VERSION_TAGS.c.version_id)
    keys = {**_VERSION_KEYS, "last_updated_timestamp": VERSION_TAGS.c.last_updated_at}
    others = tuple(each for each in asked.comparisons if each is not tag)
    return tagged.where(conditions.of_tag(VERSION_TAGS, tag, on)), keys, Filter(others, asked.prompts)
