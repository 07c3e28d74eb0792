"""Whatever a server answers or somebody pushes gives facts that can be kept, or a refusal; nothing else."""

import json
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assent.kernel.errors import Invalid
from assent.lineage.runs import canonical, contradictions, facts
from assent.lineage.runs.facts import Facts
from support import runs

TEXTS = st.text(max_size=8) | st.sampled_from(["\x00", "\ud800", "NaN", "{", "[[", "1" * 400, runs.RUN])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["key", "value", "info", "data", "tags", "id"]) | TEXTS, inner, max_size=3)
    ),
    max_leaves=10,
)


def _places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every part of a value."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [place for step, each in inner for place in ((*way, step), *_places(each, (*way, step)))]


@st.composite
def with_a_part_replaced(draw: st.DrawFn, whole: Any) -> Any:
    """A value, in which something stands where something else stood."""
    changed = deepcopy(whole)
    *way, last = draw(st.sampled_from(_places(whole)))
    at = changed
    for step in way:
        at = at[step]
    at[last] = draw(VALUES)
    return changed


def kept(found: Facts) -> None:
    """Facts can be written, read, checked again and compared."""
    content = canonical.written(found)
    assert canonical.written(facts.checked(json.loads(content))) == content
    assert contradictions.between(found, found) == []


@given(
    with_a_part_replaced(runs.run()) | VALUES.filter(lambda value: isinstance(value, dict)),
    st.none() | with_a_part_replaced(runs.logged_model()),
    st.sampled_from([None, runs.MLMODEL]) | TEXTS,
    st.none() | TEXTS,
)
def test_any_answer_of_a_server(run: Any, logged_model: Any, mlmodel: str | None, requirements: str | None) -> None:
    try:
        found = facts.of(run, logged_model, mlmodel, requirements)
    except Invalid:
        return
    kept(found)


@given(with_a_part_replaced(facts.of(runs.run(), runs.logged_model(), runs.MLMODEL)) | VALUES)
def test_anything_that_is_pushed(value: Any) -> None:
    try:
        found = facts.checked(value)
    except Invalid as refusal:
        # The message is an answer in JSON.
        refusal.message.encode()
        return
    kept(found)
