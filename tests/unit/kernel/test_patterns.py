"""Patterns of names agree with the plain meaning of their wild cards."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.kernel.errors import Invalid
from assent.kernel.patterns import Names, as_like, matches, must_be_a_pattern

LETTERS = "ab\ud7ff\U0010ffff%_\\"
TEXTS = st.text(alphabet=LETTERS, max_size=5)
PATTERNS = st.text(alphabet=LETTERS + "*?", min_size=1, max_size=5)


def plainly(name: str, pattern: str) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(expression, name, re.DOTALL) is not None


@given(st.lists(PATTERNS, max_size=8), TEXTS)
def test_a_name_is_in_the_set_when_one_pattern_matches(patterns: list[str], name: str) -> None:
    assert (name in Names(patterns)) == any(plainly(name, pattern) for pattern in patterns)


@given(PATTERNS, TEXTS)
def test_the_same_pattern_for_like_means_the_same(pattern: str, name: str) -> None:
    parts = re.findall(r"\\[%_\\]|[%_]|.", as_like(pattern), re.DOTALL)
    expression = "".join({"%": ".*", "_": "."}.get(part, re.escape(part[-1])) for part in parts)
    assert (re.fullmatch(expression, name, re.DOTALL) is not None) == plainly(name, pattern)


@given(PATTERNS, TEXTS)
def test_a_text_that_is_no_name_is_matched_in_the_same_way(pattern: str, text: str) -> None:
    assert matches(text, pattern) == plainly(text, pattern)


def test_a_pattern_of_many_parts_is_no_burden() -> None:
    # Trying all ways to share the text out among the parts would outlast this run.
    assert "a" * 256 not in Names(["*a" * 100 + "b"])


def test_a_thousand_prefixes_of_one_length_are_one_look_up() -> None:
    assert list(Names(f"team-{number:03}*" for number in range(1000)).prefixes) == [8]


def test_no_patterns_match_nothing() -> None:
    assert not Names([])
    assert "a" not in Names([])


@pytest.mark.parametrize("pattern", ["", "a/b", "a:b", "a\nb", "a" * 257])
def test_what_no_name_could_match_is_no_pattern(pattern: str) -> None:
    with pytest.raises(Invalid):
        must_be_a_pattern(pattern)
