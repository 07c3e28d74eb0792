"""Where two versions differ in origin: in the facts of their runs, and in what they come from."""

from typing import NamedTuple

import orjson

from assent.access.policy.principals import Principal
from assent.kernel.dialects import Reader
from assent.kernel.errors import Invalid
from assent.lineage.graph import nodes, references
from assent.lineage.graph.describing import Described, described
from assent.lineage.graph.nodes import NodeKind
from assent.lineage.graph.walked import Direction, Graph, VersionSeen
from assent.lineage.graph.walks import walk
from assent.lineage.runs import snapshots
from assent.lineage.runs.comparing import Difference, differences
from assent.lineage.runs.snapshots import Snapshot


class Side(NamedTuple):
    """One of two versions: the digest of its run snapshot, None without one, and what it alone comes from."""

    version: VersionSeen
    snapshot: str | None
    alone: list[Described]


class Compared(NamedTuple):
    """Two versions, and where the facts of their runs differ: nothing is said where one has no snapshot."""

    first: Side
    second: Side
    differences: list[Difference]


def compared(session: Reader, first: str, second: str, *, by: Principal) -> Compared:
    """Where two versions, each named by a reference, differ in origin.

    Where a pulled and a pushed snapshot contradict each other, the pulled one is compared. Raises NotFound and
    Invalid.
    """
    starts = [_version(session, what, by) for what in (first, second)]
    taken = [_snapshot(session, start) for start in starts]
    graphs = [walk(session, [start], Direction.UP, by=by) for start in starts]
    sides = [
        Side(graph.versions[start], found and found.digest, _alone(session, graph, start, other))
        for start, found, graph, other in zip(starts, taken, graphs, reversed(graphs), strict=True)
    ]
    found = [orjson.loads(each.content) for each in taken if each]
    return Compared(sides[0], sides[1], differences(*found) if len(found) == len(starts) else [])


def _version(session: Reader, what: str, by: Principal) -> str:
    if nodes.reference(what).kind is not NodeKind.VERSION:
        raise Invalid(f"{what} is no version; write version:MODEL/NUMBER.")
    (node,) = references.meant(session, what, by=by)
    return node


def _snapshot(session: Reader, version: str) -> Snapshot | None:
    return next(iter(snapshots.of(session, nodes.id_of(version))), None)


def _alone(session: Reader, graph: Graph, start: str, other: Graph) -> list[Described]:
    return [node for node in described(session, graph) if node.node != start and node.node not in other.depths]
