"""Finding models and versions: a filter, an order and a page become one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from assent.access.levels import Permission
from assent.access.principals import Principal, authorize
from assent.kernel.dialects import dialect
from assent.registry import views
from assent.registry.search import conditions, entities, pages
from assent.registry.search.entities import OrderKey
from assent.registry.search.grammar import Filter, parse_filter
from assent.registry.search.order import full_order
from assent.registry.views import MODELS, VERSION_COLUMNS, VERSION_TAGS, VERSIONS, Model, Version

Found = TypeVar("Found")

_VERSION_KEYS: Mapping[str, ColumnElement[Any]] = {
    "name": VERSIONS.c.model_name,
    "version_number": VERSIONS.c.number,
    "creation_timestamp": VERSIONS.c.created_at,
    "last_updated_timestamp": VERSIONS.c.last_updated_at,
}

_MODEL_KEYS: Mapping[str, ColumnElement[Any]] = {
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


def versions(
    session: Session, filter_text: str, order_by: Sequence[str], *, size: int, token: str = "", by: Principal
) -> Page[Version]:
    """A page of the versions that a filter finds. Raises Invalid for a bad filter, order or token."""
    authorize(by, Permission.MODEL_READ)
    asked = parse_filter(filter_text, entities.VERSIONS)
    order = full_order(order_by, entities.VERSIONS)
    query = pages.fingerprint("versions", filter_text, order_by)

    keys = dict(_VERSION_KEYS)
    wanted, asked = _by_rarest_tag(asked, keys, on=dialect(session))
    wanted = wanted.where(*conditions.of_versions(asked, on=dialect(session)))
    ids = _page(wanted, keys, order, token, query, size).subquery("page")

    # The page is cut before tags and aliases are gathered, so that this is done for its rows alone.
    whole = select(*VERSION_COLUMNS).join_from(ids, VERSIONS, VERSIONS.c.id == ids.c.id)
    ordering = [(_VERSION_KEYS[key.key], key.descending) for key in order]
    rows = session.execute(whole.order_by(*pages.clauses(ordering)))
    return _cut([views.version(row) for row in rows], order, size, query)


def models(
    session: Session, filter_text: str, order_by: Sequence[str], *, size: int, token: str = "", by: Principal
) -> Page[Model]:
    """A page of the models that a filter finds. Raises Invalid for a bad filter, order or token."""
    authorize(by, Permission.MODEL_READ)
    asked = parse_filter(filter_text, entities.MODELS)
    order = full_order(order_by, entities.MODELS)
    query = pages.fingerprint("models", filter_text, order_by)

    wanted = select(MODELS.c.id).where(*conditions.of_models(asked, on=dialect(session)))
    ids = _page(wanted, _MODEL_KEYS, order, token, query, size)
    ordering = [(_MODEL_KEYS[key.key], key.descending) for key in order]
    rows = session.execute(views.select_models(MODELS.c.id.in_(ids)).order_by(*pages.clauses(ordering)))
    return _cut(views.models(rows), order, size, query)


def _by_rarest_tag(asked: Filter, keys: dict[str, ColumnElement[Any]], *, on: str) -> tuple[Select[Any], Filter]:
    """Begin at a tag when the filter names a value of one: its index has the versions newest first."""
    tag = next((each for each in asked.comparisons if conditions.is_exact_tag(each)), None)
    if tag is None:
        return select(VERSIONS.c.id), asked
    keys["last_updated_timestamp"] = VERSION_TAGS.c.last_updated_at
    tagged = select(VERSIONS.c.id).join_from(VERSION_TAGS, VERSIONS, VERSIONS.c.id == VERSION_TAGS.c.version_id)
    others = tuple(each for each in asked.comparisons if each is not tag)
    return tagged.where(conditions.of_tag(VERSION_TAGS, tag, on)), Filter(others, asked.prompts)


def _page(
    wanted: Select[Any],
    keys: Mapping[str, ColumnElement[Any]],
    order: Sequence[OrderKey],
    token: str,
    query: str,
    size: int,
) -> Select[Any]:
    """The ids of one page, and of one row more, which tells whether another page follows."""
    ordering = [(keys[key.key], key.descending) for key in order]
    if token:
        kinds = [str if key.key == "name" else int for key in order]
        wanted = wanted.where(pages.after(ordering, pages.values(token, query, kinds)))
    return wanted.order_by(*pages.clauses(ordering)).limit(size + 1)


def _cut(found: list[Found], order: Sequence[OrderKey], size: int, query: str) -> Page[Found]:
    if len(found) <= size:
        return Page(found)
    last = found[size - 1]
    return Page(found[:size], pages.token(query, [getattr(last, _FIELDS[key.key]) for key in order]))
