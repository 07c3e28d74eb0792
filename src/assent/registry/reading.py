"""Reads of one model or version: what serving asks for, each one statement."""

from collections.abc import Collection, Sequence
from functools import lru_cache

from sqlalchemy import ColumnElement, bindparam, select

from assent.access.granting.visibility import Granted, Guarded
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.kernel.dialects import Reader
from assent.kernel.errors import Invalid, NotFound
from assent.registry import names
from assent.registry.stages import canonical
from assent.registry.views import (
    ALIASES,
    ARE_NAMED,
    MODELS,
    VERSION_COLUMNS,
    VERSIONS,
    Model,
    Version,
    is_model,
    is_version,
    latest,
    models,
    naming,
    select_models,
    version,
)

# Built once: building a statement costs more than running it.
_NAME: ColumnElement[str] = bindparam("name")
_MODEL = Guarded(select_models(is_model(_NAME)), MODELS.c.id)
_MODEL_ID = select(MODELS.c.id).where(is_model(_NAME))
_EXISTS = Guarded(_MODEL_ID, MODELS.c.id)
_VERSION = Guarded(select(*VERSION_COLUMNS).where(is_version(_NAME, bindparam("number"))), VERSIONS.c.model_id)
_VERSIONS = Guarded(select(*VERSION_COLUMNS).where(ARE_NAMED, VERSIONS.c.deleted_at.is_(None)), VERSIONS.c.model_id)
_DOWNLOAD_URI = Guarded(
    select(VERSIONS.c.download_uri).where(is_version(_NAME, bindparam("number"))), VERSIONS.c.model_id
)
# Not a join: to plan one of three tables takes PostgreSQL longer than to look into each of them in turn.
_POINTED_TO = select(ALIASES.c.version_id).where(
    ALIASES.c.model_id == _MODEL_ID.scalar_subquery(),
    ALIASES.c.alias == bindparam("alias"),
    ALIASES.c.valid_until.is_(None),
)
_BY_ALIAS = Guarded(
    select(*VERSION_COLUMNS).where(VERSIONS.c.id == _POINTED_TO.scalar_subquery()), VERSIONS.c.model_id
)
_HIGHEST = Guarded(
    select(*VERSION_COLUMNS)
    .where(VERSIONS.c.model_name == _NAME, VERSIONS.c.deleted_at.is_(None))
    .order_by(VERSIONS.c.number.desc())
    .limit(1),
    VERSIONS.c.model_id,
)


def model(session: Reader, name: str, *, by: Principal) -> Model:
    """A model with its latest versions. Raises NotFound."""
    names.must_be_a_model_name(name)
    found = models(_MODEL.seen(session, by, name, {"name": name}))
    if not found:
        raise no_model(name)
    return found[0]


def version_numbered(session: Reader, name: str, number: int, *, by: Principal) -> Version:
    """A version by its number. Raises NotFound."""
    names.must_be_a_model_name(name)
    must_be_possible(name, number)
    for row in _VERSION.seen(session, by, name, {"name": name, "number": number}):
        return version(row)
    raise no_version(name, number)


def versions_numbered(session: Reader, wanted: Collection[tuple[str, int]], *, by: Principal) -> list[Version]:
    """Several versions by the names of their models and their numbers, in that order: one statement.

    Raises NotFound for the first that is not there.
    """
    for name, number in wanted:
        names.must_be_a_model_name(name)
        must_be_possible(name, number)
    found: dict[tuple[str, int], Version] = {}
    for row, granted in _VERSIONS.all(session, by, naming(wanted)) if wanted else ():
        seen = version(row)
        if by.may(Permission.MODEL_READ, seen.name, granted):
            found[seen.name, seen.number] = seen
    for name, number in wanted:
        if (name, number) not in found:
            raise no_version(name, number)
    return [found[each] for each in wanted]


def version_and_granted(session: Reader, name: str, number: int, *, by: Principal) -> tuple[Version, Granted]:
    """A version by its number, and what the caller was granted on its model. Raises NotFound."""
    names.must_be_a_model_name(name)
    must_be_possible(name, number)
    found = _VERSION.first(session, by, {"name": name, "number": number})
    if found is None or not by.may(Permission.MODEL_READ, name, found.granted):
        raise no_version(name, number)
    return version(found.row), found.granted


def download_uri(session: Reader, name: str, number: int, *, by: Principal) -> str:
    """Where the artifacts of a version are. Raises NotFound."""
    names.must_be_a_model_name(name)
    must_be_possible(name, number)
    for (found,) in _DOWNLOAD_URI.seen(session, by, name, {"name": name, "number": number}):
        return str(found)
    raise no_version(name, number)


def version_by_alias(session: Reader, name: str, alias: str, *, by: Principal) -> Version:
    """The version an alias points to; `latest` is the highest number.

    Raises NotFound for an unknown model, and Invalid for an unknown alias, as MLflow's clients expect.
    """
    names.must_be_a_model_name(name)
    names.must_be_an_alias(alias)
    if alias.lower() == "latest":
        return _highest_version(session, name, by)
    for row in _BY_ALIAS.seen(session, by, name, {"name": name, "alias": alias}):
        return version(row)
    model_id(session, name, by=by)
    raise Invalid(f"Registered model alias {alias} not found.")


def latest_versions(session: Reader, name: str, stages: Sequence[str], *, by: Principal) -> list[Version]:
    """The highest version in each of some stages, or in every stage when none is named. Raises NotFound."""
    names.must_be_a_model_name(name)
    wanted = frozenset(canonical(session, stage) for stage in stages)
    found = [version(row) for row in _latest_in(wanted).seen(session, by, name, {"name": name})]
    if not found:
        model_id(session, name, by=by)
    return found


@lru_cache(maxsize=256)
def _latest_in(stages: frozenset[str]) -> Guarded:
    """The highest version in each of some stages, or in every one: a statement for each choice that anybody made."""
    ids = latest(is_model(_NAME), sorted(stages))
    found = select(*VERSION_COLUMNS).join_from(ids, VERSIONS, VERSIONS.c.id == ids.c.id)
    return Guarded(found, VERSIONS.c.model_id)


def model_id(session: Reader, name: str, *, by: Principal) -> int:
    """The id of a model that the caller may read. Raises NotFound."""
    names.must_be_a_model_name(name)
    for (found,) in _EXISTS.seen(session, by, name, {"name": name}):
        return int(found)
    raise no_model(name)


def must_be_possible(name: str, number: int) -> None:
    """Raise NotFound for a number that no version can have, and no column can hold."""
    if not 0 < number <= names.LARGEST_NUMBER:
        raise no_version(name, number)


def no_model(name: str) -> NotFound:
    """The error for a model that is not there."""
    return NotFound(f"Registered Model with name={name} not found")


def no_version(name: str, number: int) -> NotFound:
    """The error for a version that is not there."""
    return NotFound(f"Model Version (name={name}, version={number}) not found")


def _highest_version(session: Reader, name: str, by: Principal) -> Version:
    for row in _HIGHEST.seen(session, by, name, {"name": name}):
        return version(row)
    model_id(session, name, by=by)
    raise NotFound(f"Latest version not found for model {name}.")
