"""Walks and edges against a naive graph of plain sets, on both databases."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from assent.access.policy.principals import SYSTEM, Principal
from assent.lineage.graph import edges, nodes
from assent.lineage.graph.edges import Edge
from assent.lineage.graph.tables import EdgeType, Through
from assent.lineage.graph.walked import Direction
from assent.lineage.graph.walks import around, walk

NODES = [nodes.run(letter) for letter in "abcdefgh"]
EDGES = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=24)


class NaiveGraph:
    """The same graph as a set of pairs."""

    def __init__(self) -> None:
        self.pairs: set[tuple[str, str]] = set()

    def add(self, source: str, target: str) -> bool:
        """Add an edge unless it would close a circle; tells whether it is there."""
        if source in self.from_(target, down=True):
            return False
        self.pairs.add((source, target))
        return True

    def from_(self, start: str, *, down: bool) -> dict[str, int]:
        """All that is reached, and over how many edges."""
        depths, away = {start: 0}, 0
        while True:
            away += 1
            met = {
                target if down else source
                for source, target in self.pairs
                if depths.get(source if down else target) == away - 1
            } - depths.keys()
            if not met:
                return depths
            depths |= dict.fromkeys(met, away)


def _link(session: Session, source: str, target: str) -> bool:
    wanted = Edge(source, target, EdgeType.INPUT)
    return edges.link(session, [wanted], through=Through.DECLARATION, by=None) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=EDGES, withdrawn=st.sets(st.integers(0, 23)), start=st.sampled_from(NODES), down=st.booleans())
def test_a_walk_sees_what_a_naive_one_sees(
    session: Session, wanted: list[tuple[str, str]], withdrawn: set[int], start: str, down: bool
) -> None:
    naive = NaiveGraph()
    with session.begin_nested() as savepoint:
        for source, target in wanted:
            assert _link(session, source, target) == naive.add(source, target)
        for number in withdrawn & set(range(len(wanted))):
            source, target = wanted[number]
            assert edges.withdraw(session, Edge(source, target, EdgeType.INPUT)) == ((source, target) in naive.pairs)
            naive.pairs.discard((source, target))
        found = walk(session, [start], Direction.DOWN if down else Direction.UP, by=SYSTEM)
        expected = naive.from_(start, down=down)
        assert found.depths == expected
        within = {pair for pair in naive.pairs if set(pair) <= expected.keys()}
        assert {(edge.source, edge.target) for edge in found.edges} == within
        assert not found.truncated
        savepoint.rollback()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(there=EDGES, wanted=EDGES)
def test_edges_that_come_at_once_are_left_out_as_if_they_came_one_by_one(
    session: Session, there: list[tuple[str, str]], wanted: list[tuple[str, str]]
) -> None:
    naive = NaiveGraph()
    with session.begin_nested() as savepoint:
        for source, target in there:
            assert _link(session, source, target) == naive.add(source, target)
        together = [Edge(source, target, EdgeType.INPUT) for source, target in dict.fromkeys(wanted)]
        expected = [edge for edge in together if not naive.add(edge.source, edge.target)]
        assert edges.link(session, together, through=Through.SNAPSHOT, by=None) == expected
        rows = session.execute(select(edges.EDGES.c.source, edges.EDGES.c.target).where(edges.STANDING))
        assert {(row.source, row.target) for row in rows} == naive.pairs
        savepoint.rollback()


def _chain(session: Session, length: int) -> None:
    for number in range(length):
        assert _link(session, nodes.run(f"{number:03}"), nodes.run(f"{number + 1:03}"))


@pytest.mark.parametrize(("depth", "truncated"), [(3, True), (9, True), (10, False), (11, False)])
def test_a_walk_goes_as_deep_as_it_is_to(session: Session, depth: int, truncated: bool) -> None:
    _chain(session, 10)
    found = walk(session, [nodes.run("000")], Direction.DOWN, by=SYSTEM, depth=depth)
    assert len(found.depths) == min(depth, 10) + 1
    assert found.truncated is truncated


@pytest.mark.parametrize(("most", "truncated"), [(5, True), (10, True), (11, False)])
def test_a_walk_stops_at_so_many_nodes(session: Session, most: int, truncated: bool) -> None:
    for number in range(10):
        assert _link(session, nodes.run("a"), nodes.dataset("d", str(number)))
    _, found = around(session, [nodes.run("a")], by=SYSTEM, most=most)
    assert len(found.depths) == min(most, 11)
    assert found.truncated is truncated


def test_an_edge_to_itself_is_left_out(session: Session) -> None:
    assert not _link(session, nodes.run("a"), nodes.run("a"))


def test_a_circle_of_which_nobody_told_ends_a_walk(session: Session, alice: Principal) -> None:
    for source, target in (("a", "b"), ("b", "c"), ("c", "a")):
        values = {"through": "declaration", "stated_at": 1, "type": "input"}
        session.execute(edges.EDGES.insert(), {"source": nodes.run(source), "target": nodes.run(target), **values})
    found = walk(session, [nodes.run("a")], Direction.UP, by=alice)
    assert set(found.depths) == {nodes.run(each) for each in "abc"}
