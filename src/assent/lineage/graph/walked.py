"""What a walk through the graph saw, and parts of it. Pure."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from assent.audit.events import Subject


class Direction(StrEnum):
    """Where a walk goes: up to what made something, or down to what came of it."""

    UP = "up"
    DOWN = "down"


class VersionSeen(NamedTuple):
    """A version that a walk came to. `deleted` tells whether it or its model is.

    In production is what stands in any stage of that tier, and is not deleted.
    """

    id: int
    model_id: int
    model: str
    number: int
    stage: str
    registered_at: int
    deleted: bool
    in_production: bool

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


def beginning_with(graph: Graph, starts: Iterable[str], direction: Direction) -> Graph:
    """What of a walk is reached from some of its starts."""
    return part(graph, depths_of(starts, graph.edges, direction), graph.truncated)


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
    return part(graph, {node: away for node, away in graph.depths.items() if node in kept}, graph.truncated)


def within(graph: Graph, depth: int) -> Graph:
    """The part of a walk that is at most so many edges away."""
    depths = {node: away for node, away in graph.depths.items() if away <= depth}
    return part(graph, depths, graph.truncated or len(depths) < len(graph.depths))


def part(graph: Graph, depths: dict[str, int], truncated: bool) -> Graph:
    """What a walk saw of some nodes alone."""
    return Graph(
        depths,
        {node: version for node, version in graph.versions.items() if node in depths},
        [edge for edge in graph.edges if edge.source in depths and edge.target in depths],
        truncated,
    )


def depths_of(starts: Iterable[str], edges: Iterable[EdgeSeen], direction: Direction) -> dict[str, int]:
    """How many edges away each node is, the nearest first."""
    further: dict[str, list[str]] = {}
    for edge in edges:
        near, far = (edge.target, edge.source) if direction is Direction.UP else (edge.source, edge.target)
        further.setdefault(near, []).append(far)
    depths = dict.fromkeys(starts, 0)
    # Grows while it is walked along.
    waiting = list(depths)
    for node in waiting:
        for far in further.get(node, ()):
            if far not in depths:
                depths[far] = depths[node] + 1
                waiting.append(far)
    return depths
