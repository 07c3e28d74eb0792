"""Finding models and versions: a filter, an order and a page become one statement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from assent.access.granting.visibility import reachable
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.kernel.dialects import Reader, dialect
from assent.registry import views
from assent.registry.search import conditions, entities, pages
from assent.registry.search.cutting import Cut, Keys, Page
from assent.registry.search.entities import Entity, OrderKey
from assent.registry.search.grammar import Filter, parse_filter
from assent.registry.search.order import full_order
from assent.registry.search.seeing import KEYS, Sought
from assent.registry.views import MODELS, VERSION_TAGS, VERSIONS, Model, Version

_MODEL_KEYS: Keys = {
    "name": MODELS.c.name,
    "creation_timestamp": MODELS.c.created_at,
    "last_updated_timestamp": MODELS.c.last_updated_at,
}


def versions(
    session: Reader, wished: str | Filter, order_by: Sequence[str], *, size: int, token: str = "", by: Principal
) -> Page[Version]:
    """A page of the versions that a filter finds. Raises Invalid for a bad filter, order or token."""
    asked = conditions.as_stored(session, _read(wished, entities.VERSIONS))
    query = pages.fingerprint("versions", str(wished), order_by)
    cut = Cut(full_order(order_by, entities.VERSIONS), size, token, query)

    on = dialect(session)
    wanted, keys, others = _begin(asked, on=on)
    sought = Sought(wanted.where(*conditions.of_versions(others, on=on)), keys, cut, asked)
    return cut.page([views.version(row) for row in sought.seen(session, by, on)])


def models(
    session: Reader,
    wished: str | Filter,
    order_by: Sequence[str | OrderKey],
    *,
    size: int,
    token: str = "",
    among: Select[tuple[int]] | None = None,
    by: Principal,
) -> Page[Model]:
    """A page of the models that a filter finds, of all or `among` some ids. Raises Invalid as `versions` does."""
    asked = conditions.as_stored(session, _read(wished, entities.MODELS))
    query = pages.fingerprint(
        "models" if among is None else "some models", str(wished), [str(each) for each in order_by]
    )
    cut = Cut(full_order(order_by, entities.MODELS), size, token, query)

    on = dialect(session)
    mine = reachable(by, Permission.MODEL_READ, model_id=MODELS.c.id, name=MODELS.c.name, on=on)
    wanted = select(MODELS.c.id).where(*conditions.of_models(asked, on=on), *mine).correlate(None)
    if among is not None:
        wanted = wanted.where(MODELS.c.id.in_(among))
    ids = cut.ids(wanted, _MODEL_KEYS)
    whole = views.select_models(MODELS.c.id.in_(ids))
    rows = session.execute(whole.order_by(*pages.clauses(cut.ordering(_MODEL_KEYS))))
    return cut.page(views.models(rows))


def _read(wished: str | Filter, entity: Entity) -> Filter:
    return parse_filter(wished, entity) if isinstance(wished, str) else wished


def _begin(asked: Filter, *, on: str) -> tuple[Select[Any], Keys, Filter]:
    """Where to begin, the keys to sort by there, and the conditions that remain.

    When the filter names a value of a tag, that is at the tag: its index has the versions newest first.
    """
    tag = next((each for each in asked.comparisons if conditions.is_exact_tag(each)), None)
    if tag is None:
        return select(VERSIONS.c.id), KEYS, asked
    tagged = select(VERSIONS.c.id).join_from(VERSION_TAGS, VERSIONS, VERSIONS.c.id == VERSION_TAGS.c.version_id)
    keys = {**KEYS, "last_updated_timestamp": VERSION_TAGS.c.last_updated_at}
    others = tuple(each for each in asked.comparisons if each is not tag)
    return tagged.where(conditions.of_tag(VERSION_TAGS, tag, on)), keys, Filter(others, asked.prompts)
