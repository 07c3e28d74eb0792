"""Deleting hides and never erases. Only governance deletes: see `governance.moves`."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from assent.access.levels import Permission
from assent.access.principals import Principal, authorize
from assent.audit.actions import Action
from assent.audit.events import record
from assent.kernel.clock import now
from assent.registry import aliases, models, versions
from assent.registry.views import ALIASES, MODELS, VERSIONS


def delete_model(session: Session, name: str, *, by: Principal) -> None:
    """Hide a model with its versions. Rows and history stay; stages and aliases are left, the name is free."""
    authorize(by, Permission.MODEL_MANAGE, on=name)
    model, at = models.lock(session, name), now()
    aliases.end(session, ALIASES.c.model_id == model.id, at, by)
    live_versions = (VERSIONS.c.model_id == model.id) & VERSIONS.c.deleted_at.is_(None)
    gone = {"deleted_at": at, **models.touched(by, at)}
    session.execute(update(VERSIONS).where(live_versions).values(deleted_with_model=True, **gone))
    session.execute(update(MODELS).where(MODELS.c.id == model.id).values(**gone))
    models.end_name(session, model.id, at)
    record(session, Action.MODEL_DELETED, by=by, on=model.subject)


def delete_version(session: Session, name: str, number: int, *, by: Principal) -> None:
    """Hide a version. Its facts and history stay; it leaves its stage and loses its aliases."""
    authorize(by, Permission.VERSION_DELETE, on=name)
    model = models.lock(session, name)
    found, at = versions.lock(session, name, number), now()
    ended = aliases.end(session, ALIASES.c.version_id == found.id, at, by)
    touched = models.touched(by, at)
    session.execute(update(VERSIONS).where(VERSIONS.c.id == found.id).values(deleted_at=at, **touched))
    session.execute(update(MODELS).where(MODELS.c.id == model.id).values(**touched))
    before = {"stage": found.stage, "aliases": ended}
    record(session, Action.VERSION_DELETED, by=by, on=versions.subject(found), details={"before": before})
