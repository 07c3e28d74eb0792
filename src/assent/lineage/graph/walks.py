"""Walks through the graph: what something is made of, and what was made from it.

Who walks sees only versions that they may read, and goes through no other.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    true,
    union,
    union_all,
)

from assent.access.granting.visibility import reachable
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.kernel.dialects import Reader, dialect, each_of
from assent.kernel.orm import BIG
from assent.lineage.graph import nodes
from assent.lineage.graph.edges import EDGES, STANDING
from assent.lineage.graph.nodes import NodeKind
from assent.lineage.graph.walked import Direction, EdgeSeen, Graph, VersionSeen, depths_of, part, within
from assent.registry.stages import of_tier
from assent.registry.tiers import Tier
from assent.registry.views import ACCOUNTS, VERSIONS

DEEPEST = 100
MOST_NODES = 10_000
_MOST_EDGES = 10  # to a node
_OF_A_VERSION = f"{NodeKind.VERSION}:"


def walk(
    session: Reader, starts: Iterable[str], direction: Direction, *, by: Principal, depth: int = DEEPEST
) -> Graph:
    """What there is within so many edges of some nodes, in one direction: four statements, however far it goes."""
    (graph,) = _walks(session, starts, (direction,), by, MOST_NODES)
    return within(graph, depth)


def around(session: Reader, starts: Iterable[str], *, by: Principal, most: int = MOST_NODES) -> tuple[Graph, Graph]:
    """What some nodes are made of, and what came of them: two walks in as many statements as one takes."""
    up, down = _walks(session, starts, (Direction.UP, Direction.DOWN), by, most)
    return up, down


def _walks(
    session: Reader, starts: Iterable[str], directions: Collection[Direction], by: Principal, most: int
) -> list[Graph]:
    began, versions = _begun(session, starts, by)
    if not began:
        return [Graph({}, {}, [], False) for _ in directions]
    # One more tells that there is more.
    on = dialect(session)
    nearest = {
        each: select(_reached(began, each, by, on).c.node).limit(most + 1).subquery(f"nearest_{each}")
        for each in directions
    }
    ways = union_all(*(select(literal(way.value), reached.c.node) for way, reached in nearest.items()))
    found = {way: list(began) for way in directions}
    for way, node in session.execute(ways):
        found[Direction(way)].append(node)
    # What was reached is said to the database again, which takes less than to let it walk again.
    versions |= _versions_among(session, {node for reached in found.values() for node in reached})
    edges = _edges_along(session, found, most * _MOST_EDGES)
    graphs = []
    for way in directions:
        seen = list(dict.fromkeys(found[way]))
        there = {node for node in seen[:most] if node in versions or nodes.kind_of(node) is not NodeKind.VERSION}
        among = [edge for edge in edges[way] if edge.source in there and edge.target in there]
        truncated = len(seen) > most or len(edges[way]) == most * _MOST_EDGES
        graphs.append(part(Graph({}, versions, among, truncated), depths_of(began, among, way), truncated))
    return graphs


def _edges_along(
    session: Reader, reached: Mapping[Direction, Collection[str]], most: int
) -> dict[Direction, list[EdgeSeen]]:
    along = [
        _EDGES.add_columns(literal(way.value).label("way"))
        .where(_near(way).in_(each_of(nodes_there, on=dialect(session))))
        .limit(most)
        .subquery(f"edges_{way}")
        for way, nodes_there in reached.items()
    ]
    found: dict[Direction, list[EdgeSeen]] = {way: [] for way in reached}
    for *edge, way in session.execute(union_all(*(select(each) for each in along))):
        found[Direction(way)].append(EdgeSeen._make(edge))
    return found


def readable_versions(session: Reader, found: Iterable[str], by: Principal) -> dict[str, VersionSeen]:
    """The versions among a few nodes that the caller may read."""
    wanted = [nodes.id_of(node) for node in found if nodes.kind_of(node) is NodeKind.VERSION]
    if not wanted:
        return {}
    rows = session.execute(SEEN.where(VERSIONS.c.id.in_(wanted), *readable_by(by, dialect(session))))
    return {nodes.version(row[0]): VersionSeen._make(row) for row in rows}


_STATED_BY = select(ACCOUNTS.c.name).where(ACCOUNTS.c.id == EDGES.c.stated_by_id).scalar_subquery().label("stated_by")
_EDGES: Select[Any] = select(
    EDGES.c.source, EDGES.c.target, EDGES.c.type, EDGES.c.through, EDGES.c.stated_at, _STATED_BY
).where(STANDING)
IN_PRODUCTION = and_(VERSIONS.c.deleted_at.is_(None), VERSIONS.c.stage.in_(of_tier(Tier.PRODUCTION)))
# The columns of a VersionSeen, in its order.
SEEN: Select[Any] = select(
    VERSIONS.c.id,
    VERSIONS.c.model_id,
    VERSIONS.c.model_name,
    VERSIONS.c.number,
    VERSIONS.c.stage,
    VERSIONS.c.created_at,
    VERSIONS.c.deleted_at.is_not(None),
    IN_PRODUCTION,
)


def versions_below(session: Reader, starts: Iterable[str], *, by: Principal) -> CompoundSelect[tuple[int]]:
    """A query for the ids of all versions that are among some nodes or came of them, and that the caller may read.

    It has no bound: what lies between stays in the database.
    """
    began, versions = _begun(session, starts, by)
    reached = _reached(began, Direction.DOWN, by, dialect(session))
    among = select(VERSIONS.c.id).where(VERSIONS.c.id.in_([version.id for version in versions.values()]))
    return union(select(id_of_version(reached.c.node)).where(is_version(reached.c.node)), among)


def nodes_above(start: str, *, by: Principal, on: str) -> Select[tuple[str]]:
    """A query for all that a node comes from, through what somebody may read; and itself, where it has edges.

    It has no bound, likewise. Access to the node itself is the caller's to check.
    """
    return select(_reached([start], Direction.UP, by, on).c.node)


def _begun(session: Reader, starts: Iterable[str], by: Principal) -> tuple[list[str], dict[str, VersionSeen]]:
    """The starts without versions that the caller may not read, and the versions among them."""
    began = list(dict.fromkeys(starts))
    versions = readable_versions(session, began, by)
    return [node for node in began if node in versions or nodes.kind_of(node) is not NodeKind.VERSION], versions


def _reached(starts: list[str], direction: Direction, by: Principal, on: str) -> CTE:
    """The starts that have edges, and all that is reached from them through what the caller may read.

    A union of nodes alone, so that a node counts once however many ways lead to it, and circles end.
    """
    near, far = _near(direction), _near(Direction.UP if direction is Direction.DOWN else Direction.DOWN)
    begun = select(near.label("node")).where(near.in_(starts), STANDING).cte(f"reached_{direction}", recursive=True)
    further = select(far).join_from(begun, EDGES, near == begun.c.node).where(STANDING)
    readable = readable_by(by, on)
    if readable:
        further = further.where(
            case((is_version(far), exists().where(VERSIONS.c.id == id_of_version(far), *readable)), else_=true())
        )
    return begun.union(further)


def _versions_among(session: Reader, reached: Iterable[str]) -> dict[str, VersionSeen]:
    node = each_of(reached, on=dialect(session)).subquery("reached").c[0]
    among = SEEN.where(VERSIONS.c.id.in_(select(id_of_version(node)).where(is_version(node))))
    return {nodes.version(row[0]): VersionSeen._make(row) for row in session.execute(among)}


def _near(direction: Direction) -> Column[str]:
    return EDGES.c.target if direction is Direction.UP else EDGES.c.source


def readable_by(by: Principal, on: str) -> tuple[ColumnElement[bool], ...]:
    """The conditions for versions that somebody may read, in the dialect `on`."""
    name = VERSIONS.c.model_name
    return reachable(by, Permission.MODEL_READ, model_id=VERSIONS.c.model_id, name=name, on=on)


def is_version(node: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a node is a version."""
    return node.startswith(_OF_A_VERSION, autoescape=True)


def id_of_version(node: ColumnElement[str]) -> ColumnElement[int]:
    """The id of a version that is a node; null for any other node."""
    return case((is_version(node), cast(func.substr(node, len(_OF_A_VERSION) + 1), BIG)))
