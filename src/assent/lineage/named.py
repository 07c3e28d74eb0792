"""Versions that somebody names by model and number to say something of them, several in one statement."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import bindparam, select, tuple_

from assent.access.levels import Permission
from assent.access.principals import Principal, authorize
from assent.access.visibility import Granted, Guarded
from assent.audit.events import Subject
from assent.kernel.dialects import Reader
from assent.registry import history, names, reading
from assent.registry.views import VERSIONS

Name = tuple[str, int]


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


_COLUMNS = select(VERSIONS.c.id, VERSIONS.c.model_id, VERSIONS.c.model_name, VERSIONS.c.number, VERSIONS.c.deleted_at)
_VERSIONS = Guarded(
    _COLUMNS.where(tuple_(VERSIONS.c.model_name, VERSIONS.c.number).in_(bindparam("named", expanding=True)))
    # What came to be in the meantime goes before; a live version of the name goes before all.
    .order_by(VERSIONS.c.deleted_at.is_(None), VERSIONS.c.id),
    VERSIONS.c.model_id,
)


def versions(session: Reader, wanted: Collection[Name], permission: Permission, *, by: Principal) -> list[Named]:
    """The versions of these names, each once, where the caller has a right on all of them; deleted ones too.

    A former name of a model stands for it until another bears it. Raises Invalid, NotFound and Denied.
    """
    for name, number in wanted:
        names.must_be_a_model_name(name, "model")
        reading.must_be_possible(name, number)
    found = _readable(session, set(wanted), by)
    missing = {each for each in wanted if each not in found}
    if missing:
        called = {name: history.current_name(session, name, by=by) or name for name, _ in missing}
        renamed = _readable(session, {(called[name], number) for name, number in missing}, by)
        found |= {
            each: renamed[called[each[0]], each[1]] for each in missing if (called[each[0]], each[1]) in renamed
        }
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


def _readable(session: Reader, wanted: Collection[Name], by: Principal) -> dict[Name, tuple[Named, Granted]]:
    found = {}
    for row, granted in _VERSIONS.all(session, by, {"named": sorted(wanted)}) if wanted else ():
        version = Named._make(row)
        if by.may(Permission.MODEL_READ, version.model, granted):
            found[version.model, version.number] = version, granted
    return found
