"""What puts edges into the graph and takes them out; no edge closes a circle."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, select, update
from sqlalchemy.orm import Session

from assent.audit.events import Actor
from assent.kernel.clock import now
from assent.kernel.dialects import Insert, dialect, insert, table, take_turns
from assent.lineage.graph.tables import EdgeType, LineageEdge, Through

EDGES = table(LineageEdge)
STANDING = EDGES.c.withdrawn_at.is_(None)

# Any number that nobody else locks on: two who each add one half of a circle see each other.
_ONE_AT_A_TIME = 4215302789


class Edge(NamedTuple):
    """The source made the target, or went into it."""

    source: str
    target: str
    type: EdgeType


def link(session: Session, edges: Iterable[Edge], *, through: Through, by: Actor | None) -> list[Edge]:
    """Put edges into the graph, and give those that would close a circle, which are left out.

    An edge that is there already stays as it was stated first.
    """
    take_turn(session)
    told = {"through": through, "stated_at": now(), "stated_by_id": by.id if by else None}
    return list(_state(session, list(dict.fromkeys(edges)), told))


def take_turn(session: Session) -> None:
    """Let nobody else put edges into the graph until the transaction ends."""
    take_turns(session, _ONE_AT_A_TIME)


def stands(session: Session, edge: Edge) -> bool:
    """Whether an edge is in the graph."""
    return session.scalar(_STANDS, edge._asdict()) is not None


def withdraw(session: Session, edge: Edge) -> bool:
    """Take an edge out of the graph; its row tells that it was there. Gives whether it was."""
    withdrawn = session.execute(_WITHDRAW, {**{f"the_{k}": v for k, v in edge._asdict().items()}, "at": now()})
    return withdrawn.first() is not None


_STANDS = select(EDGES.c.id).where(
    EDGES.c.source == bindparam("source"),
    EDGES.c.target == bindparam("target"),
    EDGES.c.type == bindparam("type"),
    STANDING,
)
_WITHDRAW = (
    update(EDGES)
    .where(
        EDGES.c.source == bindparam("the_source"),
        EDGES.c.target == bindparam("the_target"),
        EDGES.c.type == bindparam("the_type"),
        STANDING,
    )
    .values(withdrawn_at=bindparam("at"))
    .returning(EDGES.c.id)
)

_BELOW: BindParameter[str] = bindparam("below", expanding=True)
_parents = select(EDGES.c.source.label("node")).where(EDGES.c.target.in_(_BELOW), STANDING)
_above = _parents.cte("above", recursive=True)
# A union, so that a circle would end.
_ABOVE = _above.union(select(EDGES.c.source).where(EDGES.c.target == _above.c.node, STANDING))
_COMES_FROM = select(_ABOVE.c.node).where(_ABOVE.c.node.in_(bindparam("sought", expanding=True))).limit(1)


def _state(session: Session, edges: Sequence[Edge], told: Mapping[str, Any]) -> Sequence[Edge]:
    """Put edges into the graph at once or, where any may close a circle, half by half; gives those left out."""
    if not edges:
        return []
    if not _may_close_a_circle(session, edges):
        session.execute(_insert(dialect(session)), [{**edge._asdict(), **told} for edge in edges])
        return []
    if len(edges) == 1:
        return edges
    half = len(edges) // 2
    return [*_state(session, edges[:half], told), *_state(session, edges[half:], told)]


def _may_close_a_circle(session: Session, edges: Sequence[Edge]) -> bool:
    """Whether the source of any of these comes from the target of any, or is one; of a single edge that it would."""
    sources, targets = {edge.source for edge in edges}, {edge.target for edge in edges}
    if sources & targets:
        return True
    return session.scalar(_COMES_FROM, {"below": sorted(sources), "sought": sorted(targets)}) is not None


@cache
def _insert(on: str) -> Insert:
    return insert(on, EDGES).on_conflict_do_nothing(
        index_elements=[EDGES.c.source, EDGES.c.target, EDGES.c.type], index_where=STANDING
    )
