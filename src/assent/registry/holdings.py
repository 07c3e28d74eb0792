"""What somebody holds: the grants to them and to the groups that they are in, with the models that these are on."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import and_, or_, select

from assent.access.granting.grants import GRANTS
from assent.access.granting.visibility import reachable
from assent.access.people.groups import GROUPS
from assent.access.policy.levels import Level, Permission
from assent.access.policy.principals import Principal, authorize_overseer
from assent.access.tables import LONGEST_PAGE
from assent.kernel.dialects import Reader, dialect
from assent.registry.views import MODELS


class Holding(NamedTuple):
    """A grant, and where it holds: on a model, a pattern of names or, with neither, the whole registry.

    `group` is the one that it was given to; None where it was given to the account itself.
    """

    group: str | None
    model: str | None
    pattern: str | None
    level: Level
    given_at: int


def of(
    session: Reader, account_id: int | None, group_ids: Collection[int], *, by: Principal, most: int = LONGEST_PAGE
) -> list[Holding]:
    """The grants to an account and to some groups; on models those alone that the caller may read.

    Those by names come first, and what is given later comes before. Raises Denied.
    """
    if account_id is None or account_id != by.id:
        authorize_overseer(by, kind="grant")
    mine = reachable(by, Permission.MODEL_READ, model_id=MODELS.c.id, name=MODELS.c.name, on=dialect(session))
    wanted = (
        select(GROUPS.c.name, MODELS.c.name, GRANTS.c.pattern, GRANTS.c.level, GRANTS.c.given_at)
        .select_from(GRANTS)
        .outerjoin(GROUPS, GROUPS.c.id == GRANTS.c.group_id)
        .outerjoin(MODELS, MODELS.c.id == GRANTS.c.model_id)
        # Never NULL: that would be every grant to a group.
        .where(or_(GRANTS.c.principal_id == (account_id or 0), GRANTS.c.group_id.in_(group_ids)))
        .where(or_(GRANTS.c.model_id.is_(None), and_(MODELS.c.deleted_at.is_(None), *mine)))
        .order_by(GRANTS.c.model_id.is_not(None), GRANTS.c.id.desc())
        .limit(most)
    )
    return [Holding._make(row) for row in session.execute(wanted)]
