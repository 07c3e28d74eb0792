"""What somebody may do, as part of the statements that find models: no statement more, and pages stay full."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    Column,
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    Update,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.types import NullType

from assent.access.policy.levels import Level, Permission, levels_with
from assent.access.policy.principals import Principal
from assent.access.policy.reach import Reach
from assent.access.tables import Grant
from assent.kernel.dialects import Reader, as_list, dialect, is_among, is_one_of, items, table

Granted: TypeAlias = tuple[Level, ...]
GRANTS = table(Grant)


class Found(NamedTuple):
    """A row, and the levels that its caller was granted on the model that it is of."""

    row: tuple[Any, ...]
    granted: Granted


class Guarded:
    """A statement that finds rows of one model, and tells with them what the caller was granted on it.

    An administrator needs no grants, and is not asked for them.
    """

    def __init__(self, statement: Select[Any] | Update, model_id: Column[int]) -> None:
        self.plain = statement
        if isinstance(statement, Update):
            # SQLAlchemy strips columns in SQLite's RETURNING of their tables, and `id` would be that of a grant.
            outer: ColumnElement[int] = literal_column(f"{model_id.table.name}.{model_id.name}")
            self.told: Select[Any] | Update = statement.returning(granted(outer).label("granted"))
        else:
            self.told = statement.add_columns(granted(model_id).label("granted"))

    def all(self, session: Reader, by: Principal, values: Mapping[str, Any]) -> list[Found]:
        """All rows that are there, whether the caller may read the model or not."""
        if by.is_administrator:
            return [Found(tuple(row), ()) for row in session.execute(self.plain, values)]
        rows = session.execute(self.told, {**values, **as_parameters(by, dialect(session))})
        return [_found(row) for row in rows]

    def first(self, session: Reader, by: Principal, values: Mapping[str, Any]) -> Found | None:
        """The first row, whether the caller may read the model or not."""
        if by.is_administrator:
            row = session.execute(self.plain, values).first()
            return Found(tuple(row), ()) if row is not None else None
        row = session.execute(self.told, {**values, **as_parameters(by, dialect(session))}).first()
        return _found(row) if row is not None else None

    def seen(self, session: Reader, by: Principal, name: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows, where the caller may read a model of that name; none where they may not."""
        found = self.all(session, by, values)
        return [row for row, levels in found if by.may(Permission.MODEL_READ, name, levels)]


def granted(model_id: ColumnElement[int]) -> ScalarSelect[Any]:
    """The levels granted to the caller on a model, as a JSON array; the caller is given `as_parameters`."""
    return (
        select(items(GRANTS.c.level))
        .where(GRANTS.c.model_id == model_id, _MINE)
        .correlate_except(GRANTS)
        .scalar_subquery()
    )


def levels_of(told: Collection[str] | None) -> Granted:
    """The levels that `granted` told."""
    return tuple(map(Level, told)) if told else ()


def as_parameters(by: Principal, on: str) -> dict[str, Any]:
    """Who is asking, for statements with `granted` in them, in the dialect `on`."""
    return {"my_id": by.id, "my_groups": as_list(by.groups, on=on)}


@lru_cache(maxsize=256)
def reachable(
    by: Principal, permission: Permission, *, model_id: ColumnElement[int], name: ColumnElement[str], on: str
) -> tuple[ColumnElement[bool], ...]:
    """The conditions for models on which the caller has a right, in the dialect `on`: `adding_up` in SQL.

    Remembered, since to build them takes longer than to ask them.
    """
    limits = by.limits
    conditions: list[ColumnElement[bool]] = []
    if limits.permissions is not None and permission not in limits.permissions:
        conditions.append(false())
    if limits.names is not None:
        conditions.append(is_among(name, limits.names, on=on))
    if not by.may_everywhere(permission):
        conditions.append(_granted_here_or(_by_name(by.reach, permission, name, on), by, permission, model_id, on))
    return tuple(conditions)


def granted_anywhere(by: Principal, permission: Permission, *, on: str) -> ColumnElement[bool]:
    """Whether the caller may have a right on some model at all: asked once, it spares asking of each.

    True does not say that there is such a model.
    """
    if by.may_by_some_name(permission):
        return true()
    given = exists().where(GRANTS.c.model_id.is_not(None), GRANTS.c.level.in_(sorted(levels_with(permission))))
    mine = [given.where(GRANTS.c.principal_id == by.id)]
    if by.groups:
        mine.append(given.where(_of_my_groups(literal(as_list(by.groups, on=on), NullType()))))
    return or_(*mine)


def _by_name(reach: Reach, permission: Permission, name: ColumnElement[str], on: str) -> ColumnElement[bool]:
    given, taken = reach.names_with(permission), reach.names_without
    found = true() if reach.everywhere(permission) else is_among(name, given, on=on)
    return and_(found, not_(is_among(name, taken, on=on))) if taken else found


def _granted_here_or(
    by_name: ColumnElement[bool], by: Principal, permission: Permission, model_id: ColumnElement[int], on: str
) -> ColumnElement[bool]:
    """What is granted on the model itself decides where it takes everything away or gives enough; else its name."""
    taken, given, undecided = 0, 1, 2
    mine = or_(GRANTS.c.principal_id == by.id, _of_my_groups(literal(as_list(by.groups, on=on), NullType())))
    decision = case(
        (GRANTS.c.level == Level.NO_PERMISSIONS, taken),
        (GRANTS.c.level.in_(sorted(levels_with(permission))), given),
        else_=undecided,
    )
    here = select(func.min(decision)).where(GRANTS.c.model_id == model_id, mine)
    return case({taken: false(), given: true()}, value=here.correlate_except(GRANTS).scalar_subquery(), else_=by_name)


def _found(row: Row[Any]) -> Found:
    return Found(tuple(row[:-1]), levels_of(row[-1]))


def _of_my_groups(groups: ColumnElement[Any]) -> ColumnElement[bool]:
    return is_one_of(GRANTS.c.group_id, groups)


_MINE = or_(GRANTS.c.principal_id == bindparam("my_id"), _of_my_groups(bindparam("my_groups", type_=NullType())))
