"""Registered models: created, described, renamed, deleted, restored."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, func, literal, select, update
from sqlalchemy.orm import Session

from assent.access.granting import grants
from assent.access.granting.visibility import Granted, Guarded
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.kernel.clock import now
from assent.kernel.dialects import dialect, insert, pairs, table
from assent.kernel.errors import AlreadyExists, Conflict, Denied, NotFound
from assent.kernel.orm import BIG
from assent.registry import names, prompts, reading
from assent.registry.tables import ModelName
from assent.registry.views import LAST_MOMENT, MODEL_TAGS, MODELS, VERSIONS, Model, is_model, later

MODEL_NAMES = table(ModelName)

_INSERT_TAGS = MODEL_TAGS.insert()


@dataclass(frozen=True, slots=True)
class Locked:
    """A live model whose row this transaction holds, so that changes of one model come one after the other."""

    id: int
    name: str
    description: str
    revision: int
    last_moment: int
    granted: Granted

    def moment(self, at: int | None = None) -> int:
        """The time, or that of a decision, but never before the last change: the clocks of two servers differ."""
        return max(now() if at is None else at, self.last_moment)

    @property
    def subject(self) -> Subject:
        """The model, as an audit event names it."""
        return Subject("registered_model", self.id, self.name, model_id=self.id)


def locking(which: ColumnElement[bool]) -> Guarded:
    """A statement that takes the row of the one model for which a condition holds: the columns of a Locked."""
    columns = (MODELS.c.id, MODELS.c.name, MODELS.c.description, MODELS.c.revision, LAST_MOMENT)
    return Guarded(select(*columns).where(which).with_for_update(of=MODELS), MODELS.c.id)


_LOCK = locking(is_model(bindparam("name")))


def create(
    session: Session,
    name: str,
    *,
    by: Principal,
    description: str = "",
    tags: Mapping[str, str] | None = None,
) -> Model:
    """Add a model, which its creator may manage. Raises Invalid, AlreadyExists for a taken name, and Denied."""
    tags = dict(tags or {})
    names.must_be_a_model_name(name)
    names.must_be_text("description", description, names.LONGEST_DESCRIPTION)
    for key, value in tags.items():
        names.must_be_a_key(key)
        names.must_be_text("value", value, names.LONGEST_VALUE)
    _may_create(session, name, tags, by)

    at = now()
    added = session.scalar(
        insert(dialect(session), MODELS)
        .values(
            name=name,
            description=description,
            created_at=at,
            created_by_id=by.id,
            last_updated_at=at,
            last_updated_by_id=by.id,
        )
        .on_conflict_do_nothing(index_elements=[MODELS.c.name], index_where=MODELS.c.deleted_at.is_(None))
        .returning(MODELS.c.id)
    )
    if added is None:
        raise _taken(session, name, tags)
    if tags:
        rows = [{"model_id": added, "key": key, "value": value} for key, value in tags.items()]
        session.execute(_INSERT_TAGS, rows)
    since = begin_name(session, added, name, at, by)
    if since > at:
        at = since
        session.execute(update(MODELS).where(MODELS.c.id == added).values(created_at=at, last_updated_at=at))
    grants.for_creator(session, added, by=by)

    created = Subject("registered_model", added, name, model_id=added)
    details = {"description": description, "tags": tags}
    record(session, Action.MODEL_CREATED, by=by, on=created, details=details, at=at)
    return Model(added, name, at, at, description, by.name, 1, tags, {}, [])


def describe(session: Session, name: str, description: str, *, by: Principal, revision: int | None = None) -> Model:
    """Replace the description. Raises Conflict when `revision` is given and somebody changed it since."""
    names.must_be_a_model_name(name)
    names.must_be_text("description", description, names.LONGEST_DESCRIPTION)
    model = lock(session, name, by=by)
    authorize(by, Permission.MODEL_EDIT, on=name, granted=model.granted)
    must_be_revision(revision, model.revision, f"The description of {name}")
    at = model.moment()
    session.execute(
        update(MODELS)
        .where(MODELS.c.id == model.id)
        .values(description=description, revision=model.revision + 1, **touched(by, at))
    )
    changed = {"before": {"description": model.description}, "after": {"description": description}}
    record(session, Action.MODEL_UPDATED, by=by, on=model.subject, details=changed, at=at)
    return reading.model(session, name, by=by)


def rename(session: Session, name: str, new_name: str, *, by: Principal) -> Model:
    """Change the name alone: versions, tags, aliases and history stay.

    It takes the right to create a model of the new name, too. Raises Denied, and AlreadyExists for a taken name.
    """
    names.must_be_a_model_name(name)
    names.must_be_a_model_name(new_name, "new_name")
    model = lock(session, name, by=by)
    authorize(by, Permission.MODEL_MANAGE, on=name, granted=model.granted)
    at = model.moment()
    if new_name != name:
        authorize(by, Permission.MODEL_CREATE, on=new_name)
        must_be_free(session, new_name)
        # The foreign key carries the name over to the versions.
        session.execute(update(MODELS).where(MODELS.c.id == model.id).values(name=new_name))
        at = end_name(session, model.id, at, next_name=new_name)
        begin_name(session, model.id, new_name, at, by)
    # The time stamp is set on the versions, too, as MLflow does.
    session.execute(update(MODELS).where(MODELS.c.id == model.id).values(**touched(by, at)))
    live_versions = (VERSIONS.c.model_id == model.id) & VERSIONS.c.deleted_at.is_(None)
    session.execute(update(VERSIONS).where(live_versions).values(**touched(by, at)))
    changed = {"before": {"name": name}, "after": {"name": new_name}}
    record(session, Action.MODEL_RENAMED, by=by, on=model.subject, details=changed, at=at)
    return reading.model(session, new_name, by=by)


def lock(session: Session, name: str, *, by: Principal) -> Locked:
    """Take the row of a live model that the caller may read until the transaction ends.

    Raises NotFound, and Invalid for a bad name.
    """
    names.must_be_a_model_name(name)
    found = _LOCK.first(session, by, {"name": name})
    if found is None or not by.may(Permission.MODEL_READ, name, found.granted):
        raise reading.no_model(name)
    return Locked(*(*found.row, found.granted))


def must_be_revision(expected: int | None, actual: int, what: str) -> None:
    """Raise Conflict when somebody edited a text that the caller believes to know."""
    if expected is not None and expected != actual:
        raise Conflict(
            f"{what} was changed meanwhile: it is at revision {actual}, and the edit is of revision {expected}."
        )


def touched(by: Principal, at: int) -> dict[str, int | None]:
    """The columns that tell who changed a row last, and when."""
    return {"last_updated_at": at, "last_updated_by_id": by.id}


def _may_create(session: Session, name: str, tags: Mapping[str, str], by: Principal) -> None:
    """Raise Denied unless the caller may create a model of that name.

    Clients create before they register a version, and go on when the name is taken: whoever may read the model that
    has it is told so.
    """
    try:
        authorize(by, Permission.MODEL_CREATE, on=name)
    except Denied:
        try:
            reading.model_id(session, name, by=by)
        except NotFound:
            pass
        else:
            raise _taken(session, name, tags) from None
        raise


def _taken(session: Session, name: str, tags: Mapping[str, str]) -> AlreadyExists:
    is_one = prompts.is_prompt(_tags_of(session, name))
    return prompts.taken(name, wanted_prompt=prompts.is_prompt(tags), is_one=is_one)


def _tags_of(session: Session, name: str) -> dict[str, str]:
    owned = select(pairs(MODEL_TAGS.c.key, MODEL_TAGS.c.value)).join_from(
        MODELS, MODEL_TAGS, MODEL_TAGS.c.model_id == MODELS.c.id
    )
    return session.scalar(owned.where(is_model(name))) or {}


def must_be_free(session: Session, name: str) -> None:
    """Raise AlreadyExists when a model bears the name."""
    if session.scalar(select(MODELS.c.id).where(is_model(name))) is not None:
        raise AlreadyExists(f"Registered Model (name={name}) already exists.")


def begin_name(session: Session, model_id: int, name: str, at: int, by: Principal) -> int:
    """Let a model, whose row has the name already, bear it in history, and say since when.

    That is not before another model ceased to bear it, whatever the clocks of two servers say.
    """
    columns = {"model_id": model_id, "name": name, "valid_from": _free_from(name, at), "named_by_id": by.id}
    begun: int = session.scalars(MODEL_NAMES.insert().values(columns).returning(MODEL_NAMES.c.valid_from)).one()
    return begun


def end_name(session: Session, model_id: int, at: int, *, next_name: str | None = None) -> int:
    """Let a model bear its name no longer in history, and say since when: not before the next one is free."""
    held = (MODEL_NAMES.c.model_id == model_id) & MODEL_NAMES.c.valid_until.is_(None)
    until = literal(at, BIG) if next_name is None else _free_from(next_name, at)
    ended: int = session.scalars(
        update(MODEL_NAMES).where(held).values(valid_until=until).returning(MODEL_NAMES.c.valid_until)
    ).one()
    return ended


def _free_from(name: str, at: int) -> ColumnElement[int]:
    borne = MODEL_NAMES.alias("borne")
    left = select(func.max(borne.c.valid_until)).where(borne.c.name == name).scalar_subquery()
    return later(func.coalesce(left, 0), literal(at, BIG))
