"""Walks through the graph, level by level: what something is made of, and what was made from it.

Who walks sees only versions that they may read, and goes through no other. A level takes at most two statements.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from assent.access.levels import Permission
from assent.access.principals import Principal
from assent.access.visibility import reachable
from assent.audit.events import Subject
from assent.kernel.dialects import Reader, dialect
from assent.lineage import nodes
from assent.lineage.edges import EDGES, STANDING
from assent.lineage.nodes import NodeKind
from assent.registry.stages import STAGES, Tier
from assent.registry.views import ACCOUNTS, VERSIONS

DEEPEST = 100
MOST_NODES = 10_000
# SQLite takes 32,766 values in one statement.
_AT_ONCE = 5_000


class Direction(StrEnum):
    """Where a walk goes: up to what made something, or down to what came of it."""

    UP = "up"
    DOWN = "down"


class VersionSeen(NamedTuple):
    """A version that a walk came to. `deleted` tells whether it or its model is."""

    id: int
    model_id: int
    model: str
    number: int
    stage: str
    registered_at: int
    deleted: bool

    @property
    def in_production(self) -> bool:
        """Whether it stands in a stage of the production tier."""
        return not self.deleted and STAGES[self.stage] is Tier.PRODUCTION

    def as_subject(self) -> Subject:
        """The version, as an audit event names it."""
        return Subject("model_version", self.id, self.model, model_id=self.model_id, version=self.number)


class EdgeSeen(NamedTuple):
    """An edge that a walk took."""

    source: str
    target: str
    type: str
    through: str
    stated_at: int
    stated_by: str | None


class Graph(NamedTuple):
    """What a walk saw. `depths` has each node and how many edges away it is; the starts are 0 away.

    `truncated` tells that there is more: the walk stopped at as many nodes, or as deep, as it was to.
    """

    depths: dict[str, int]
    versions: dict[str, VersionSeen]
    edges: list[EdgeSeen]
    truncated: bool


def walk(
    session: Reader,
    starts: Iterable[str],
    direction: Direction,
    *,
    by: Principal,
    depth: int = DEEPEST,
    most: int = MOST_NODES,
) -> Graph:
    """What there is within so many edges of some nodes, in one direction."""
    depths = dict.fromkeys(starts, 0)
    versions = readable_versions(session, depths, by)
    depths = {node: 0 for node in depths if node in versions or nodes.kind_of(node) is not NodeKind.VERSION}
    taken: list[EdgeSeen] = []
    frontier, away, cut = list(depths), 0, False
    while frontier and not cut:
        found = _edges_at(session, frontier, direction, most=most + 1)
        new = dict.fromkeys(far for edge in found if (far := _far(edge, direction)) not in depths)
        met = readable_versions(session, new, by)
        frontier = [node for node in new if node in met or nodes.kind_of(node) is not NodeKind.VERSION]
        room = most - len(depths) if away < depth else 0
        cut = len(frontier) > room or len(found) > most
        frontier, away = frontier[:room], away + 1
        depths.update(dict.fromkeys(frontier, away))
        versions.update((node, met[node]) for node in frontier if node in met)
        taken += [edge for edge in found if edge.source in depths and edge.target in depths]
    return Graph(depths, versions, taken, cut)


def seen_by_its_versions(graph: Graph) -> Graph:
    """The part of a walk down that somebody sees who may not read everything.

    A node is seen where a version that they may read comes of it, and a deployment where it serves one.
    """
    sources: dict[str, list[str]] = {}
    for edge in graph.edges:
        sources.setdefault(edge.target, []).append(edge.source)
    kept = set[str]()
    below = list(graph.versions)
    while below:
        node = below.pop()
        if node not in kept:
            kept.add(node)
            below += sources.get(node, [])
    kept |= {edge.target for edge in graph.edges if edge.type == "serves" and edge.source in kept}
    return Graph(
        {node: away for node, away in graph.depths.items() if node in kept},
        graph.versions,
        [edge for edge in graph.edges if edge.source in kept and edge.target in kept],
        graph.truncated,
    )


def within(graph: Graph, depth: int) -> Graph:
    """The part of a walk that is at most so many edges away."""
    depths = {node: away for node, away in graph.depths.items() if away <= depth}
    return Graph(
        depths,
        {node: version for node, version in graph.versions.items() if node in depths},
        [edge for edge in graph.edges if edge.source in depths and edge.target in depths],
        graph.truncated or len(depths) < len(graph.depths),
    )


def readable_versions(session: Reader, found: Iterable[str], by: Principal) -> dict[str, VersionSeen]:
    """The versions among some nodes that the caller may read."""
    wanted = [nodes.id_of(node) for node in found if nodes.kind_of(node) is NodeKind.VERSION]
    mine = reachable(
        by, Permission.MODEL_READ, model_id=VERSIONS.c.model_id, name=VERSIONS.c.model_name, on=dialect(session)
    )
    seen: dict[str, VersionSeen] = {}
    for some in _batches(wanted):
        for row in session.execute(_VERSIONS.where(VERSIONS.c.id.in_(some), *mine)):
            seen[nodes.version(row.id)] = VersionSeen._make(row)
    return seen


def _far(edge: EdgeSeen, direction: Direction) -> str:
    return edge.source if direction is Direction.UP else edge.target


_STATED_BY = select(ACCOUNTS.c.name).where(ACCOUNTS.c.id == EDGES.c.stated_by_id).scalar_subquery()
_EDGES: Select[Any] = select(
    EDGES.c.source, EDGES.c.target, EDGES.c.type, EDGES.c.through, EDGES.c.stated_at, _STATED_BY
).where(STANDING)
_VERSIONS: Select[Any] = select(
    VERSIONS.c.id,
    VERSIONS.c.model_id,
    VERSIONS.c.model_name,
    VERSIONS.c.number,
    VERSIONS.c.stage,
    VERSIONS.c.created_at,
    VERSIONS.c.deleted_at.is_not(None),
)


def _edges_at(session: Reader, frontier: Sequence[str], direction: Direction, *, most: int) -> list[EdgeSeen]:
    near = EDGES.c.target if direction is Direction.UP else EDGES.c.source
    found: list[EdgeSeen] = []
    for some in _batches(frontier):
        rows = session.execute(_EDGES.where(near.in_(some)).limit(most - len(found)))
        found += map(EdgeSeen._make, rows)
        if len(found) >= most:
            break
    return found


def _batches(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[first : first + _AT_ONCE] for first in range(0, len(values), _AT_ONCE)]
