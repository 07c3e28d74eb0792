"""Groups: names for several principals, or for groups of them."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import CTE, ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from assent.access.policy.names import is_a_name, must_be_a_name
from assent.access.policy.principals import Principal, authorize_administrator, authorize_overseer
from assent.access.tables import LONGEST_PAGE, Account, Grant, Group, Membership
from assent.audit.actions import Action
from assent.audit.events import Actor, Subject, record
from assent.kernel.beginnings import begins
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, dialect, insert, table
from assent.kernel.errors import AlreadyExists, Conflict, NotFound

GROUPS = table(Group)
MEMBERSHIPS = table(Membership)


class Known(NamedTuple):
    """A group as it is told."""

    id: int
    name: str
    created_at: int


_KNOWN = select(GROUPS.c.id, GROUPS.c.name, GROUPS.c.created_at).where(GROUPS.c.deleted_at.is_(None))


def create(session: Session, name: str, *, by: Principal) -> Group:
    """Add a group. Raises Invalid for a bad name, AlreadyExists for a taken one."""
    authorize_administrator(by, on=name, kind="group")
    group = _added(session, name, by=by)
    if group is None:
        raise AlreadyExists(f"There is a group {name} already.")
    return group


def named(session: Session, name: str) -> Group:
    """The group of that name. Raises NotFound."""
    group = _named(session, name)
    if group is None:
        raise _no_group(name)
    return group


def administered(session: Session, name: str, *, by: Principal) -> Group:
    """The group of that name, for an administrator: nobody else learns whether there is one.

    Raises Denied, NotFound.
    """
    authorize_administrator(by, on=name, kind="group")
    return named(session, name)


def seen(session: Reader, name: str, *, by: Principal) -> Known:
    """The group of that name, as administrators and auditors see it. Raises Denied, NotFound."""
    authorize_overseer(by, on=name, kind="group")
    return found(session, name)


def found(session: Reader, name: str) -> Known:
    """The group of that name; whoever calls has authorized it. Raises NotFound."""
    row = session.execute(_KNOWN.where(GROUPS.c.name == name)).first() if is_a_name(name) else None
    if row is None:
        raise _no_group(name)
    return Known._make(row)


def every(
    session: Reader, *, by: Principal, after: str = "", beginning: str = "", most: int = LONGEST_PAGE
) -> list[Known]:
    """The groups by name, as they come after a name; those that begin so, if that is asked. Raises Denied."""
    authorize_overseer(by, kind="group")
    wanted = _KNOWN.where(GROUPS.c.name > after, begins(GROUPS.c.name, beginning))
    return [Known._make(row) for row in session.execute(wanted.order_by(GROUPS.c.name).limit(most))]


def holding(session: Reader, by: Principal) -> list[tuple[int, str]]:
    """The ids and names of the groups that hold whoever asks, directly or through another, by name."""
    if not by.groups:
        return []
    mine = select(GROUPS.c.id, GROUPS.c.name).where(GROUPS.c.id.in_(by.groups), GROUPS.c.deleted_at.is_(None))
    return [(row.id, row.name) for row in session.execute(mine.order_by(GROUPS.c.name))]


def rename(session: Session, group: Group, name: str, *, by: Principal) -> Known:
    """Change the name alone; members and grants stay. Raises Invalid, and AlreadyExists for a taken name."""
    authorize_administrator(by, on=group.name, kind="group")
    must_be_a_name(name, "group")
    if name != group.name:
        if _named(session, name) is not None:
            raise AlreadyExists(f"There is a group {name} already.")
        change = {"before": {"name": group.name}, "after": {"name": name}}
        group.name = name
        session.flush()
        record(session, Action.GROUP_RENAMED, by=by, on=_subject(group), details=change)
    return known(group)


def dissolve(session: Session, group: Group, *, by: Principal) -> None:
    """Delete a group: its members and what was granted to it go, and its name is free."""
    authorize_administrator(by, on=group.name, kind="group")
    hold(session, group, to_delete=True)
    within = or_(MEMBERSHIPS.c.group_id == group.id, MEMBERSHIPS.c.inner_group_id == group.id)
    left = session.execute(delete(Membership).where(within).returning(Membership.id)).all()
    taken = session.execute(delete(Grant).where(Grant.group_id == group.id).returning(Grant.id)).all()
    group.deleted_at = now()
    session.flush()
    details = {"memberships_ended": len(left), "grants_taken": len(taken)}
    record(session, Action.GROUP_DELETED, by=by, on=_subject(group), details=details)


def add(session: Session, group: Group, member: Account | Group, *, by: Principal) -> None:
    """Put somebody, or another group, into a group. Raises Conflict where a group would come to hold itself."""
    authorize_administrator(by, on=group.name, kind="group")
    if isinstance(member, Group):
        # One change of nesting after the other, or two at once could close a circle that neither sees.
        hold_all(session)
        holding = session.scalars(select(holders(MEMBERSHIPS.c.inner_group_id == group.id).c.group_id))
        if member.id == group.id or member.id in set(holding):
            raise Conflict(f"The group {member.name} holds {group.name}, and cannot be in it.")
    _put(session, group, member, by=by)


def remove(session: Session, group: Group, member: Account | Group, *, by: Principal) -> None:
    """Take somebody, or another group, out of a group. Who is not in it is no error."""
    authorize_administrator(by, on=group.name, kind="group")
    _take(session, group, member, by=by)


def keep_in_step(session: Session, account: Account, issuer: str, wanted: Iterable[str], *, by: Actor) -> None:
    """Let an identity provider's word decide in which groups a user is, of those that it decides on.

    A group that is not there is made. Memberships that somebody else gave stay.
    """
    names = set(wanted)
    for name in names:
        must_be_a_name(name, "group")
    held = {
        group.name: group
        for group in session.scalars(
            select(Group)
            .join(Membership, Membership.group_id == Group.id)
            .where(Membership.principal_id == account.id, Membership.issuer == issuer)
        )
    }
    wanted_groups = [_named_or_added(session, name, by=by) for name in sorted(names - set(held))]
    # In the order in which `hold_all` holds them, so that no two wait for each other.
    for group in sorted(wanted_groups, key=lambda group: group.id):
        _put(session, group, account, by=by, issuer=issuer)
    for name in sorted(set(held) - names):
        _take(session, held[name], account, by=by)


def holders(directly: ColumnElement[bool]) -> CTE:
    """The ids of the groups with certain members (a condition on MEMBERSHIPS), and of all groups that hold those.

    One column, `group_id`. UNION ends even where groups hold each other.
    """
    mine = select(MEMBERSHIPS.c.group_id).where(directly).cte("holders", recursive=True)
    outer = select(MEMBERSHIPS.c.group_id).join(mine, MEMBERSHIPS.c.inner_group_id == mine.c.group_id)
    return mine.union(outer)


def hold(session: Session, group: Group, *, to_delete: bool = False) -> None:
    """Keep a group as it is until the transaction ends. Raises NotFound where it is deleted already.

    Else somebody could come to be in a group that is deleted at that moment, or be granted something through it.
    """
    live = select(GROUPS.c.id).where(GROUPS.c.id == group.id, GROUPS.c.deleted_at.is_(None))
    if session.scalar(live.with_for_update(read=not to_delete)) is None:
        raise _no_group(group.name)


def hold_all(session: Session) -> None:
    """Let nobody else change how groups are nested until the transaction ends."""
    session.execute(select(GROUPS.c.id).order_by(GROUPS.c.id).with_for_update()).all()


def known(group: Group) -> Known:
    """A group as it is told."""
    return Known(group.id, group.name, group.created_at)


def _named(session: Session, name: str) -> Group | None:
    if not is_a_name(name):
        return None
    return session.scalar(select(Group).where(Group.name == name, Group.deleted_at.is_(None)))


def _named_or_added(session: Session, name: str, *, by: Actor) -> Group:
    # Two who sign in for the first time at once may both find no such group.
    return _named(session, name) or _added(session, name, by=by) or named(session, name)


def _added(session: Session, name: str, *, by: Actor) -> Group | None:
    """A new group; None where there is one of that name."""
    must_be_a_name(name, "group")
    into = insert(dialect(session), GROUPS).values(name=name, created_at=now())
    added = session.scalar(into.on_conflict_do_nothing().returning(GROUPS.c.id))
    if added is None:
        return None
    group = session.get_one(Group, added)
    record(session, Action.GROUP_CREATED, by=by, on=_subject(group))
    return group


def _put(session: Session, group: Group, member: Account | Group, *, by: Actor, issuer: str | None = None) -> None:
    for held in (group, member):
        if isinstance(held, Group):
            hold(session, held)
    values = {_column(member): member.id, "group_id": group.id, "issuer": issuer, "added_at": now()}
    into = insert(dialect(session), MEMBERSHIPS).values(values)
    if session.scalar(into.on_conflict_do_nothing().returning(MEMBERSHIPS.c.id)) is not None:
        details = {_word(member): member.name, "issuer": issuer}
        record(session, Action.GROUP_MEMBER_ADDED, by=by, on=_subject(group), details=details)


def _take(session: Session, group: Group, member: Account | Group, *, by: Actor) -> None:
    gone = delete(MEMBERSHIPS).where(MEMBERSHIPS.c.group_id == group.id, MEMBERSHIPS.c[_column(member)] == member.id)
    if session.scalar(gone.returning(MEMBERSHIPS.c.id)) is not None:
        details = {_word(member): member.name}
        record(session, Action.GROUP_MEMBER_REMOVED, by=by, on=_subject(group), details=details)


def _no_group(name: str) -> NotFound:
    return NotFound(f"There is no group {name}.")


def _column(member: Account | Group) -> str:
    return "inner_group_id" if isinstance(member, Group) else "principal_id"


def _word(member: Account | Group) -> str:
    return "group" if isinstance(member, Group) else member.kind.value


def _subject(group: Group) -> Subject:
    return Subject("group", group.id, group.name)
