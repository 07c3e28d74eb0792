"""Who is in which group directly, as it is told."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select

from assent.access.people import accounts, groups
from assent.access.people.accounts import ACCOUNTS
from assent.access.people.groups import GROUPS, MEMBERSHIPS
from assent.access.policy.principals import Kind, Principal, authorize_overseer
from assent.access.tables import LONGEST_PAGE
from assent.kernel.dialects import Reader
from assent.kernel.errors import Invalid


class Member(NamedTuple):
    """A principal or a group in a group; `issuer` is the identity provider that keeps it in step, if one does."""

    id: int
    group: str
    kind: str
    name: str
    issuer: str | None
    added_at: int


class Nested(NamedTuple):
    """A principal in a group through another; `through` is the first by name of those that hold them directly."""

    kind: str
    name: str
    through: str


_INNER = GROUPS.alias("inner_groups")
_EVERY = (
    select(
        MEMBERSHIPS.c.id,
        GROUPS.c.name.label("group_name"),
        ACCOUNTS.c.kind,
        ACCOUNTS.c.name.label("principal"),
        _INNER.c.name.label("inner"),
        MEMBERSHIPS.c.issuer,
        MEMBERSHIPS.c.added_at,
    )
    .join_from(MEMBERSHIPS, GROUPS, GROUPS.c.id == MEMBERSHIPS.c.group_id)
    .outerjoin(ACCOUNTS, ACCOUNTS.c.id == MEMBERSHIPS.c.principal_id)
    .outerjoin(_INNER, _INNER.c.id == MEMBERSHIPS.c.inner_group_id)
    .order_by(MEMBERSHIPS.c.id)
)


def every(
    session: Reader,
    *,
    by: Principal,
    group: str | None = None,
    kind: str | None = None,
    name: str | None = None,
    after: int = 0,
    most: int = LONGEST_PAGE,
) -> list[Member]:
    """The memberships, in the order they were given, as they come after an id: all, or of one group, or one member.

    Everybody may see their own. Raises Denied, NotFound, and Invalid for a kind without a name.
    """
    wanted = _EVERY.where(MEMBERSHIPS.c.id > after)
    if group is not None:
        wanted = wanted.where(MEMBERSHIPS.c.group_id == groups.seen(session, group, by=by).id)
    if kind is not None or name is not None:
        wanted = wanted.where(_is_of(session, kind, name, by))
    if group is None and name is None:
        authorize_overseer(by, kind="group")
    return _told(session, wanted.limit(most))


def nested(session: Reader, group_id: int, *, after: str = "", most: int = LONGEST_PAGE) -> list[Nested]:
    """Who is in a group through others that are in it, by name; whoever calls has authorized it."""
    inner = select(MEMBERSHIPS.c.inner_group_id.label("id")).where(
        MEMBERSHIPS.c.group_id == group_id, MEMBERSHIPS.c.inner_group_id.is_not(None)
    )
    held = inner.cte("held", recursive=True)
    further = select(MEMBERSHIPS.c.inner_group_id).join(held, MEMBERSHIPS.c.group_id == held.c.id)
    held = held.union(further.where(MEMBERSHIPS.c.inner_group_id.is_not(None)))
    wanted = (
        select(ACCOUNTS.c.kind, ACCOUNTS.c.name, func.min(GROUPS.c.name))
        .join_from(held, MEMBERSHIPS, MEMBERSHIPS.c.group_id == held.c.id)
        .join(ACCOUNTS, ACCOUNTS.c.id == MEMBERSHIPS.c.principal_id)
        .join(GROUPS, GROUPS.c.id == held.c.id)
        .where(ACCOUNTS.c.name > after)
        .group_by(ACCOUNTS.c.kind, ACCOUNTS.c.name)
        .order_by(ACCOUNTS.c.name)
        .limit(most)
    )
    return [Nested(_word(kind), name, through) for kind, name, through in session.execute(wanted)]


def whole(session: Reader) -> list[Member]:
    """All memberships there are; whoever calls has authorized it."""
    return _told(session, _EVERY)


def ways(session: Reader, of: Principal, start: int | None) -> Mapping[str, tuple[str, ...]]:
    """By the name of each group that holds a principal: the shortest way there, as names of groups, itself last.

    `start` is the group where all ways begin, for what is asked of a group itself.
    """
    edges = (
        select(MEMBERSHIPS.c.group_id, MEMBERSHIPS.c.inner_group_id, GROUPS.c.name)
        .join_from(MEMBERSHIPS, GROUPS, GROUPS.c.id == MEMBERSHIPS.c.group_id)
        .where(MEMBERSHIPS.c.group_id.in_(of.groups))
        .where(or_(MEMBERSHIPS.c.principal_id == (of.id or 0), MEMBERSHIPS.c.inner_group_id.in_(of.groups)))
        .order_by(MEMBERSHIPS.c.id)
    )
    rows = session.execute(edges).all() if of.groups else []
    found: dict[int | None, tuple[str, ...]] = {start: ()}
    reached: Collection[int | None] = [start]
    while reached:
        steps = {row.group_id: row for row in rows if row.inner_group_id in reached and row.group_id not in found}
        found |= {group: (*found[row.inner_group_id], row.name) for group, row in steps.items()}
        reached = steps.keys()
    return {way[-1]: way for way in found.values() if way}


def _is_of(session: Reader, kind: str | None, name: str | None, by: Principal) -> ColumnElement[bool]:
    if kind is None or name is None:
        raise Invalid("Say whose memberships: a kind and a name.")
    if kind == "group":
        return MEMBERSHIPS.c.inner_group_id == groups.seen(session, name, by=by).id
    if kind not in list(Kind):
        raise Invalid(f"A member is a user, a service_account or a group, and no {kind}.")
    return MEMBERSHIPS.c.principal_id == accounts.seen(session, name, Kind(kind), by=by).id


def _told(session: Reader, wanted: Select[Any]) -> list[Member]:
    return [
        Member(row.id, row.group_name, _word(row.kind), row.principal or row.inner, row.issuer, row.added_at)
        for row in session.execute(wanted)
    ]


def _word(kind: Kind | None) -> str:
    return kind.value if kind else "group"
