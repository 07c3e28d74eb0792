"""Nodes as they are told to people: what each is called, and whether it is recalled."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select

from assent.kernel.dialects import Reader
from assent.lineage.graph import nodes, recalls
from assent.lineage.graph.nodes import NodeKind
from assent.lineage.graph.references import DEPLOYMENTS
from assent.lineage.graph.walked import Graph, VersionSeen


class Described(NamedTuple):
    """A node of a walk. `label` is how people name it; `recall` is the recall that stands on it, None without one."""

    node: str
    kind: NodeKind
    label: str
    depth: int
    version: VersionSeen | None
    recall: int | None


def described(session: Reader, graph: Graph, recalled: Mapping[str, int] | None = None) -> list[Described]:
    """The nodes of a walk, the nearest first: two statements, however many there are.

    `recalled` has the recalls that stand on nodes, where the caller has asked for these already.
    """
    deployed = [nodes.id_of(node) for node in graph.depths if nodes.kind_of(node) is NodeKind.DEPLOYMENT]
    called = _deployments(session, deployed)
    recalled = recalls.on_nodes(session, graph.depths) if recalled is None else recalled
    return [
        Described(
            node,
            nodes.kind_of(node),
            _label(node, graph.versions.get(node), called),
            depth,
            graph.versions.get(node),
            recalled.get(node),
        )
        for node, depth in graph.depths.items()
    ]


def _label(node: str, version: VersionSeen | None, deployments: dict[str, str]) -> str:
    if version is not None:
        return f"{NodeKind.VERSION}:{version.model}/{version.number}"
    return deployments.get(node, node)


def _deployments(session: Reader, ids: list[int]) -> dict[str, str]:
    if not ids:
        return {}
    rows = session.execute(select(DEPLOYMENTS.c.id, DEPLOYMENTS.c.name).where(DEPLOYMENTS.c.id.in_(ids)))
    return {nodes.deployment(row.id): f"{NodeKind.DEPLOYMENT}:{row.name}" for row in rows}
