"""What a reader sees of the graph, against a naive graph in which unreadable versions are not there at all."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from assent.access.policy.levels import Level
from assent.access.policy.principals import Principal
from assent.access.policy.reach import ByName, Reach
from assent.kernel.errors import NotFound
from assent.lineage.graph import edges, nodes, questions
from assent.lineage.graph.edges import Edge
from assent.lineage.graph.tables import EdgeType, Through
from assent.registry import models, versions
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration

MODELS = ["a", "b", "c", "d"]
OTHERS = [nodes.run("r"), nodes.run("s"), nodes.dataset("d", "1"), nodes.commit("0a1b2c3")]
PLACES = st.integers(0, len(MODELS) + len(OTHERS) - 1)


def _naively(pairs: set[tuple[str, str]], start: str, unreadable: set[str], readable: set[str]) -> set[str]:
    """The nodes below a start that lead to something readable, or are it."""
    below: dict[str, set[str]] = {}
    for source, target in pairs:
        if not {source, target} & unreadable:
            below.setdefault(source, set()).add(target)

    def all_below(node: str) -> set[str]:
        found, waiting = set[str](), [node]
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting += below.get(each, ())
        return found

    return {node for node in all_below(start) if all_below(node) & readable}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wanted=st.lists(st.tuples(PLACES, PLACES), max_size=16),
    start=st.integers(0, len(OTHERS) - 1),
    granted=st.sets(st.sampled_from(MODELS)),
)
def test_a_reader_sees_what_leads_to_versions_that_they_may_read(
    session: Session, alice: Principal, wanted: list[tuple[int, int]], start: int, granted: set[str]
) -> None:
    reader = Principal(-1, "reader", reach=Reach(ByName(Level.CAN_READ, name) for name in granted))
    with session.begin_nested() as savepoint:
        of_models = {}
        for name in MODELS:
            models.create(session, name, by=alice)
            what = Registration("s3://bucket/model")
            registered = versions.register(session, name, what, by=alice, rules=SourceRules())
            of_models[name] = nodes.version(registered.id)
        places = [*of_models.values(), *OTHERS]
        pairs = set()
        for source, target in wanted:
            edge = Edge(places[source], places[target], EdgeType.INPUT)
            if not edges.link(session, [edge], through=Through.DECLARATION, by=None):
                pairs.add((edge.source, edge.target))
        readable = {of_models[name] for name in granted}
        unreadable = set(of_models.values()) - readable
        expected = _naively(pairs, OTHERS[start], unreadable, readable)
        assert _seen(session, nodes.told(OTHERS[start]), by=reader) == expected
        savepoint.rollback()


def _seen(session: Session, told: dict[str, str], *, by: Principal) -> set[str]:
    reference = f"{told['kind']}:{told.get('id') or told['digest']}"
    try:
        return set(questions.made_by(session, reference, by=by).depths)
    except NotFound:
        return set()
