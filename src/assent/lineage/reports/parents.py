"""Declared parents: what a version was fine-tuned or distilled from, or is an ensemble of, as somebody says."""

from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.audit.actions import Action
from assent.audit.events import record
from assent.kernel.dialects import Reader
from assent.kernel.errors import Conflict, Invalid
from assent.lineage.graph import describing, edges, named, nodes, recalls, references
from assent.lineage.graph.edges import EDGES, STANDING, Edge
from assent.lineage.graph.named import Named
from assent.lineage.graph.nodes import NodeKind
from assent.lineage.graph.tables import EdgeType, Through
from assent.lineage.graph.walked import Direction, EdgeSeen, VersionSeen
from assent.lineage.graph.walks import readable_versions, walk
from assent.registry import reading
from assent.registry.names import must_be_text
from assent.registry.views import ACCOUNTS

# What a node keeps of a text as it is.
LONGEST_REFERENCE = nodes.LONGEST_PART
MOST_PARENTS = 1000
RELATIONS = (EdgeType.FINE_TUNED, EdgeType.DISTILLED, EdgeType.ENSEMBLED)


class Parent(NamedTuple):
    """What is declared: a version here by its model and number, or a model elsewhere by what its users call it."""

    relation: EdgeType
    model: str | None = None
    version: int | None = None
    external: str | None = None


class Declared(NamedTuple):
    """A parent as it is told: a version or, where it is None, an external model; since and until when it stands."""

    relation: EdgeType
    version: VersionSeen | None
    external: str | None
    stated_at: int
    stated_by: str | None
    withdrawn_at: int | None


def declare(session: Session, name: str, number: int, parent: Parent, *, by: Principal) -> None:
    """Say what a version comes from. What is said already stays as it is.

    Raises Invalid, NotFound, Denied, and Conflict where a version would come from itself: the message tells how.
    """
    child = _child(session, name, number, by)
    edge, called = _edge(session, child, parent, by)
    # One after the other, so that one of two who say the same changes nothing.
    edges.take_turn(session)
    if edges.stands(session, edge):
        return
    if len(_sources(session, edge.target)) >= MOST_PARENTS:
        raise Conflict(f"Version {number} of {name} has {MOST_PARENTS} declared parents already.")
    if edges.link(session, [edge], through=Through.DECLARATION, by=by):
        raise Conflict(_circle(session, edge, called, by))
    details = {"relation": parent.relation.value, "parent": called, "node": edge.source}
    record(session, Action.PARENT_DECLARED, by=by, on=child.as_subject(), details=details)


def withdraw(session: Session, name: str, number: int, parent: Parent, *, by: Principal) -> None:
    """Say no longer that a version comes from something. What nobody says is no error.

    Raises Invalid, NotFound, Denied, and Conflict where that would take a version out of a quarantine.
    """
    child = _child(session, name, number, by)
    edge, called = _edge(session, child, parent, by)
    if edges.stands(session, edge) and not by.administers and _is_quarantined(session, edge.source):
        raise Conflict(f"A recall stands over {called}: lift it, or let an administrator withdraw what was said.")
    if edges.withdraw(session, edge):
        details = {"relation": parent.relation.value, "parent": called, "node": edge.source}
        record(session, Action.PARENT_WITHDRAWN, by=by, on=child.as_subject(), details=details)


def listed(session: Reader, name: str, number: int, *, by: Principal, withdrawn: bool = False) -> list[Declared]:
    """The declared parents of a version that the caller may read, in the order they were declared.

    With `withdrawn` those too that are said no longer. Raises NotFound.
    """
    child = nodes.version(references.version_named(session, name, number, by=by))
    wanted = _DECLARED.where(EDGES.c.target == child).order_by(EDGES.c.id)
    rows = session.execute(wanted if withdrawn else wanted.where(STANDING)).all()
    versions = readable_versions(session, [row.source for row in rows], by)
    return [
        Declared(
            row.type,
            versions.get(row.source),
            None if _is_version(row.source) else row.source.partition(":")[2],
            row.stated_at,
            row.stated_by,
            row.withdrawn_at,
        )
        for row in rows
        if row.source in versions or not _is_version(row.source)
    ]


