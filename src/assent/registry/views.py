"""What readers see of models and versions: values, and the SELECTs that fill them.

Written in Core, one statement each, with tags and aliases aggregated by the database: this is the hot path.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    Table,
    and_,
    bindparam,
    case,
    literal,
    select,
    tuple_,
    union_all,
)

from assent.access.tables import Account
from assent.kernel.dialects import items, pairs, table
from assent.registry.stages import of_every_tier
from assent.registry.tables import Alias, ModelTag, ModelVersion, RegisteredModel, VersionTag

MODELS: Table = table(RegisteredModel)
VERSIONS: Table = table(ModelVersion)
ALIASES: Table = table(Alias)
MODEL_TAGS: Table = table(ModelTag)
VERSION_TAGS: Table = table(VersionTag)
ACCOUNTS: Table = table(Account)

_POINTED_TO = VERSIONS.alias("pointed_to")
_HIGHEST = VERSIONS.alias("highest")


class Version(NamedTuple):
    """A model version. Times are milliseconds; a text that was not given is empty."""

    id: int
    model_id: int
    name: str
    number: int
    created_at: int
    last_updated_at: int
    description: str
    stage: str
    source: str
    download_uri: str
    run_id: str
    run_link: str
    logged_model_id: str
    user: str
    revision: int
    tags: dict[str, str]
    aliases: list[str]


class Model(NamedTuple):
    """A registered model, with the highest version in each stage and where every alias points."""

    id: int
    name: str
    created_at: int
    last_updated_at: int
    description: str
    user: str
    revision: int
    tags: dict[str, str]
    aliases: dict[str, int]
    latest: list[Version]


def _user(account_id: ColumnElement[int]) -> ScalarSelect[str]:
    return select(ACCOUNTS.c.name).where(ACCOUNTS.c.id == account_id).scalar_subquery()


# The columns of a Version, in its order.
VERSION_COLUMNS: Sequence[ColumnElement[Any]] = (
    VERSIONS.c.id,
    VERSIONS.c.model_id,
    VERSIONS.c.model_name,
    VERSIONS.c.number,
    VERSIONS.c.created_at,
    VERSIONS.c.last_updated_at,
    VERSIONS.c.description,
    VERSIONS.c.stage,
    VERSIONS.c.source,
    VERSIONS.c.download_uri,
    VERSIONS.c.run_id,
    VERSIONS.c.run_link,
    VERSIONS.c.logged_model_id,
    _user(VERSIONS.c.created_by_id),
    VERSIONS.c.revision,
    select(pairs(VERSION_TAGS.c.key, VERSION_TAGS.c.value))
    .where(VERSION_TAGS.c.version_id == VERSIONS.c.id)
    .correlate(VERSIONS)
    .scalar_subquery(),
    select(items(ALIASES.c.alias))
    .where(ALIASES.c.version_id == VERSIONS.c.id, ALIASES.c.valid_until.is_(None))
    .correlate(VERSIONS)
    .scalar_subquery(),
)

# The columns of a Model, in its order, without the latest versions.
MODEL_COLUMNS: Sequence[ColumnElement[Any]] = (
    MODELS.c.id,
    MODELS.c.name,
    MODELS.c.created_at,
    MODELS.c.last_updated_at,
    MODELS.c.description,
    _user(MODELS.c.created_by_id),
    MODELS.c.revision,
    select(pairs(MODEL_TAGS.c.key, MODEL_TAGS.c.value)).where(MODEL_TAGS.c.model_id == MODELS.c.id).scalar_subquery(),
    select(pairs(ALIASES.c.alias, _POINTED_TO.c.number))
    .join_from(ALIASES, _POINTED_TO, ALIASES.c.version_id == _POINTED_TO.c.id)
    .where(ALIASES.c.model_id == MODELS.c.id, ALIASES.c.valid_until.is_(None))
    .correlate(MODELS)
    .scalar_subquery(),
)


def version(row: Sequence[Any]) -> Version:
    """A Version from a row of VERSION_COLUMNS."""
    values: list[Any] = list(row)
    *plain, tags, aliases = values
    return Version._make([*plain, tags or {}, sorted(aliases) if aliases else []])


def is_version(name: ColumnElement[str] | str, number: ColumnElement[int] | int) -> ColumnElement[bool]:
    """The condition that finds one live version."""
    return and_(VERSIONS.c.model_name == name, VERSIONS.c.number == number, VERSIONS.c.deleted_at.is_(None))


# Said twice: SQLite walks no index for pairs.
NAMES: BindParameter[str] = bindparam("names", expanding=True)
_NUMBERS: BindParameter[int] = bindparam("numbers", expanding=True)
ARE_NAMED = and_(
    VERSIONS.c.model_name.in_(NAMES),
    VERSIONS.c.number.in_(_NUMBERS),
    tuple_(VERSIONS.c.model_name, VERSIONS.c.number).in_(bindparam("named", expanding=True)),
)


def naming(versions: Iterable[tuple[str, int]]) -> dict[str, list[Any]]:
    """The values for a statement about versions that `ARE_NAMED`: each by its model and its number."""
    named = sorted(set(versions))
    return {"named": named, "names": sorted({name for name, _ in named}), "numbers": sorted({n for _, n in named})}


def is_model(name: ColumnElement[str] | str) -> ColumnElement[bool]:
    """The condition that finds one live model."""
    return and_(MODELS.c.name == name, MODELS.c.deleted_at.is_(None))


def not_before_the_last() -> ColumnElement[int]:
    """The moment `at`, or that of the model's last change where it is later.

    Who waits for a row took the time before, and the clocks of two servers differ; history must not run backwards.
    """
    at: ColumnElement[int] = bindparam("at", type_=BigInteger())
    return later(LAST_MOMENT, at)


def later(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    """The later of two moments, each of which is one."""
    return case((one > other, one), else_=other)


# When something of a model's standing changed last.
LAST_MOMENT = later(MODELS.c.last_updated_at, MODELS.c.aliased_at)


def latest(of: ColumnElement[bool], stages: Collection[str] = ()) -> CTE:
    """The highest live version in each of some stages, or in every stage when none is named.

    It is that of each model for which a condition on MODELS holds.

    Columns: `model_id`, and `id`, which is null where no version stands in a stage. One probe of an index per
    model and stage, however many versions there are.
    """
    if stages:
        wanted = union_all(*(select(literal(stage).label("name")) for stage in stages)).subquery("wanted")
    else:
        wanted = of_every_tier().subquery("wanted")
    highest = (
        select(_HIGHEST.c.id)
        .where(
            _HIGHEST.c.model_id == MODELS.c.id,
            _HIGHEST.c.stage == wanted.c.name,
            _HIGHEST.c.deleted_at.is_(None),
        )
        .order_by(_HIGHEST.c.number.desc())
        .limit(1)
        .correlate(MODELS, wanted)
        .scalar_subquery()
    )
    found = select(MODELS.c.id.label("model_id"), highest.label("id")).join_from(MODELS, wanted, literal(True))
    # Materialized, or the planner folds the probe into the join and repeats it per version.
    return found.where(of).cte("latest").prefix_with("MATERIALIZED")


def select_models(of: ColumnElement[bool]) -> Select[Any]:
    """Rows for `models`: the models for which a condition holds, each with its latest versions."""
    ids = latest(of)
    return (
        select(*MODEL_COLUMNS, *VERSION_COLUMNS)
        .select_from(MODELS)
        .join(ids, ids.c.model_id == MODELS.c.id)
        .outerjoin(VERSIONS, VERSIONS.c.id == ids.c.id)
    )


def models(rows: Iterable[Sequence[Any]]) -> list[Model]:
    """Models from the rows of `select_models`, which come model by model."""
    width = len(MODEL_COLUMNS)
    found: dict[int, Model] = {}
    for row in rows:
        model = found.get(row[0])
        if model is None:
            values: list[Any] = list(row[:width])
            *plain, tags, aliases = values
            model = found[row[0]] = Model._make([*plain, tags or {}, aliases or {}, []])
        if row[width] is not None:
            model.latest.append(version(row[width:]))
    return list(found.values())
