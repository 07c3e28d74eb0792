"""Who may be asked for an approval: some principals by what gates call them, or by the right to decide.

Two statements, however many there are.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Boolean, and_, bindparam, or_, select, true

from assent.access.granting.grants import GRANTS
from assent.access.people.accounts import ACCOUNTS
from assent.access.people.groups import GROUPS, MEMBERSHIPS
from assent.access.policy.levels import LEVELS, Level, Permission, levels_with
from assent.access.policy.principals import Kind
from assent.governance.requests.records.delegations import DELEGATIONS
from assent.governance.requirements.approvals import Approvals
from assent.kernel.batches import Batch
from assent.kernel.dialects import Reader
from assent.kernel.patterns import Names

# So many are looked at, by name.
MOST = 500

_GRANTED = select(GRANTS.c.principal_id, GRANTS.c.group_id, GRANTS.c.pattern).where(
    or_(GRANTS.c.model_id == bindparam("model"), GRANTS.c.model_id.is_(None)),
    GRANTS.c.level.in_(bindparam("levels", expanding=True)),
)
_seeds = (
    select(GROUPS.c.id.label("group_id"))
    .where(
        GROUPS.c.deleted_at.is_(None),
        or_(
            GROUPS.c.id.in_(bindparam("groups", expanding=True)),
            GROUPS.c.name.in_(bindparam("group_names", expanding=True)),
        ),
    )
    .cte("holding", recursive=True)
)
# A union, so that groups that held each other would end.
_HOLDING = _seeds.union(
    select(MEMBERSHIPS.c.inner_group_id)
    .join_from(_seeds, MEMBERSHIPS, MEMBERSHIPS.c.group_id == _seeds.c.group_id)
    .where(MEMBERSHIPS.c.inner_group_id.is_not(None))
)
_accounts = (
    select(ACCOUNTS.c.id)
    .where(
        ACCOUNTS.c.disabled_at.is_(None),
        or_(
            and_(ACCOUNTS.c.kind == Kind.USER, ACCOUNTS.c.name.in_(bindparam("users", expanding=True))),
            and_(ACCOUNTS.c.kind == Kind.SERVICE_ACCOUNT, ACCOUNTS.c.name.in_(bindparam("services", expanding=True))),
            and_(
                ACCOUNTS.c.kind == Kind.USER,
                or_(
                    ACCOUNTS.c.id.in_(bindparam("ids", expanding=True)),
                    ACCOUNTS.c.id.in_(
                        select(MEMBERSHIPS.c.principal_id).join_from(
                            _HOLDING, MEMBERSHIPS, MEMBERSHIPS.c.group_id == _HOLDING.c.group_id
                        )
                    ),
                    and_(bindparam("administrators", type_=Boolean), ACCOUNTS.c.is_administrator == true()),
                    bindparam("everybody", type_=Boolean),
                ),
            ),
        ),
    )
    .order_by(ACCOUNTS.c.name)
    .limit(MOST + 1)
)
_standins = (
    select(DELEGATIONS.c.delegate_id, DELEGATIONS.c.principal_id)
    .where(
        DELEGATIONS.c.principal_id.in_(select(_accounts.subquery().c.id)),
        DELEGATIONS.c.valid_from <= bindparam("at"),
        DELEGATIONS.c.valid_until > bindparam("at"),
        DELEGATIONS.c.revoked_at.is_(None),
    )
    .distinct()
    .order_by(DELEGATIONS.c.principal_id, DELEGATIONS.c.delegate_id)
    .limit(MOST)
)
_ASKABLE = Batch(accounts=_accounts, standins=_standins)


class Askable(NamedTuple):
    """The ids of some principals, and of who decides in whose place; `are_all` tells whether there are no others."""

    ids: Sequence[int]
    standins: Sequence[tuple[int, int]]
    are_all: bool

    @property
    def everybody(self) -> set[int]:
        """All of them."""
        return {*self.ids, *(delegate for delegate, _ in self.standins)}


def found(
    session: Reader,
    specs: Iterable[Approvals],
    right: Permission,
    *,
    model_id: int,
    name: str,
    default: Level,
    at: int,
) -> Askable:
    """Who may come into question for what gates ask for of a model, whether it would count or not."""
    wanted = list(specs)
    named = {reference for spec in wanted for reference in (*spec.sources, *spec.at_least)}
    of_anybody = any(not spec.sources for spec in wanted)
    principals, groups = _having(session, right, model_id, name) if of_anybody else ((), ())
    asked = {
        "groups": sorted(groups),
        "group_names": _of_kind(named, "group"),
        "users": _of_kind(named, "user"),
        "services": _of_kind(named, "service_account"),
        "ids": sorted(principals),
        "administrators": of_anybody,
        "everybody": of_anybody and right in LEVELS[default],
        "at": at,
    }
    read = _ASKABLE.read(session, asked) if wanted else {"accounts": [], "standins": []}
    ids = [number for (number,) in read["accounts"]]
    return Askable(ids[:MOST], [(delegate, of) for delegate, of in read["standins"]], len(ids) <= MOST)


def _having(session: Reader, right: Permission, model_id: int, name: str) -> tuple[set[int], set[int]]:
    """The principals and groups that a grant on the model, or on its name, gives a right."""
    asked = {"model": model_id, "levels": sorted(levels_with(right))}
    rows = [row for row in session.execute(_GRANTED, asked) if row.pattern is None or name in Names([row.pattern])]
    return (
        {row.principal_id for row in rows if row.principal_id is not None},
        {row.group_id for row in rows if row.group_id is not None},
    )


def _of_kind(references: Iterable[str], kind: str) -> list[str]:
    return sorted(each.removeprefix(f"{kind}:") for each in references if each.startswith(f"{kind}:"))
