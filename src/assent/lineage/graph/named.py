"""Versions that somebody names by model and number to say something of them, several in one statement."""

from collections.abc import Collection, Iterable
from typing import NamedTuple, TypeAlias

from sqlalchemy import select

from assent.access.granting.visibility import Granted, Guarded
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.audit.events import Subject
from assent.kernel.dialects import Reader
from assent.registry import history, names, reading
from assent.registry.history import MODEL_NAMES
from assent.registry.views import ARE_NAMED, NAMES, VERSIONS, naming

Name: TypeAlias = tuple[str, int]


class Named(NamedTuple):
    """A version. `deleted_at` is when it, or its model, was deleted; None for a live one."""

    id: int
    model_id: int
    model: str
    number: int
    deleted_at: int | None

    def as_subject(self) -> Subject:
        """The version, as an audit event names it."""
        return Subject("model_version", self.id, self.model, model_id=self.model_id, version=self.number)


Found: TypeAlias = tuple[Named, Granted]

_COLUMNS = select(VERSIONS.c.id, VERSIONS.c.model_id, VERSIONS.c.model_name, VERSIONS.c.number, VERSIONS.c.deleted_at)
_LIVE = Guarded(_COLUMNS.where(ARE_NAMED, VERSIONS.c.deleted_at.is_(None)), VERSIONS.c.model_id)
# Deleted models and versions have no index by name but that of the names they bore.
_BORE = select(MODEL_NAMES.c.model_id).where(MODEL_NAMES.c.name.in_(NAMES))
_DELETED = Guarded(
    _COLUMNS.where(VERSIONS.c.model_id.in_(_BORE), ARE_NAMED, VERSIONS.c.deleted_at.is_not(None)).order_by(
        VERSIONS.c.id
    ),
    VERSIONS.c.model_id,
)


def versions(session: Reader, wanted: Collection[Name], permission: Permission, *, by: Principal) -> list[Named]:
    """The versions of these names, each once, where the caller has a right on all of them; deleted ones too.

    A former name of a model stands for it until another bears it. Raises Invalid, NotFound and Denied.
    """
    for name, number in wanted:
        names.must_be_a_model_name(name, "model")
        reading.must_be_possible(name, number)
    found = _readable(session, _LIVE, wanted, by)
    for which in (_under_former_names, _deleted):
        missing = {each for each in wanted if each not in found}
        found |= which(session, missing, by) if missing else {}
    for name, number in wanted:
        if (name, number) not in found:
            raise reading.no_version(name, number)
    for version, granted in found.values():
        authorize(by, permission, on=version.model, granted=granted, version=version.number)
    return list({version.id: version for version, _ in found.values()}.values())


def known(session: Reader, ids: Iterable[int]) -> list[Named]:
    """The versions with these ids, whoever asks."""
    rows = session.execute(_COLUMNS.where(VERSIONS.c.id.in_(list(ids))).order_by(VERSIONS.c.id))
    return [Named._make(row) for row in rows]


def _under_former_names(session: Reader, wanted: Collection[Name], by: Principal) -> dict[Name, Found]:
    called = {name: history.current_name(session, name, by=by) for name in {name for name, _ in wanted}}
    now = {(name, number): (called[name] or name, number) for name, number in wanted}
    found = _readable(session, _LIVE, now.values(), by)
    return {each: found[current] for each, current in now.items() if current in found}


def _deleted(session: Reader, wanted: Collection[Name], by: Principal) -> dict[Name, Found]:
    return _readable(session, _DELETED, wanted, by)


def _readable(session: Reader, which: Guarded, wanted: Iterable[Name], by: Principal) -> dict[Name, Found]:
    """Those of some names that the caller may read; of several that were called the same the latest."""
    values = naming(wanted)
    if not values["named"]:
        return {}
    found = {}
    for row, granted in which.all(session, by, values):
        version = Named._make(row)
        if by.may(Permission.MODEL_READ, version.model, granted):
            found[version.model, version.number] = version, granted
    return found
