"""How much several recalls touch, in one statement, for lists of them."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import and_, case, exists, func, select, true

from assent.access.policy.principals import Principal
from assent.kernel.dialects import Reader, dialect
from assent.lineage.graph.edges import EDGES, STANDING
from assent.lineage.graph.recallers import RECALLS
from assent.lineage.graph.walks import IN_PRODUCTION, id_of_version, is_version, readable_by
from assent.registry.views import VERSIONS

# Of all recalls of a list together: beyond it, the numbers are the least that there are.
MOST_NODES = 10_000


class Touched(NamedTuple):
    """How many versions descend from what is recalled, and how many of them are in production.

    `truncated` tells that there may be more.
    """

    versions: int
    in_production: int
    truncated: bool


def touched(session: Reader, recall_ids: Collection[int], *, by: Principal) -> dict[int, Touched]:
    """What some recalls touch of what the caller may read, by the recall."""
    if not recall_ids:
        return {}
    readable = readable_by(by, dialect(session))
    recalled = select(RECALLS.c.id.label("recall"), RECALLS.c.node.label("node")).where(RECALLS.c.id.in_(recall_ids))
    begun = recalled.cte("touched", recursive=True)
    further = select(begun.c.recall, EDGES.c.target).join_from(begun, EDGES, EDGES.c.source == begun.c.node)
    further = further.where(STANDING)
    if readable:
        seen = exists().where(VERSIONS.c.id == id_of_version(EDGES.c.target), *readable)
        further = further.where(case((is_version(EDGES.c.target), seen), else_=true()))
    below = begun.union(further)
    # One more tells that there is more.
    near = select(below.c.recall, below.c.node).limit(MOST_NODES + 1).subquery("near")
    found = session.execute(
        select(near.c.recall, func.count(), func.count(VERSIONS.c.id), func.count(case((IN_PRODUCTION, 1))))
        .outerjoin_from(near, VERSIONS, and_(VERSIONS.c.id == id_of_version(near.c.node), *readable))
        .group_by(near.c.recall)
    ).all()
    truncated = sum(count for _, count, _, _ in found) > MOST_NODES
    counts = {recall: (versions, in_production) for recall, _, versions, in_production in found}
    return {each: Touched(*counts.get(each, (0, 0)), truncated) for each in recall_ids}
