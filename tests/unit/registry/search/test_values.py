"""The values in filters."""

import pytest

from assent.kernel.errors import Invalid
from assent.registry.search.values import BOUND, number_of, text_of, texts_of


@pytest.mark.parametrize(
    ("value", "text"), [("'a'", "a"), ('"a"', "a"), ("''", ""), ("'\\n'", "\\n"), ("' a '", " a ")]
)
def test_a_text_is_what_stands_between_its_quotes(value: str, text: str) -> None:
    assert text_of(value, whose="tag") == text


@pytest.mark.parametrize("value", ["something", "`something`", "tags.something", "NULL"])
def test_a_text_without_quotes_is_refused(value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        text_of(value, whose="tag")
    assert refusal.value.message == (
        "Parameter value is either not quoted or unidentified quote types used for string value "
        f"{value}. Use either single or double quotes."
    )


@pytest.mark.parametrize("value", ["5", "-5", ".5", "5.5", "1e5", "('a')"])
def test_a_number_or_a_list_is_no_text(value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        text_of(value, whose="tag")
    assert refusal.value.message == f"Expected a quoted string value for tag (e.g. 'my-value'). Got value {value}"


@pytest.mark.parametrize(
    ("value", "number"), [("5", 5), ("-5", -5), ("'5'", 5), ('" -5 "', -5), ("007", 7), ("0", 0), ("-0", 0)]
)
def test_a_whole_number_may_stand_in_quotes(value: str, number: int) -> None:
    assert number_of(value, whose="version_number") == number


@pytest.mark.parametrize(
    "value", [str(BOUND), str(BOUND + 1), "9" * 10_000, f"'{10**30}'", "0" * 10_000 + str(10**20)]
)
def test_a_number_beyond_64_bits_becomes_the_nearest_within(value: str) -> None:
    assert number_of(value, whose="version_number") == BOUND


def test_a_negative_number_beyond_64_bits_becomes_the_nearest_within() -> None:
    assert number_of(str(-(10**30)), whose="version_number") == -BOUND


@pytest.mark.parametrize("value", ["5.0", "1e5", "5x", "'x'", "''", "'-'", "'5.0'", "'1_000'", "'٣'", "'5 5'"])
def test_what_is_no_whole_number_is_refused(value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        number_of(value, whose="version_number")
    assert refusal.value.message == f"Invalid value for numeric attribute 'version_number': {value}"


def test_a_word_is_no_number() -> None:
    with pytest.raises(Invalid, match=r"^Parameter value is either not quoted"):
        number_of("five", whose="version_number")


@pytest.mark.parametrize(
    ("listing", "texts"),
    [
        ("('a')", ("a",)),
        ("( 'a' )", ("a",)),
        ("('a','b')", ("a", "b")),
        ("('a',\n\"b\" ,'')", ("a", "b", "")),
        ("('a',)", ("a",)),
        ("('a,b', '(')", ("a,b", "(")),
        ("('a\\n')", ("a\\n",)),
    ],
)
def test_a_list_holds_texts(listing: str, texts: tuple[str, ...]) -> None:
    assert texts_of(listing) == texts


@pytest.mark.parametrize("listing", ["()", "(  )"])
def test_an_empty_list_is_refused(listing: str) -> None:
    with pytest.raises(Invalid) as refusal:
        texts_of(listing)
    assert refusal.value.message == (
        "While parsing a list in the query, expected a non-empty list of string values, but got empty list"
    )


@pytest.mark.parametrize("listing", ["(,)", "(,'a')", "('a',,'b')", "('a' 'b')", "('a''b')", "(1 2)"])
def test_an_ill_formed_list_is_refused(listing: str) -> None:
    with pytest.raises(Invalid) as refusal:
        texts_of(listing)
    assert refusal.value.message == (
        "While parsing a list in the query, expected a non-empty list of string values, but got ill-formed list."
    )


@pytest.mark.parametrize("listing", ["(1)", "('a', 1)", "(a)", "(None)", "(`a`)", "(123, 'runid1')"])
def test_a_list_of_anything_else_is_refused(listing: str) -> None:
    with pytest.raises(Invalid) as refusal:
        texts_of(listing)
    assert refusal.value.message == (
        "While parsing a list in the query, "
        f"expected string value, punctuation, or whitespace, but got different type in list: {listing}"
    )
