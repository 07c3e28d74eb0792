"""Deleting hides and never erases, and restoring brings back. Only governance does either: see `governance.moves`."""

from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from assent.access.granting.visibility import Guarded
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.kernel.clock import now
from assent.kernel.errors import Conflict, NotFound
from assent.registry import aliases, models, names, reading, versions
from assent.registry.tiers import NO_STAGE
from assent.registry.views import ALIASES, LAST_MOMENT, MODELS, VERSION_COLUMNS, VERSIONS, Model, Version, version

_LARGEST_ID = 2**63 - 1

_NAME = select(MODELS.c.name).where(MODELS.c.id == bindparam("id"))
_DELETED = Guarded(
    select(MODELS.c.name, LAST_MOMENT)
    .where(MODELS.c.id == bindparam("id"), MODELS.c.deleted_at.is_not(None))
    .with_for_update(of=MODELS),
    MODELS.c.id,
)


def delete_model(
    session: Session, name: str, *, by: Principal, at: int | None = None, request: int | None = None
) -> tuple[int, int]:
    """Hide a model with its versions. Rows and history stay; stages and aliases are left, the name is free.

    `request` is the transition request by which it comes to pass, at the moment `at`. Gives the model's id and the
    moment.
    """
    names.must_be_a_model_name(name)
    model = models.lock(session, name, by=by)
    authorize(by, Permission.MODEL_MANAGE, on=name, granted=model.granted)
    at = model.moment(at)
    ended = aliases.end(session, ALIASES.c.model_id == model.id, at, by)
    live_versions = (VERSIONS.c.model_id == model.id) & VERSIONS.c.deleted_at.is_(None)
    gone = {"deleted_at": at, **models.touched(by, at)}
    left = session.execute(
        update(VERSIONS)
        .where(live_versions)
        .values(deleted_with_model=True, **gone)
        .returning(VERSIONS.c.number, VERSIONS.c.stage)
    )
    stages = {str(number): stage for number, stage in sorted(tuple(row) for row in left)}
    session.execute(update(MODELS).where(MODELS.c.id == model.id).values(**gone))
    models.end_name(session, model.id, at)
    details = {"before": {"versions": stages, "aliases": ended}, **_by_request(request)}
    record(session, Action.MODEL_DELETED, by=by, on=model.subject, details=details, at=at)
    return model.id, at


def delete_version(
    session: Session, name: str, number: int, *, by: Principal, at: int | None = None, request: int | None = None
) -> tuple[int, int]:
    """Hide a version. Its facts and history stay; it leaves its stage and loses its aliases. Likewise."""
    names.must_be_a_model_name(name)
    model = models.lock(session, name, by=by)
    authorize(by, Permission.VERSION_DELETE, on=name, granted=model.granted, version=number)
    (found, _), at = versions.lock(session, name, number, by=by), model.moment(at)
    ended = aliases.end(session, ALIASES.c.version_id == found.id, at, by)
    touched = models.touched(by, at)
    session.execute(update(VERSIONS).where(VERSIONS.c.id == found.id).values(deleted_at=at, **touched))
    session.execute(update(MODELS).where(MODELS.c.id == model.id).values(**touched))
    details = {"before": {"stage": found.stage, "aliases": list(ended)}, **_by_request(request)}
    record(session, Action.VERSION_DELETED, by=by, on=versions.subject(found), details=details, at=at)
    return found.id, at


def name_of(session: Session, model_id: int) -> str:
    """What a model is or was called; nothing where there is none."""
    return session.scalar(_NAME, {"id": min(model_id, _LARGEST_ID)}) or ""


def restore_model(session: Session, model_id: int, *, by: Principal, new_name: str | None = None) -> Model:
    """Bring a deleted model back, with the versions that went with it, under its name or a new one.

    The versions come back in the stage `None` and without aliases: entering a stage is a move, and a
    move is made, not restored. Raises NotFound, and AlreadyExists for a name that was taken meanwhile.
    """
    if model_id > _LARGEST_ID:
        raise _not_deleted(model_id)
    found = _DELETED.first(session, by, {"id": model_id})
    former_name, last_moment = found.row if found else ("", 0)
    if found is None or not by.may(Permission.MODEL_READ, former_name, found.granted):
        raise _not_deleted(model_id)
    authorize(by, Permission.MODEL_MANAGE, on=former_name, granted=found.granted)
    name = new_name or former_name
    names.must_be_a_model_name(name)
    if name != former_name:
        authorize(by, Permission.MODEL_CREATE, on=name)
    models.must_be_free(session, name)
    this = MODELS.c.id == model_id
    session.execute(update(MODELS).where(this).values(name=name, deleted_at=None))
    at = models.begin_name(session, model_id, name, max(now(), last_moment), by)
    session.execute(update(MODELS).where(this).values(**models.touched(by, at)))
    back = session.scalars(
        update(VERSIONS)
        .where(VERSIONS.c.model_id == model_id, VERSIONS.c.deleted_with_model)
        .values(stage=NO_STAGE, deleted_at=None, deleted_with_model=False, **models.touched(by, at))
        .returning(VERSIONS.c.number)
    )
    restored = Subject("registered_model", model_id, name, model_id=model_id)
    details = {"former_name": former_name, "versions": sorted(back)}
    record(session, Action.MODEL_RESTORED, by=by, on=restored, details=details, at=at)
    return reading.model(session, name, by=by)


def restore_version(session: Session, name: str, number: int, *, by: Principal) -> Version:
    """Bring a deleted version back, in the stage `None` and without aliases. Raises NotFound and Conflict."""
    names.must_be_a_model_name(name)
    reading.must_be_possible(name, number)
    model = models.lock(session, name, by=by)
    authorize(by, Permission.VERSION_DELETE, on=name, granted=model.granted, version=number)
    wanted = (VERSIONS.c.model_id == model.id) & (VERSIONS.c.number == number)
    row = session.execute(select(*VERSION_COLUMNS, VERSIONS.c.deleted_at).where(wanted)).first()
    if row is None:
        raise reading.no_version(name, number)
    *columns, deleted_at = row
    if deleted_at is None:
        raise Conflict(f"Version {number} of {name} is not deleted.")
    at = model.moment()
    back: dict[str, Any] = {"stage": NO_STAGE, "last_updated_at": at}
    restored = version(tuple(columns))._replace(**back)
    session.execute(
        update(VERSIONS)
        .where(VERSIONS.c.id == restored.id)
        .values(deleted_at=None, deleted_with_model=False, last_updated_by_id=by.id, **back)
    )
    session.execute(update(MODELS).where(MODELS.c.id == model.id).values(**models.touched(by, at)))
    details = {"after": {"stage": NO_STAGE}}
    record(session, Action.VERSION_RESTORED, by=by, on=versions.subject(restored), details=details, at=at)
    return restored


def _by_request(request: int | None) -> dict[str, int]:
    return {} if request is None else {"request": request}


def _not_deleted(model_id: int) -> NotFound:
    return NotFound(f"There is no deleted model with the id {model_id}.")
