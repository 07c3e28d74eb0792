"""What holds for every filter and every order."""

from hypothesis import given
from hypothesis import strategies as st

from assent.kernel.errors import Invalid
from assent.registry.search.entities import MODELS, TAG_OPERATORS, VERSIONS, Attribute, Entity, OrderKey
from assent.registry.search.grammar import Comparison, Filter, parse_filter
from assent.registry.search.order import full_order
from assent.registry.search.values import BOUND

ENTITIES = st.sampled_from([MODELS, VERSIONS])

FRAGMENTS = st.sampled_from(
    [
        *(
            "name",
            "version_number",
            "attribute.",
            "tags.",
            "tag.a",
            "`b`",
            "'c'",
            '"d"',
            "('a', 'b')",
            "5",
            "-1",
        ),
        *("=", "!=", ">", "==", "LIKE", "NOT", "IN", "AND", "OR", "true", " ", "\n"),
        *("'", '"', "`", "(", ")", ",", ";", "\\", ".", "\x00"),
    ]
)

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters='\x00"'))
KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\x00`"))
BLANKS = st.text(" \t\n", min_size=1, max_size=2)


def value_of(attribute: Attribute, operator: str) -> st.SearchStrategy[str | int | tuple[str, ...]]:
    if operator in ("IN", "NOT IN"):
        return st.lists(TEXTS, min_size=1, max_size=3).map(tuple)
    return st.integers(-BOUND, BOUND) if attribute.is_number else TEXTS


@st.composite
def attribute_comparisons(draw: st.DrawFn, entity: Entity) -> Comparison:
    attribute = draw(st.sampled_from(list(entity.attributes.values())))
    operator = draw(st.sampled_from(sorted(attribute.operators)))
    return Comparison("attribute", attribute.name, operator, draw(value_of(attribute, operator)))


def tag_comparisons() -> st.SearchStrategy[Comparison]:
    return st.builds(Comparison, st.just("tag"), KEYS, st.sampled_from(sorted(TAG_OPERATORS)), TEXTS)


def written_value(value: str | int | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(written_value, value))})"
    return f'"{value}"' if isinstance(value, str) else str(value)


@st.composite
def written(draw: st.DrawFn, comparison: Comparison) -> str:
    key = f"tags.`{comparison.key}`" if comparison.kind == "tag" else comparison.key
    operator = draw(st.sampled_from([comparison.operator, comparison.operator.lower()]))
    return draw(BLANKS).join([key, operator, written_value(comparison.value)])


def is_read_or_refused(text: str, entity: Entity) -> bool:
    try:
        return isinstance(parse_filter(text, entity), Filter)
    except Invalid as refusal:
        return len(refusal.message) < 1000


@given(ENTITIES, st.text(st.characters()))
def test_any_text_is_read_or_refused(entity: Entity, text: str) -> None:
    assert is_read_or_refused(text, entity)


@given(ENTITIES, st.lists(FRAGMENTS))
def test_anything_like_a_filter_is_read_or_refused(entity: Entity, fragments: list[str]) -> None:
    assert is_read_or_refused("".join(fragments), entity)


@given(st.data(), ENTITIES)
def test_a_filter_says_what_was_written(data: st.DataObject, entity: Entity) -> None:
    comparisons = data.draw(st.lists(attribute_comparisons(entity) | tag_comparisons(), min_size=1, max_size=4))
    text = " AND ".join(data.draw(written(comparison)) for comparison in comparisons)
    assert parse_filter(text, entity) == Filter(tuple(comparisons))


@given(
    ENTITIES,
    st.lists(st.text(st.characters()) | st.sampled_from(["name", "timestamp DESC", "version_number asc"])),
)
def test_any_order_is_total_or_refused(entity: Entity, clauses: list[str]) -> None:
    try:
        order = full_order(clauses, entity)
    except Invalid:
        return
    keys = [key.key for key in order]
    assert {key.key for key in entity.tie_breakers} <= set(keys)
    assert len(keys) == len(set(keys))
    assert all(isinstance(key, OrderKey) for key in order)
