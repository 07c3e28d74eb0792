"""Whatever somebody writes: reading tells faults, and what it finds none in can be told and judged."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.governance.requirements.asking import Demands
from assent.governance.requirements.findings import State
from assent.governance.requirements.kinds import demands, judge, kinds
from assent.kernel.content import Content
from support.moves import GATE, approval, facts, incumbent, person, result, version

OURS = (
    *("approvals", "check", "metric", "annotation", "lineage", "predecessor", "soak", "window"),
    "comments_resolved",
)
WORDS = (
    *("count", "from", "at_least", "exclude", "name", "max_age", "key", "check", "against", "at_most", "may_drop"),
    *("may_rise", "description", "tags", "card", "stage", "days", "until", "zone"),
)
VALUES = (
    *("incumbent", "required", "complete", "group:risk", "user:ann", "requester", "7d", "24h", "09:00", "25:00"),
    *("mon", "Europe/Berlin", "Staging", "snapshot", "true", "auc", "1", "0.5", "\x00", "\ud800"),
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(VALUES)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*WORDS, *VALUES]) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=8,
)
ABOUT = (
    facts(),
    facts(version=None),
    facts(
        version=version(metrics={"auc": 0.5}, checks={"auc": result(auc=1)}, tags={"1": "mon"}),
        incumbent=incumbent(metrics={"auc": 0.5}),
        approvals=(approval(person(1, "risk")),),
        stays={"Staging": 5},
    ),
)


def test_all_kinds_are_known() -> None:
    assert set(OURS) <= set(kinds())


@pytest.mark.parametrize("word", OURS)
@given(written=anything)
def test_reading_tells_faults_and_never_raises(word: str, written: object) -> None:
    content = Content(written)
    kinds()[word].read(content)
    assert all(isinstance(fault.message, str) and fault.message for fault in content.faults)


def naive(word: str) -> st.SearchStrategy[Any]:
    """What is written rightly more often than not."""
    value = st.sampled_from([*VALUES, 1, 2, 0.5])
    several = st.lists(value, min_size=1, max_size=2)
    mapped = st.dictionaries(value.map(str), value | several, max_size=2)
    return {
        "check": value,
        "predecessor": value,
        "lineage": st.lists(st.sampled_from(["snapshot", "commit", "dataset", "artifacts"]), min_size=1),
        "comments_resolved": st.just(True),
    }.get(word, st.dictionaries(st.sampled_from(WORDS), value | several | mapped, max_size=4))


@pytest.mark.parametrize("word", OURS)
@given(data=st.data())
def test_what_is_read_without_a_fault_is_told_demanded_and_judged(word: str, data: st.DataObject) -> None:
    content = Content(data.draw(naive(word) | anything))
    spec = kinds()[word].read(content)
    if content.faults:
        return
    assert kinds()[word].words(spec)
    assert isinstance(demands(word, spec), Demands)
    for about in ABOUT:
        finding = judge(word, spec, about, GATE)
        assert (finding.requirement, finding.state in State, bool(finding.why)) == (word, True, True)
        assert "could not be judged" not in finding.why
