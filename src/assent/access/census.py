"""How many there are: counted up to a hundred and no further, which costs the same however many there are."""

from typing import NamedTuple

from sqlalchemy import ScalarSelect, Select, func, select

from assent.access.granting.grants import GRANTS
from assent.access.people.accounts import ACCOUNTS
from assent.access.people.groups import GROUPS
from assent.access.policy.principals import Kind, Principal, authorize_overseer
from assent.access.publishing.publishers import PUBLISHERS
from assent.kernel.dialects import Reader

MOST = 100


class Census(NamedTuple):
    """How many there are of each: a hundred where there are more."""

    users: int
    service_accounts: int
    groups: int
    grants: int
    publishers: int


def _up_to_a_hundred(which: Select[tuple[int]]) -> ScalarSelect[int]:
    return select(func.count()).select_from(which.limit(MOST).subquery()).scalar_subquery()


_COUNTED = select(
    _up_to_a_hundred(select(ACCOUNTS.c.id).where(ACCOUNTS.c.kind == Kind.USER)),
    _up_to_a_hundred(select(ACCOUNTS.c.id).where(ACCOUNTS.c.kind == Kind.SERVICE_ACCOUNT)),
    _up_to_a_hundred(select(GROUPS.c.id).where(GROUPS.c.deleted_at.is_(None))),
    _up_to_a_hundred(select(GRANTS.c.id).where(GRANTS.c.model_id.is_(None))),
    _up_to_a_hundred(select(PUBLISHERS.c.id).where(PUBLISHERS.c.revoked_at.is_(None))),
)


def taken(session: Reader, *, by: Principal) -> Census:
    """The numbers of people, groups, grants by names and trusted publishers. Raises Denied."""
    authorize_overseer(by)
    return Census._make(session.execute(_COUNTED).one())