_BY = select(ACCOUNTS.c.name).where(ACCOUNTS.c.id == EDGES.c.stated_by_id).scalar_subquery().label("stated_by")
_DECLARED: Select[Any] = select(EDGES.c.source, EDGES.c.type, EDGES.c.stated_at, _BY, EDGES.c.withdrawn_at).where(
    EDGES.c.through == Through.DECLARATION
)


def _child(session: Session, name: str, number: int, by: Principal) -> Named:
    (child,) = named.versions(session, [(name, number)], Permission.LINEAGE_DECLARE, by=by)
    if child.deleted_at is not None:
        raise reading.no_version(name, number)
    return child


def _edge(session: Session, child: Named, parent: Parent, by: Principal) -> tuple[Edge, str]:
    """The edge from a parent, and what the parent is called."""
    if parent.relation not in RELATIONS:
        raise Invalid(f"relation: It is one of {', '.join(RELATIONS)}.")
    target = nodes.version(child.id)
    if parent.external is not None:
        if parent.model is not None or parent.version is not None:
            raise Invalid("external: A parent is a version here or an external model, not both.")
        text = parent.external.strip()
        must_be_text("external", text, LONGEST_REFERENCE)
        if not text:
            raise Invalid("external: Say what the model is called there.")
        return Edge(nodes.external_model(text), target, parent.relation), f"{NodeKind.EXTERNAL_MODEL}:{text}"
    if parent.model is None or parent.version is None:
        raise Invalid("model: Say the model and the version that is the parent, or an external model.")
    (found,) = named.versions(session, [(parent.model, parent.version)], Permission.MODEL_READ, by=by)
    called = f"{NodeKind.VERSION}:{found.model}/{found.number}"
    return Edge(nodes.version(found.id), target, parent.relation), called


def _sources(session: Session, target: str) -> list[str]:
    declared = select(EDGES.c.source).where(
        EDGES.c.target == target, EDGES.c.through == Through.DECLARATION, STANDING
    )
    return list(session.scalars(declared.limit(MOST_PARENTS)))


def _circle(session: Session, edge: Edge, called: str, by: Principal) -> str:
    """Which way the circle would go that an edge closes, so far as the caller may see it."""
    if edge.source == edge.target:
        return f"{called} would be its own parent."
    graph = walk(session, [edge.target], Direction.DOWN, by=by)
    way = _way(graph.edges, edge.target, edge.source)
    if not way:
        return f"{called} comes from this version already, by a way that you may not see."
    labels = {each.node: each.label for each in describing.described(session, graph)}
    return "That would close a circle: " + " → ".join(labels[node] for node in [*way, edge.target]) + "."


def _way(taken: Iterable[EdgeSeen], start: str, goal: str) -> list[str]:
    """The nodes on a shortest way along some edges, with both ends; none where there is no way."""
    below: dict[str, list[str]] = {}
    for each in taken:
        below.setdefault(each.source, []).append(each.target)
    came_from, waiting = {start: start}, deque([start])
    while waiting and goal not in came_from:
        node = waiting.popleft()
        new = [each for each in below.get(node, ()) if each not in came_from]
        came_from.update(dict.fromkeys(new, node))
        waiting.extend(new)
    way = [goal] if goal in came_from else []
    while way and way[0] != start:
        way.insert(0, came_from[way[0]])
    return way


def _is_quarantined(session: Session, node: str) -> bool:
    """Whether a recall stands over what a version is said to come from: it would lose its hold on the version."""
    if _is_version(node):
        return bool(recalls.quarantining(session, nodes.id_of(node)))
    return bool(recalls.on_nodes(session, {node}))


def _is_version(node: str) -> bool:
    return nodes.kind_of(node) is NodeKind.VERSION
