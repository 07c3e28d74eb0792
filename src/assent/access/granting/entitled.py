"""Which of some users have a right on one model: two statements, however many they are."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam, or_, select, union_all

from assent.access.granting.grants import GRANTS
from assent.access.people.accounts import ACCOUNTS
from assent.access.people.groups import MEMBERSHIPS
from assent.access.policy.levels import Level, Permission
from assent.access.policy.principals import Kind
from assent.access.policy.reach import ByName, Reach
from assent.kernel.dialects import Reader


class User(NamedTuple):
    """Somebody who can sign in."""

    id: int
    name: str


def users(
    session: Reader, called: Collection[str], permission: Permission, *, model_id: int, name: str, default: Level
) -> list[User]:
    """Those of some names who have a right on the model, by name; who is disabled has none.

    `default` is the level that everybody has on every model.
    """
    there = session.execute(_CALLED, {"names": sorted(called)}).all() if called else []
    if not there:
        return []
    by_name: dict[int, list[ByName]] = defaultdict(list)
    on_model: dict[int, list[Level]] = defaultdict(list)
    for of, level, pattern, granted_on in session.execute(
        _GRANTED, {"ids": [u.id for u in there], "model": model_id}
    ):
        if granted_on is None:
            by_name[of].append(ByName(Level(level), pattern))
        else:
            on_model[of].append(Level(level))
    return [
        User(found.id, found.name)
        for found in there
        if found.is_administrator
        or Reach(by_name[found.id], default=default).gives(permission, name, on_model[found.id])
    ]


_CALLED = (
    select(ACCOUNTS.c.id, ACCOUNTS.c.name, ACCOUNTS.c.is_administrator)
    .where(ACCOUNTS.c.name.in_(bindparam("names", expanding=True)))
    .where(ACCOUNTS.c.kind == Kind.USER, ACCOUNTS.c.disabled_at.is_(None))
    .order_by(ACCOUNTS.c.name)
)
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_of_each = (
    select(MEMBERSHIPS.c.principal_id.label("of"), MEMBERSHIPS.c.group_id)
    .where(MEMBERSHIPS.c.principal_id.in_(_IDS))
    .cte("holders_of_each", recursive=True)
)
# A union, so that groups that held each other would end.
_HOLDERS = _of_each.union(
    select(_of_each.c.of, MEMBERSHIPS.c.group_id).join_from(
        _of_each, MEMBERSHIPS, MEMBERSHIPS.c.inner_group_id == _of_each.c.group_id
    )
)
_WHAT = (GRANTS.c.level, GRANTS.c.pattern, GRANTS.c.model_id)
_REACHING = or_(GRANTS.c.model_id == bindparam("model"), GRANTS.c.model_id.is_(None))
_GRANTED = union_all(
    select(GRANTS.c.principal_id, *_WHAT).where(GRANTS.c.principal_id.in_(_IDS), _REACHING),
    select(_HOLDERS.c.of, *_WHAT)
    .join_from(_HOLDERS, GRANTS, GRANTS.c.group_id == _HOLDERS.c.group_id)
    .where(_REACHING),
)
