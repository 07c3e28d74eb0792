"""Aliases: names that point to one version of a model. Only governance points one: see `governance.moves`."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from assent.access.principals import Principal
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.kernel.clock import now
from assent.kernel.dialects import insert
from assent.registry import models, reading
from assent.registry.views import ALIASES, MODELS, VERSIONS, is_version


@dataclass(frozen=True, slots=True)
class _Target:
    model_id: int
    version_id: int


def point(session: Session, name: str, alias: str, number: int, *, by: Principal) -> None:
    """Let an alias point to a version from now on; where it does already, nothing changes. Raises NotFound."""
    target, at = _lock(session, name, number), now()
    held = and_(ALIASES.c.model_id == target.model_id, ALIASES.c.alias == alias, ALIASES.c.valid_until.is_(None))
    before = session.scalar(
        update(ALIASES)
        .where(held, ALIASES.c.version_id != target.version_id)
        .values(valid_until=at, ended_by_id=by.id)
        .returning(select(VERSIONS.c.number).where(VERSIONS.c.id == ALIASES.c.version_id).scalar_subquery())
    )
    pointed = session.scalar(
        insert(session, ALIASES)
        .values(
            model_id=target.model_id,
            alias=alias,
            version_id=target.version_id,
            valid_from=at,
            set_by_id=by.id,
        )
        .on_conflict_do_nothing(
            index_elements=[ALIASES.c.model_id, ALIASES.c.alias], index_where=ALIASES.c.valid_until.is_(None)
        )
        .returning(ALIASES.c.id)
    )
    if pointed is not None:
        on = Subject("model_version", target.version_id, name, model_id=target.model_id, version=number)
        details = {"alias": alias, "before": before, "after": number}
        record(session, Action.ALIAS_SET, by=by, on=on, details=details)


def delete(session: Session, name: str, alias: str, *, by: Principal) -> None:
    """Let an alias point nowhere; an unknown alias is no error. Raises NotFound for an unknown model."""
    model = models.lock(session, name)
    which = and_(ALIASES.c.model_id == model.id, ALIASES.c.alias == alias)
    if end(session, which, now(), by):
        record(session, Action.ALIAS_DELETED, by=by, on=model.subject, details={"alias": alias})


def end(session: Session, which: ColumnElement[bool], at: int, by: Principal) -> list[str]:
    """Let aliases point nowhere from now on, and say which did."""
    ended = session.execute(
        update(ALIASES)
        .where(which, ALIASES.c.valid_until.is_(None))
        .values(valid_until=at, ended_by_id=by.id)
        .returning(ALIASES.c.alias)
    )
    return sorted(ended.scalars())


def _lock(session: Session, name: str, number: int) -> _Target:
    """A version and its model, both of whose rows this transaction holds from now on."""
    reading.must_be_possible(name, number)
    row = session.execute(
        select(MODELS.c.id, VERSIONS.c.id)
        .join_from(VERSIONS, MODELS, MODELS.c.id == VERSIONS.c.model_id)
        .where(is_version(name, number))
        .with_for_update()
    ).first()
    if row is None:
        raise reading.no_version(name, number)
    return _Target(*row)
