"""From comparisons to SQL. Values are always bound, never pasted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, and_, exists, literal_column, not_, select, true

from assent.kernel.dialects import Reader, folded, like
from assent.kernel.errors import Invalid
from assent.registry import stages
from assent.registry.prompts import IS_PROMPT
from assent.registry.search.entities import Operator
from assent.registry.search.grammar import Comparison, Filter, Prompts
from assent.registry.tables import INDEXED_CHARACTERS, indexed
from assent.registry.views import ACCOUNTS, ALIASES, MODEL_TAGS, MODELS, VERSION_TAGS, VERSIONS

MAX_WILDCARDS = 12
# SQLite takes 50,000 bytes, and a character may become three of them or more.
LONGEST_PATTERN = 4000

_COMPARE: Mapping[Operator, Callable[[Any, Any], ColumnElement[bool]]] = {
    Operator.EQ: eq,
    Operator.NE: ne,
    Operator.LT: lt,
    Operator.LE: le,
    Operator.GT: gt,
    Operator.GE: ge,
}

_OF_VERSIONS: Mapping[str, ColumnElement[Any]] = {
    "name": VERSIONS.c.model_name,
    "run_id": VERSIONS.c.run_id,
    "source_path": VERSIONS.c.source,
    "version_number": VERSIONS.c.number,
    "creation_timestamp": VERSIONS.c.created_at,
    "last_updated_timestamp": VERSIONS.c.last_updated_at,
    "current_stage": VERSIONS.c.stage,
}

_OF_MODELS: Mapping[str, ColumnElement[Any]] = {
    "name": MODELS.c.name,
    "creation_timestamp": MODELS.c.created_at,
    "last_updated_timestamp": MODELS.c.last_updated_at,
}


def as_stored(session: Reader, found: Filter) -> Filter:
    """The same filter with stages as they are stored: they may be written in any case, here as in a transition."""
    return replace(found, comparisons=tuple(_with_stages(session, each) for each in found.comparisons))


def of_versions(found: Filter, *, on: str) -> list[ColumnElement[bool]]:
    """The conditions on VERSIONS that the comparisons of a filter mean, in the dialect `on`."""
    return [VERSIONS.c.deleted_at.is_(None), *(_of_version(each, on) for each in found.comparisons)]


def without_prompts(found: Filter, model_id: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """The condition on the versions of a model that a filter means which leaves prompts out, if it does.

    Apart from the others, since it takes longer than to ask whether somebody may read the model.
    """
    return [_of_no_prompt(model_id)] if found.prompts is Prompts.EXCLUDED else []


def of_models(found: Filter, *, on: str) -> list[ColumnElement[bool]]:
    """The conditions on MODELS that a filter means, in the dialect `on`."""
    conditions = [_of_model(each, on) for each in found.comparisons]
    if found.prompts is Prompts.EXCLUDED:
        conditions.append(_IS_NO_PROMPT)
    return [MODELS.c.deleted_at.is_(None), *conditions]


def is_exact_tag(comparison: Comparison) -> bool:
    """Whether a comparison is of a tag with one value, which an index finds."""
    return comparison.kind == "tag" and comparison.operator is Operator.EQ


def is_narrow(found: Filter) -> bool:
    """Whether a filter asks for the versions of one run, one source or one model."""
    return any(each.operator is Operator.EQ and (each.kind, each.key) in _NARROW for each in found.comparisons)


def only_model(found: Filter) -> str | None:
    """The name of the model whose versions alone a filter asks for; None where it asks for those of several."""
    names = (
        each.value for each in found.comparisons if (each.kind, each.key) == _NAME and each.operator is Operator.EQ
    )
    return next(map(str, names), None)


_NAME = ("attribute", "name")
_NARROW = {("attribute", "run_id"), ("attribute", "source_path"), _NAME}


def of_tag(tags: Table, comparison: Comparison, on: str) -> ColumnElement[bool]:
    """The condition on a table of tags that a comparison of a tag means."""
    has_key = tags.c.key == comparison.key
    if comparison.operator is not Operator.EQ:
        return and_(has_key, _compare(tags.c.value, comparison, on))
    value = str(comparison.value)
    has_value = indexed(tags.c.value) == value[:INDEXED_CHARACTERS]
    # The index holds a short value whole; to ask for it twice would mislead the planner about how rare it is.
    return and_(has_key, has_value if len(value) < INDEXED_CHARACTERS else has_value & (tags.c.value == value))


def _of_version(comparison: Comparison, on: str) -> ColumnElement[bool]:
    if comparison.kind == "tag":
        return VERSIONS.c.id.in_(select(VERSION_TAGS.c.version_id).where(of_tag(VERSION_TAGS, comparison, on)))
    match comparison.key:
        case "user_id":
            return VERSIONS.c.created_by_id.in_(_users(comparison, on))
        case "alias":
            return _ALIAS_OF_VERSION.by(VERSIONS.c.id, comparison, on)
    return _compare(_OF_VERSIONS[comparison.key], comparison, on)


def _of_model(comparison: Comparison, on: str) -> ColumnElement[bool]:
    if comparison.kind == "tag":
        return MODELS.c.id.in_(select(MODEL_TAGS.c.model_id).where(of_tag(MODEL_TAGS, comparison, on)))
    match comparison.key:
        case "user_id":
            return MODELS.c.created_by_id.in_(_users(comparison, on))
        case "alias":
            return _ALIAS_OF_MODEL.by(MODELS.c.id, comparison, on)
        case "current_stage":
            return _STAGE_OF_MODEL.by(MODELS.c.id, comparison, on)
    return _compare(_OF_MODELS[comparison.key], comparison, on)


@dataclass(frozen=True, slots=True)
class _Holding:
    """Several things may be held by one owner: versions stand in stages, aliases point."""

    held: ColumnElement[str]
    holder: ColumnElement[int]
    is_current: ColumnElement[bool]

    def by(self, owner: Column[int], comparison: Comparison, on: str) -> ColumnElement[bool]:
        """Whether an owner holds what is asked for; with != and NOT IN, whether it holds nothing of the kind."""
        operator = _DENIED.get(comparison.operator)
        asked = replace(comparison, operator=operator or comparison.operator)
        held = and_(self.holder == owner, self.is_current, _compare(self.held, asked, on))
        found = exists(select(self.holder).where(held).correlate(owner.table))
        return not_(found) if operator else found


_DENIED = {Operator.NE: Operator.EQ, Operator.NOT_IN: Operator.IN}

_POINTS = ALIASES.c.valid_until.is_(None)
_ALIAS_OF_VERSION = _Holding(ALIASES.c.alias, ALIASES.c.version_id, _POINTS)
_ALIAS_OF_MODEL = _Holding(ALIASES.c.alias, ALIASES.c.model_id, _POINTS)
_STAGE_OF_MODEL = _Holding(VERSIONS.c.stage, VERSIONS.c.model_id, VERSIONS.c.deleted_at.is_(None))


def _users(comparison: Comparison, on: str) -> Select[Any]:
    return select(ACCOUNTS.c.id).where(_compare(ACCOUNTS.c.name, comparison, on))


def _none(found: Select[Any]) -> ColumnElement[bool]:
    """Whether there is no such row, looked up for each candidate.

    Of NOT EXISTS PostgreSQL would make a join with all the rows there are, and of IS NULL believe that it hardly ever
    holds; of this it believes that it holds for every second row.
    """
    return found.with_only_columns(true()).limit(1).scalar_subquery().is_not(true())


_IS_NO_PROMPT = _none(
    select(MODEL_TAGS.c.model_id)
    .where(MODEL_TAGS.c.model_id == MODELS.c.id, MODEL_TAGS.c.key == IS_PROMPT, MODEL_TAGS.c.value == "true")
    .correlate(MODELS)
)

_PROMPTS = VERSION_TAGS.alias("prompts")
_PROMPT_VERSIONS = VERSIONS.alias("prompt_versions")


@cache
def _of_no_prompt(model_id: ColumnElement[int]) -> ColumnElement[bool]:
    """No version of the same name is tagged as one of a prompt; said in the words of the index on just those."""
    return _none(
        select(_PROMPTS.c.version_id)
        .join_from(_PROMPTS, _PROMPT_VERSIONS, _PROMPT_VERSIONS.c.id == _PROMPTS.c.version_id)
        .where(
            _PROMPTS.c.model_id == model_id,
            _PROMPTS.c.key == literal_column(f"'{IS_PROMPT}'"),
            _PROMPTS.c.value == literal_column("'true'"),
            _PROMPT_VERSIONS.c.deleted_at.is_(None),
        )
        .correlate_except(_PROMPTS, _PROMPT_VERSIONS)
    )


def _compare(column: ColumnElement[Any], comparison: Comparison, on: str) -> ColumnElement[bool]:
    value: Any = comparison.value
    match comparison.operator:
        case Operator.LIKE:
            return like(column, _pattern(value), on=on)
        case Operator.ILIKE:
            return like(folded(column), _pattern(value).lower(), on=on)
        case Operator.IN:
            return column.in_(value)
        case Operator.NOT_IN:
            return column.not_in(value)
    return _COMPARE[comparison.operator](column, value)


def _pattern(value: Any) -> str:
    if len(str(value)) > LONGEST_PATTERN:
        raise Invalid(f"A pattern in the filter has more than {LONGEST_PATTERN} characters")
    # With every wild card that matches anything, the time to match may double.
    if str(value).count("%") > MAX_WILDCARDS:
        raise Invalid(f"A pattern in the filter has more than {MAX_WILDCARDS} wild cards '%'")
    return str(value)


def _with_stages(session: Reader, comparison: Comparison) -> Comparison:
    if (comparison.kind, comparison.key) != ("attribute", "current_stage"):
        return comparison
    if isinstance(comparison.value, tuple):
        return replace(comparison, value=tuple(_stage(session, text) for text in comparison.value))
    return replace(comparison, value=_stage(session, str(comparison.value)))


def _stage(session: Reader, text: str) -> str:
    """The stage that is meant; where none is, no version stands in it."""
    try:
        return stages.canonical(session, text)
    except Invalid:
        return text
