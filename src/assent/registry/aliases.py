"""Aliases: names that point to one version of a model. Only governance points one: see `governance.moves`."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Text, and_, bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from assent.access.granting.visibility import Guarded
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.kernel.clock import now
from assent.kernel.dialects import dialect, insert
from assent.kernel.orm import BIG
from assent.registry import models, reading
from assent.registry.views import ALIASES, MODELS, VERSIONS, is_model, is_version, not_before_the_last


@dataclass(frozen=True, slots=True)
class _Target:
    model_id: int
    version_id: int | None
    at: int


def point(
    session: Session,
    name: str,
    alias: str,
    number: int,
    *,
    by: Principal,
    at: int | None = None,
    request: int | None = None,
) -> tuple[int, int] | None:
    """Let an alias point to a version from now on: its id and the moment; None where it does already.

    `request` is the transition request by which it comes to pass, at the moment `at`. Raises NotFound and Denied.
    """
    target = _lock(session, name, alias, number, by, at=now() if at is None else at)
    change = {"model": target.model_id, "called": alias, "version": target.version_id, "at": target.at, "by": by.id}
    before = session.scalar(_END_ELSEWHERE, change)
    if target.version_id is not None and session.scalar(_begin(dialect(session)), change) is not None:
        on = Subject("model_version", target.version_id, name, model_id=target.model_id, version=number)
        details = {"alias": alias, "before": before, "after": number}
        details |= {"request": request} if request is not None else {}
        record(session, Action.ALIAS_SET, by=by, on=on, details=details, at=target.at)
        return target.version_id, target.at
    # It points there already, or the version went while this waited for the model's row.
    reading.version_numbered(session, name, number, by=by)
    return None


def delete(
    session: Session, name: str, alias: str, *, by: Principal, takes: Permission = Permission.ALIAS_SET
) -> None:
    """Let an alias point nowhere, which takes a right; an unknown alias is no error.

    Raises NotFound for an unknown model, and Denied.
    """
    model = models.lock(session, name, by=by)
    authorize(by, takes, on=name, granted=model.granted, target=f"@{alias}")
    which, at = and_(ALIASES.c.model_id == model.id, ALIASES.c.alias == alias), model.moment()
    if ended := end(session, which, at, by):
        session.execute(update(MODELS).where(MODELS.c.id == model.id).values(aliased_at=at))
        details = {"alias": alias, "before": ended[alias]}
        record(session, Action.ALIAS_DELETED, by=by, on=model.subject, details=details, at=at)


def end(session: Session, which: ColumnElement[bool], at: int, by: Principal) -> dict[str, int]:
    """Let aliases point nowhere from now on, and say which did, and to which version."""
    ended = session.execute(
        update(ALIASES)
        .where(which, ALIASES.c.valid_until.is_(None))
        .values(valid_until=at, ended_by_id=by.id)
        .returning(ALIASES.c.alias, _NUMBER)
    )
    return dict(sorted(tuple(row) for row in ended))


def _lock(session: Session, name: str, alias: str, number: int, by: Principal, *, at: int) -> _Target:
    """A version and its model, whose row this transaction holds from now on.

    The model's row alone: whoever changes a version for more than its texts takes that first, and so nobody waits in
    a circle.
    """
    reading.must_be_possible(name, number)
    found = _HOLD.first(session, by, {"named": name, "number": number, "at": at})
    if found is None or not by.may(Permission.MODEL_READ, name, found.granted):
        raise reading.no_version(name, number)
    authorize(by, Permission.ALIAS_SET, on=name, granted=found.granted, target=f"@{alias}", version=number)
    target = _Target(*found.row)
    if target.version_id is None:
        raise reading.no_version(name, number)
    return target


# Built once: building a statement costs more than running it.
_VERSION = select(VERSIONS.c.id).where(is_version(bindparam("named"), bindparam("number")))
_NUMBER = select(VERSIONS.c.number).where(VERSIONS.c.id == ALIASES.c.version_id).scalar_subquery()
# Not a join: of a name that many versions bear PostgreSQL expects many rows, and would read all models for them.
_HOLD = Guarded(
    update(MODELS)
    .where(is_model(bindparam("named")))
    .values(aliased_at=not_before_the_last())
    .returning(MODELS.c.id, _VERSION.scalar_subquery().label("version_id"), MODELS.c.aliased_at),
    MODELS.c.id,
)
_END_ELSEWHERE = (
    update(ALIASES)
    .where(
        ALIASES.c.model_id == bindparam("model"),
        ALIASES.c.alias == bindparam("called"),
        ALIASES.c.version_id != bindparam("version"),
        ALIASES.c.valid_until.is_(None),
    )
    .values(valid_until=bindparam("at"), ended_by_id=bindparam("by"))
    .returning(_NUMBER)
)


@cache
def _begin(on: str) -> ReturningInsert[Any]:
    """Begin an interval, unless one is open. A version that was deleted meanwhile begins none."""
    columns: dict[Column[Any], ColumnElement[Any]] = {
        ALIASES.c.model_id: bindparam("model", type_=BIG),
        ALIASES.c.alias: bindparam("called", type_=Text()),
        ALIASES.c.version_id: VERSIONS.c.id,
        ALIASES.c.valid_from: bindparam("at", type_=BIG),
        ALIASES.c.set_by_id: bindparam("by", type_=BIG),
    }
    still_there = and_(VERSIONS.c.id == bindparam("version"), VERSIONS.c.deleted_at.is_(None))
    into = insert(on, ALIASES).from_select(list(columns), select(*columns.values()).where(still_there))
    return into.on_conflict_do_nothing(
        index_elements=[ALIASES.c.model_id, ALIASES.c.alias], index_where=ALIASES.c.valid_until.is_(None)
    ).returning(ALIASES.c.id)
