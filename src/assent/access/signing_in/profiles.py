"""Some principals as they would be if they signed in now, with their groups and what is granted to them."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, or_, select, union_all

from assent.access.granting.grants import GRANTS
from assent.access.people.accounts import ACCOUNTS, KNOWN, Known
from assent.access.people.groups import GROUPS, MEMBERSHIPS
from assent.access.policy.levels import Level
from assent.access.policy.principals import Principal
from assent.access.policy.reach import ByName, Reach
from assent.access.signing_in.sign_in import principal_of
from assent.kernel.batches import Batch
from assent.kernel.dialects import Reader


class Given(NamedTuple):
    """A level that somebody has on the very model, or by a pattern of names or everywhere; since when, by whom."""

    level: Level
    at: int
    by_id: int | None
    on_model: bool
    pattern: str | None


class Profile(NamedTuple):
    """An account, the principal that it would be, its groups by name, and what is granted to it and to these."""

    account: Known
    principal: Principal
    groups: frozenset[str]
    given: tuple[Given, ...]


def found(session: Reader, ids: Iterable[int], *, model_id: int, default: Level) -> dict[int, Profile]:
    """Some accounts by their ids, disabled or not, with what is granted on one model and by names: one statement.

    `default` is the level that everybody has on every model. Access is the caller's to check.
    """
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    read = _PROFILES.read(session, {"ids": wanted, "model": model_id})
    groups: dict[int, dict[int, str]] = {each: {} for each in wanted}
    for of, group_id, name in read["memberships"]:
        groups[of][group_id] = name
    known = (Known._make(row) for row in read["accounts"])
    return {each.id: _profile(each, groups[each.id], read["grants"], default) for each in known}


def _profile(account: Known, groups: dict[int, str], grants: Iterable[Sequence[Any]], default: Level) -> Profile:
    given = tuple(Given._make(row[2:]) for row in grants if row[0] == account.id or row[1] in groups)
    by_name = (ByName(each.level, each.pattern) for each in given if not each.on_model)
    principal = principal_of(account, groups, Reach(by_name, default=default))
    return Profile(account, principal, frozenset(groups.values()), given)


def _profiles() -> Batch:
    some: BindParameter[int] = bindparam("ids", expanding=True)
    directly = select(MEMBERSHIPS.c.principal_id.label("of"), MEMBERSHIPS.c.group_id)
    held = directly.where(MEMBERSHIPS.c.principal_id.in_(some)).cte("held", recursive=True)
    # A union, so that groups that held each other would end.
    held = held.union(
        select(held.c.of, MEMBERSHIPS.c.group_id).join(held, MEMBERSHIPS.c.inner_group_id == held.c.group_id)
    )
    given = select(
        GRANTS.c.principal_id,
        GRANTS.c.group_id,
        GRANTS.c.level,
        GRANTS.c.given_at,
        GRANTS.c.given_by_id,
        GRANTS.c.model_id.is_not(None).label("on_model"),
        GRANTS.c.pattern,
    ).where(or_(GRANTS.c.model_id == bindparam("model"), GRANTS.c.model_id.is_(None)))
    return Batch(
        accounts=KNOWN.where(ACCOUNTS.c.id.in_(some)),
        memberships=select(held.c.of, held.c.group_id, GROUPS.c.name).join(GROUPS, GROUPS.c.id == held.c.group_id),
        grants=union_all(
            given.where(GRANTS.c.principal_id.in_(some)),
            given.where(GRANTS.c.group_id.in_(select(held.c.group_id))),
        ),
    )


# Built once: building a statement costs more than running it.
_PROFILES = _profiles()
