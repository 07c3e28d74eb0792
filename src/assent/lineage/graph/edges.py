"""What puts edges into the graph and takes them out; no edge closes a circle."""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from assent.audit.events import Actor
from assent.kernel.clock import now
from assent.kernel.dialects import dialect, insert, table, take_turns
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
    left_out = []
    for edge in dict.fromkeys(edges):
        if _would_close_a_circle(session, edge):
            left_out.append(edge)
        else:
            session.execute(_state(dialect(session)), {**edge._asdict(), **told})
    return left_out


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

_parents = select(EDGES.c.source.label("node")).where(EDGES.c.target == bindparam("below"), STANDING)
_above = _parents.cte("above", recursive=True)
# A union, so that a circle would end.
_ABOVE = _above.union(select(EDGES.c.source).where(EDGES.c.target == _above.c.node, STANDING))
_COMES_FROM = select(_ABOVE.c.node).where(_ABOVE.c.node == bindparam("sought")).limit(1)


def _would_close_a_circle(session: Session, edge: Edge) -> bool:
    if edge.source == edge.target:
        return True
    return session.scalar(_COMES_FROM, {"below": edge.source, "sought": edge.target}) is not None


@cache
def _state(on: str) -> ReturningInsert[tuple[int]]:
    into = insert(on, EDGES)
    return into.on_conflict_do_nothing(
        index_elements=[EDGES.c.source, EDGES.c.target, EDGES.c.type], index_where=STANDING
    ).returning(EDGES.c.id)
