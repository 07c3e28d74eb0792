"""Tags: a key and a value on a model or on a version. Setting one changes no time stamp, as with MLflow."""

from functools import cache
from typing import NamedTuple

from sqlalchemy import Table, and_, bindparam, delete, select
from sqlalchemy.orm import Session

from assent.access.granting.visibility import Guarded
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.kernel.clock import now
from assent.kernel.dialects import Insert, dialect, insert
from assent.registry import names, reading
from assent.registry.views import MODEL_TAGS, MODELS, VERSION_TAGS, VERSIONS, is_model, is_version


class _TaggedModel(NamedTuple):
    id: int
    name: str
    last_updated_at: int


class _TaggedVersion(NamedTuple):
    id: int
    model_id: int
    model_name: str
    number: int
    last_updated_at: int


def set_on_model(session: Session, name: str, key: str, value: str, *, by: Principal) -> None:
    """Set a tag of a model, whatever it was. Raises NotFound and Invalid."""
    _must_be_a_tag(key, value)
    owner = _lock_model(session, name, by)
    before = session.scalar(_VALUE_OF_MODEL, {"owner": owner.id, "tag": key})
    if before != value:
        tag = {"model_id": owner.id, "key": key, "value": value}
        session.execute(_upsert(MODEL_TAGS, dialect(session)), tag)
        details = {"key": key, "before": before, "after": value}
        record(session, Action.MODEL_TAG_SET, by=by, on=_model(owner), details=details, at=_moment(owner))


def set_on_version(session: Session, name: str, number: int, key: str, value: str, *, by: Principal) -> None:
    """Set a tag of a version, whatever it was. Raises NotFound and Invalid."""
    _must_be_a_tag(key, value)
    owner = _lock_version(session, name, number, by)
    before = session.scalar(_VALUE_OF_VERSION, {"owner": owner.id, "tag": key})
    if before != value:
        tag = {"version_id": owner.id, "model_id": owner.model_id, "last_updated_at": owner.last_updated_at}
        session.execute(_upsert(VERSION_TAGS, dialect(session)), tag | {"key": key, "value": value})
        details = {"key": key, "before": before, "after": value}
        record(session, Action.VERSION_TAG_SET, by=by, on=_version(owner), details=details, at=_moment(owner))


def delete_from_model(session: Session, name: str, key: str, *, by: Principal) -> None:
    """Take a tag off a model; one that is not there is no error. Raises NotFound for an unknown model."""
    names.must_be_a_key(key)
    owner = _lock_model(session, name, by)
    before = session.scalar(_DELETE_FROM_MODEL, {"owner": owner.id, "tag": key})
    if before is not None:
        details = {"key": key, "before": before}
        record(session, Action.MODEL_TAG_DELETED, by=by, on=_model(owner), details=details, at=_moment(owner))


def delete_from_version(session: Session, name: str, number: int, key: str, *, by: Principal) -> None:
    """Take a tag off a version; one that is not there is no error. Raises NotFound for an unknown version."""
    names.must_be_a_key(key)
    owner = _lock_version(session, name, number, by)
    before = session.scalar(_DELETE_FROM_VERSION, {"owner": owner.id, "tag": key})
    if before is not None:
        details = {"key": key, "before": before}
        record(session, Action.VERSION_TAG_DELETED, by=by, on=_version(owner), details=details, at=_moment(owner))


def _must_be_a_tag(key: str, value: str) -> None:
    names.must_be_a_key(key)
    names.must_be_text("value", value, names.LONGEST_VALUE)


def _lock_model(session: Session, name: str, by: Principal) -> _TaggedModel:
    """The model's row, held until the transaction ends: what is read after that nobody changes meanwhile."""
    names.must_be_a_model_name(name)
    found = _HOLD_MODEL.first(session, by, {"name": name})
    if found is None or not by.may(Permission.MODEL_READ, name, found.granted):
        raise reading.no_model(name)
    authorize(by, Permission.MODEL_EDIT, on=name, granted=found.granted)
    return _TaggedModel(*found.row)


def _lock_version(session: Session, name: str, number: int, by: Principal) -> _TaggedVersion:
    """The version's row, held until the transaction ends."""
    names.must_be_a_model_name(name)
    reading.must_be_possible(name, number)
    found = _HOLD_VERSION.first(session, by, {"name": name, "number": number})
    if found is None or not by.may(Permission.MODEL_READ, name, found.granted):
        raise reading.no_version(name, number)
    authorize(by, Permission.VERSION_EDIT, on=name, granted=found.granted, version=number)
    return _TaggedVersion(*found.row)


# Built once: building a statement costs more than running it.
_HOLD_MODEL = Guarded(
    select(MODELS.c.id, MODELS.c.name, MODELS.c.last_updated_at)
    .where(is_model(bindparam("name")))
    .with_for_update(of=MODELS, key_share=True),
    MODELS.c.id,
)
_HOLD_VERSION = Guarded(
    select(VERSIONS.c.id, VERSIONS.c.model_id, VERSIONS.c.model_name, VERSIONS.c.number, VERSIONS.c.last_updated_at)
    .where(is_version(bindparam("name"), bindparam("number")))
    .with_for_update(of=VERSIONS, key_share=True),
    VERSIONS.c.model_id,
)

_OF_MODEL = and_(MODEL_TAGS.c.model_id == bindparam("owner"), MODEL_TAGS.c.key == bindparam("tag"))
_OF_VERSION = and_(VERSION_TAGS.c.version_id == bindparam("owner"), VERSION_TAGS.c.key == bindparam("tag"))
_VALUE_OF_MODEL = select(MODEL_TAGS.c.value).where(_OF_MODEL)
_VALUE_OF_VERSION = select(VERSION_TAGS.c.value).where(_OF_VERSION)
_DELETE_FROM_MODEL = delete(MODEL_TAGS).where(_OF_MODEL).returning(MODEL_TAGS.c.value)
_DELETE_FROM_VERSION = delete(VERSION_TAGS).where(_OF_VERSION).returning(VERSION_TAGS.c.value)


@cache
def _upsert(tags: Table, on: str) -> Insert:
    into = insert(on, tags)
    return into.on_conflict_do_update(index_elements=list(tags.primary_key), set_={"value": into.excluded.value})


def _moment(owner: _TaggedModel | _TaggedVersion) -> int:
    return max(now(), owner.last_updated_at)


def _model(owner: _TaggedModel) -> Subject:
    return Subject("registered_model", owner.id, owner.name, model_id=owner.id)


def _version(owner: _TaggedVersion) -> Subject:
    return Subject("model_version", owner.id, owner.model_name, model_id=owner.model_id, version=owner.number)
