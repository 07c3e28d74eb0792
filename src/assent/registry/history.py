"""What was, and until when: names, stages, aliases; and what is deleted."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, select

from assent.access.granting.visibility import reachable
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.kernel.dialects import Reader, dialect, table
from assent.registry import reading
from assent.registry.tables import ModelName, StageHistory
from assent.registry.views import ACCOUNTS, ALIASES, MODELS, VERSIONS, Version, is_model

MODEL_NAMES = table(ModelName)
STAGES = table(StageHistory)

LONGEST_PAGE = 1000


class Interval(NamedTuple):
    """Something held from a moment on, until another or until now (None). Milliseconds.

    `what` is the name, the stage or the alias; `version` whom it was held by, None for names.
    """

    what: str
    version: int | None
    valid_from: int
    valid_until: int | None
    by: str


class Deleted(NamedTuple):
    """A deleted model, or a deleted version of a live one."""

    id: int
    name: str
    number: int | None
    deleted_at: int


class History(NamedTuple):
    """All intervals of a model or of one version, oldest first."""

    names: list[Interval]
    stages: list[Interval]
    aliases: list[Interval]


def of_model(session: Reader, name: str, *, by: Principal) -> History:
    """The history of a model and of all its versions. Raises NotFound."""
    model_id = reading.model_id(session, name, by=by)
    return History(
        _names(session, model_id),
        _stages(session, STAGES.c.model_id == model_id),
        _aliases(session, ALIASES.c.model_id == model_id),
    )


def of_version(session: Reader, name: str, number: int, *, by: Principal) -> History:
    """The history of one version. Raises NotFound."""
    version_id = reading.version_numbered(session, name, number, by=by).id
    return History(
        [],
        _stages(session, STAGES.c.version_id == version_id),
        _aliases(session, ALIASES.c.version_id == version_id),
    )


def newest_of_version(session: Reader, version: Version, *, most: int) -> History:
    """Where a version stood last, and what pointed to it: the newest first, so many of each at most.

    Access is the caller's to check.
    """
    stages = STAGES.c.version_id == version.id
    # The model, too: the index of what pointed once begins with it.
    aliases = (ALIASES.c.model_id == version.model_id) & (ALIASES.c.version_id == version.id)
    return History(
        [],
        _held(session, STAGES, STAGES.c.stage, STAGES.c.entered_by_id, stages, newest=most),
        _held(session, ALIASES, ALIASES.c.alias, ALIASES.c.set_by_id, aliases, newest=most),
    )


def current_name(session: Reader, former: str, *, by: Principal) -> str | None:
    """What the live model is called now that bore a name last, unless another bears it."""
    bore = (
        select(MODELS.c.name)
        .join_from(MODEL_NAMES, MODELS, MODELS.c.id == MODEL_NAMES.c.model_id)
        .where(MODEL_NAMES.c.name == former, MODEL_NAMES.c.valid_until.is_not(None), MODELS.c.deleted_at.is_(None))
        .where(*_reachable(by, Permission.MODEL_READ, dialect(session)))
        .where(select(MODELS.c.id).where(is_model(former)).correlate(None).scalar_subquery().is_(None))
        .order_by(MODEL_NAMES.c.valid_until.desc(), MODEL_NAMES.c.id.desc())
        .limit(1)
    )
    return session.scalar(bore)


def deleted_models(session: Reader, *, by: Principal, after: int = 0, size: int = LONGEST_PAGE) -> list[Deleted]:
    """Deleted models that the caller may manage, auditors all, by id, so many of them, beginning after an id."""
    right = Permission.MODEL_READ if by.audits else Permission.MODEL_MANAGE
    columns = select(MODELS.c.id, MODELS.c.name, MODELS.c.deleted_at)
    gone = columns.where(MODELS.c.deleted_at.is_not(None), MODELS.c.id > after)
    mine = gone.where(*_reachable(by, right, dialect(session)))
    rows = session.execute(mine.order_by(MODELS.c.id).limit(size))
    return [Deleted(row.id, row.name, None, row.deleted_at) for row in rows]


def deleted_versions(
    session: Reader, name: str, *, by: Principal, after: int = 0, size: int = LONGEST_PAGE
) -> list[Deleted]:
    """Deleted versions of a live model by number, so many, beginning after a number. Raises NotFound."""
    model_id = reading.model_id(session, name, by=by)
    columns = select(VERSIONS.c.id, VERSIONS.c.number, VERSIONS.c.deleted_at)
    gone = columns.where(
        VERSIONS.c.model_id == model_id, VERSIONS.c.deleted_at.is_not(None), VERSIONS.c.number > after
    )
    rows = session.execute(gone.order_by(VERSIONS.c.number).limit(size))
    return [Deleted(row.id, name, row.number, row.deleted_at) for row in rows]


def _reachable(by: Principal, permission: Permission, on: str) -> tuple[ColumnElement[bool], ...]:
    return reachable(by, permission, model_id=MODELS.c.id, name=MODELS.c.name, on=on)


def _names(session: Reader, model_id: int) -> list[Interval]:
    query = _told_by(select(MODEL_NAMES), MODEL_NAMES.c.named_by_id).where(MODEL_NAMES.c.model_id == model_id)
    return [
        Interval(row.name, None, row.valid_from, row.valid_until, row.by)
        for row in session.execute(query.order_by(MODEL_NAMES.c.id))
    ]


def _stages(session: Reader, which: ColumnElement[bool]) -> list[Interval]:
    return _held(session, STAGES, STAGES.c.stage, STAGES.c.entered_by_id, which)


def _aliases(session: Reader, which: ColumnElement[bool]) -> list[Interval]:
    return _held(session, ALIASES, ALIASES.c.alias, ALIASES.c.set_by_id, which)


def _held(
    session: Reader,
    intervals: Table,
    what: ColumnElement[str],
    by_id: ColumnElement[int],
    which: ColumnElement[bool],
    *,
    newest: int | None = None,
) -> list[Interval]:
    query = (
        _told_by(select(what, VERSIONS.c.number, intervals.c.valid_from, intervals.c.valid_until), by_id)
        .join_from(intervals, VERSIONS, VERSIONS.c.id == intervals.c.version_id)
        .where(which)
        .order_by(intervals.c.id if newest is None else intervals.c.id.desc())
        .limit(newest)
    )
    return [Interval._make(row) for row in session.execute(query)]


def _told_by(query: Select[Any], account_id: ColumnElement[int]) -> Select[Any]:
    name = select(ACCOUNTS.c.name).where(ACCOUNTS.c.id == account_id).scalar_subquery()
    return query.add_columns(name.label("by"))
