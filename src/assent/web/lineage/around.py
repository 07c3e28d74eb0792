"""What is around a node, as it is drawn and as the table beside the drawing says it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for

from assent.access.policy.principals import Principal
from assent.kernel.dialects import Reader
from assent.lineage.graph import describing, nodes, questions, recalls
from assent.lineage.graph.describing import Described
from assent.lineage.graph.nodes import NodeKind
from assent.lineage.graph.tables import EdgeType
from assent.lineage.graph.walked import EdgeSeen, Graph, VersionSeen
from assent.lineage.graph.walks import readable_versions
from assent.web.frame import addresses

# Each way.
MOST_NODES = 2_500
_LONGEST_ID = 16

RELATIONS = {
    EdgeType.INPUT: "went into",
    EdgeType.OUTPUT: "made",
    EdgeType.CODE: "is the code of",
    EdgeType.LOGGED: "logged",
    EdgeType.REGISTERED: "was registered as",
    EdgeType.COPIED: "was copied to",
    EdgeType.FINE_TUNED: "was fine-tuned into",
    EdgeType.DISTILLED: "was distilled into",
    EdgeType.ENSEMBLED: "is part of",
    EdgeType.SERVES: "is served by",
}
_KINDS = {
    NodeKind.DATASET: "dataset",
    NodeKind.RUN: "run",
    NodeKind.COMMIT: "code commit",
    NodeKind.LOGGED_MODEL: "logged model",
    NodeKind.EXTERNAL_MODEL: "model of elsewhere",
    NodeKind.VERSION: "version",
    NodeKind.DEPLOYMENT: "deployment",
}


@dataclass(frozen=True, slots=True)
class Node:
    """A node as people read it. `mark` is `recalled`, `quarantined` or empty."""

    name: str
    kind: str
    about: str
    reference: str
    depth: int
    mark: str
    version: VersionSeen | None

    @property
    def lineage(self) -> str:
        """The address of its own lineage."""
        return lineage_address(self.reference)

    @property
    def page(self) -> str:
        """The address of the page about it; empty where there is none."""
        return version_address(self.version) if self.version and not self.version.deleted else ""


@dataclass(frozen=True, slots=True)
class Step:
    """An edge: what made what, as who told it."""

    source: Node
    relation: str
    target: Node
    through: str
    stated_at: int
    stated_by: str | None


@dataclass(frozen=True, slots=True)
class Around:
    """What is around some nodes, the nearest first. `truncated` tells that there is more."""

    starts: tuple[Node, ...]
    nodes: tuple[Node, ...]
    steps: tuple[Step, ...]
    truncated: bool


def around(session: Reader, reference: str, depth: int, *, by: Principal) -> Around:
    """What a node is made of and what came of it. Raises NotFound and Invalid."""
    up, down = questions.around(session, reference, by=by, depth=depth, most=MOST_NODES)
    depths = {**down.depths, **up.depths}
    versions = {**down.versions, **up.versions}
    edges = list({(edge.source, edge.target, edge.type): edge for edge in (*up.edges, *down.edges)}.values())
    whole = Graph(depths, versions, edges, up.truncated or down.truncated)
    marks = recalls.marked(session, depths)
    told = describing.described(session, whole, marks.recalled)
    found = {each.node: _node(each, each.node in marks.quarantined) for each in told}
    nearest = sorted(found.values(), key=_nearest_first)
    return Around(
        tuple(node for node in nearest if node.depth == 0),
        tuple(nearest),
        tuple(sorted(_steps(edges, found), key=_outwards)),
        whole.truncated,
    )


def named(session: Reader, found: Iterable[str], *, by: Principal) -> dict[str, Node]:
    """Some nodes as people read them, by the node; of a version that the caller may not read no name."""
    depths = dict.fromkeys(found, 0)
    alone = Graph(depths, readable_versions(session, depths, by), [], truncated=False)
    return {each.node: _node(each, is_quarantined=False) for each in describing.described(session, alone, {})}


def lineage_address(reference: str, **more: str | int) -> str:
    """The address of the lineage of a node."""
    return f"{url_for('web.lineage_page_get')}?{urlencode({'of': reference, **more})}"


def version_address(version: VersionSeen) -> str:
    """The address of the page about a version."""
    return addresses.of_version(version.model, version.number)


def _node(told: Described, is_quarantined: bool) -> Node:
    mark = "recalled" if told.recall is not None else "quarantined" if is_quarantined else ""
    name, about = _called(told)
    return Node(name, _KINDS[told.kind], about, told.label, told.depth, mark, told.version)


def _called(told: Described) -> tuple[str, str]:
    """What a node is called, and what else there is to say of it in a few words."""
    if told.version is not None:
        stage = "deleted" if told.version.deleted else told.version.stage
        return f"{told.version.model} {told.version.number}", "" if stage == "None" else stage
    parts = nodes.told(told.label)
    if told.kind is NodeKind.DATASET:
        return parts["name"], parts["digest"]
    if told.kind in (NodeKind.RUN, NodeKind.COMMIT) and len(parts["id"]) > _LONGEST_ID:
        return f"{parts['id'][:_LONGEST_ID]}…", ""
    return parts["id"], ""


def _steps(edges: Iterable[EdgeSeen], found: dict[str, Node]) -> Iterable[Step]:
    for edge in edges:
        relation = RELATIONS[EdgeType(edge.type)]
        yield Step(found[edge.source], relation, found[edge.target], edge.through, edge.stated_at, edge.stated_by)


def _nearest_first(node: Node) -> tuple[int, str, str]:
    return node.depth, node.kind, node.name


def _outwards(step: Step) -> tuple[int, str, str, str]:
    return max(step.source.depth, step.target.depth), step.source.name, step.relation, step.target.name


def drawn(found: Around, most: int) -> tuple[Sequence[Node], Sequence[Step]]:
    """As many nodes as a drawing may have, the nearest, and the edges between them."""
    shown = found.nodes[:most]
    there = {node.reference for node in shown}
    return shown, [step for step in found.steps if step.source.reference in there and step.target.reference in there]
