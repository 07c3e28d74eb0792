"""One LIKE on two databases."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, literal, select

from assent.kernel.dialects import each_of, folded, like

letters = st.text(st.sampled_from("aA%_\\*?[]^é!-."), max_size=6)


def _like(text: str, pattern: str) -> bool:
    parts = re.findall(r"\\[%_\\]|.", pattern, re.DOTALL)
    return (
        re.fullmatch("".join({"%": ".*", "_": "."}.get(part, re.escape(part[-1])) for part in parts), text)
        is not None
    )


@given(letters, letters)
@settings(max_examples=300, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_like_minds_case_and_takes_everything_but_wild_cards_for_itself(
    shared_engine: Engine, text: str, pattern: str
) -> None:
    with shared_engine.connect().execution_options(reading=True) as connection:
        found = connection.scalar(select(like(literal(text), pattern, on=shared_engine.dialect.name)))
    assert bool(found) is _like(text, pattern)


@pytest.mark.parametrize(("text", "lower"), [("ABC", "abc"), ("ÄÉ", "äé"), ("Ж", "ж"), ("straße", "straße")])
def test_folding_knows_more_than_ascii(shared_engine: Engine, text: str, lower: str) -> None:
    with shared_engine.connect().execution_options(reading=True) as connection:
        assert connection.scalar(select(folded(literal(text)))) == lower


@pytest.mark.parametrize(
    "texts", [[], ["a"], ['with "quotes"', "back\\slash", "{a,b}", "", "NULL", "é 😀", "a'b %s"]]
)
def test_texts_are_rows_however_they_are_written(shared_engine: Engine, texts: list[str]) -> None:
    with shared_engine.connect().execution_options(reading=True) as connection:
        assert list(connection.scalars(each_of(texts, on=shared_engine.dialect.name))) == texts
