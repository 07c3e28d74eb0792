"""Grants: given and taken. Those on a single model are the business of `registry.permissions`, which knows models."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from assent.access.people import accounts, groups
from assent.access.policy.levels import Level
from assent.access.policy.principals import Kind, Principal, authorize_administrator, authorize_overseer
from assent.access.tables import LONGEST_PAGE, Account, Grant, Group
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, dialect, insert, table
from assent.kernel.errors import Invalid
from assent.kernel.patterns import must_be_a_pattern

Grantee: TypeAlias = Account | Group
Known: TypeAlias = accounts.Known | groups.Known

GRANTS = table(Grant)
_ACCOUNTS = table(Account)
_GROUPS = table(Group)


class Place(NamedTuple):
    """Where a grant holds: on one model, on names that match a pattern, or, with neither, on the whole registry."""

    model_id: int | None = None
    pattern: str | None = None

    def __str__(self) -> str:
        if self.model_id is not None:
            return f"model {self.model_id}"
        return f"pattern {self.pattern}" if self.pattern is not None else "registry"


REGISTRY = Place()


class Given(NamedTuple):
    """A grant as it is told: to whom (`user`, `service_account` or `group`), where, what, since when."""

    id: int
    grantee_kind: str
    grantee: str
    place: Place
    level: Level
    given_at: int


def grantee(session: Session, kind: str, name: str) -> Grantee:
    """The user, service account or group of that name. Raises NotFound, and Invalid for another kind."""
    return groups.named(session, name) if kind == "group" else accounts.named(session, name, _kind(kind))


def found(session: Reader, kind: str, name: str) -> Known:
    """The same as it is told; whoever calls has authorized it. Raises NotFound, and Invalid for another kind."""
    return groups.found(session, name) if kind == "group" else accounts.found(session, name, _kind(kind))


def administered(session: Session, kind: str, name: str, *, by: Principal) -> Grantee:
    """The same, for an administrator: nobody else learns whether there is one. Raises Denied, too."""
    authorize_administrator(by, on=name, kind="grant")
    return grantee(session, kind, name)


def give(session: Session, to: Grantee, level: Level, *, on: Place = REGISTRY, by: Principal) -> None:
    """Grant a level by name: on the whole registry or on a pattern. Raises Denied and Invalid."""
    _must_be_by_name(on)
    authorize_administrator(by, on=str(on), kind="grant")
    put(session, to, level, on=on, by=by)


def take(session: Session, of: Grantee, *, on: Place = REGISTRY, by: Principal, level: Level | None = None) -> None:
    """Take away a level that is granted to somebody at a place by name; without one all, the right to create too."""
    _must_be_by_name(on)
    authorize_administrator(by, on=str(on), kind="grant")
    for given in levels(session, of, on=on):
        if level in (None, given):
            withdraw(session, of, given, on=on, by=by)


def by_name(session: Reader, *, by: Principal, after: int = 0, most: int = LONGEST_PAGE) -> list[Given]:
    """The grants on the registry and on patterns, in the order they were given, as they come after an id."""
    authorize_overseer(by, kind="grant")
    wanted = _told().where(GRANTS.c.model_id.is_(None), GRANTS.c.id > after)
    return _given(session, wanted.order_by(GRANTS.c.id).limit(most))


def that(session: Reader, which: ColumnElement[bool]) -> list[Given]:
    """The grants for which a condition on GRANTS holds, in the order they were given."""
    return _given(session, _told().where(which).order_by(GRANTS.c.id))


def levels(session: Session, of: Grantee, *, on: Place) -> Sequence[Level]:
    """What is granted to somebody at a place."""
    keys = [_one_level(of, on, level) for level in (Level.CAN_READ, Level.CAN_CREATE_REGISTERED_MODEL)]
    return list(session.scalars(select(GRANTS.c.level).where(GRANTS.c.one_level.in_(keys))))


def put(session: Session, to: Grantee, level: Level, *, on: Place, by: Principal) -> None:
    """Write a grant, in the place of the one that is there; whoever calls has authorized it."""
    if level is Level.CAN_CREATE_REGISTERED_MODEL and on.model_id is not None:
        raise Invalid(f"{level} is granted on the whole registry or on a pattern of names, not on a model.")
    if level is Level.CAN_AUDIT and on != REGISTRY:
        raise Invalid(f"{level} is granted on the whole registry, not on a model or a pattern of names.")
    if isinstance(to, Group):
        groups.hold(session, to)
    key = _one_level(to, on, level)
    # Held, so that the audit log tells of two changes at once what each of them replaced.
    before = session.scalar(select(GRANTS.c.level).where(GRANTS.c.one_level == key).with_for_update())
    if before is level:
        return
    values: dict[str, Any] = {"level": level, "given_at": now(), "given_by_id": by.id}
    into = insert(dialect(session), GRANTS).values(one_level=key, **_who(to), **on._asdict(), **values)
    session.execute(into.on_conflict_do_update(index_elements=[GRANTS.c.one_level], set_=values))
    details = {"place": str(on), "before": before and before.value, "after": level.value}
    record(session, Action.GRANT_GIVEN, by=by, on=_subject(to, on), details=details)


def withdraw(session: Session, of: Grantee, level: Level, *, on: Place, by: Principal) -> None:
    """Delete a grant; whoever calls has authorized it."""
    gone = GRANTS.delete().where(GRANTS.c.one_level == _one_level(of, on, level)).returning(GRANTS.c.level)
    before = session.scalar(gone)
    if before is not None:
        details = {"place": str(on), "before": before.value}
        record(session, Action.GRANT_TAKEN, by=by, on=_subject(of, on), details=details)


def for_creator(session: Session, model_id: int, *, by: Principal) -> None:
    """Let whoever creates a model manage it: part of creating it, and told by that event."""
    if by.id is not None:
        session.execute(
            GRANTS.insert(),
            {
                "principal_id": by.id,
                "model_id": model_id,
                "level": Level.CAN_MANAGE,
                "one_level": f"principal:{by.id} {Place(model_id)}",
                "given_at": now(),
                "given_by_id": by.id,
            },
        )


def _kind(word: str) -> Kind:
    if word not in list(Kind):
        raise Invalid(f"Something is granted to a user, a service_account or a group, and not to a {word}.")
    return Kind(word)


def _must_be_by_name(on: Place) -> None:
    if on.pattern is not None:
        must_be_a_pattern(on.pattern)
    if on.model_id is not None:
        raise Invalid("Grants on a model are given on that model.")


def _one_level(to: Grantee, on: Place, level: Level) -> str:
    who = f"group:{to.id}" if isinstance(to, Group) else f"principal:{to.id}"
    return ("create " if level is Level.CAN_CREATE_REGISTERED_MODEL else "") + f"{who} {on}"


def _who(to: Grantee) -> dict[str, int]:
    return {"group_id": to.id} if isinstance(to, Group) else {"principal_id": to.id}


def _subject(to: Grantee, on: Place) -> Subject:
    kind = "group" if isinstance(to, Group) else to.kind.value
    return Subject(kind, to.id, to.name, model_id=on.model_id)


def _told() -> Select[Any]:
    return (
        select(GRANTS, _ACCOUNTS.c.kind, _ACCOUNTS.c.name.label("principal"), _GROUPS.c.name.label("group_name"))
        .select_from(GRANTS)
        .outerjoin(_ACCOUNTS, _ACCOUNTS.c.id == GRANTS.c.principal_id)
        .outerjoin(_GROUPS, _GROUPS.c.id == GRANTS.c.group_id)
    )


def _given(session: Reader, wanted: Select[Any]) -> list[Given]:
    rows: Iterable[Any] = session.execute(wanted)
    return [
        Given(
            id=row.id,
            grantee_kind=row.kind.value if row.kind else "group",
            grantee=row.principal or row.group_name,
            place=Place(row.model_id, row.pattern),
            level=row.level,
            given_at=row.given_at,
        )
        for row in rows
    ]
