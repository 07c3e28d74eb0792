"""The syntax of filters."""

import pytest

from assent.kernel.errors import Invalid
from assent.registry.search.clauses import MAX_CLAUSES, Clause, clauses


@pytest.mark.parametrize(
    "text",
    [
        "name='a'",
        "name = 'a'",
        "  name\t=\n'a'  ",
        "name\u00a0= 'a'",
        "name = 'a' AND",
        "AND AND name = 'a' and AND",
    ],
)
def test_blanks_and_superfluous_ands_mean_nothing(text: str) -> None:
    assert clauses(text) == [Clause("name", "=", "'a'")]


@pytest.mark.parametrize("word", ["AND", "and", "And"])
def test_and_joins_in_any_case(word: str) -> None:
    assert clauses(f"a = 'x'{word} b = 'y'") == [Clause("a", "=", "'x'"), Clause("b", "=", "'y'")]


@pytest.mark.parametrize(
    ("written", "operator"),
    [
        ("=", "="),
        ("!=", "!="),
        ("<=", "<="),
        ("==", "=="),
        ("like", "LIKE"),
        ("iLike", "ILIKE"),
        ("not like", "NOT LIKE"),
    ],
)
def test_a_comparator_is_read_as_it_stands(written: str, operator: str) -> None:
    assert clauses(f"a {written} 'x'") == [Clause("a", operator, "'x'")]


@pytest.mark.parametrize("written", ["NOT IN", "not in", "Not \t In"])
def test_a_list_follows_in(written: str) -> None:
    assert clauses(f"a {written}('x', \")\")") == [Clause("a", "NOT IN", "('x', \")\")")]


@pytest.mark.parametrize("key", ["a", "a.b.c", "tags.`a b`", 'tags."a b"', "tags.'a b'", "tags.`a'b\"c`", "`a`"])
def test_a_key_keeps_its_quotes(key: str) -> None:
    assert clauses(f"{key}='x'") == [Clause(key, "=", "'x'")]


@pytest.mark.parametrize(
    "value", ["'it\"s'", '"it\'s"', "''", "'\\'", "'a AND b = c'", "5", "-5", "x", "`x`", "'a\nb'"]
)
def test_a_value_keeps_its_quotes(value: str) -> None:
    assert clauses(f"a = {value} AND b = 'y'") == [Clause("a", "=", value), Clause("b", "=", "'y'")]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("name", "name"),
        ("name =", "name ="),
        ("= 'a'", "= 'a'"),
        ("'a' = name", "'a' = name"),
        ("name = 'a", "name = 'a"),
        ("name = 'it''s'", "'s'"),
        ("name = 'it\\'s'", "s'"),
        ("name = 'a' 'b'", "'b'"),
        ("name = 'a' name = 'b'", "name = 'b'"),
        ("name = 'a' OR name = 'b'", "OR name = 'b'"),
        ("NOT name = 'a'", "NOT name = 'a'"),
        ("(name = 'a')", "(name = 'a')"),
        ("name = ('a')", "name = ('a')"),
        ("name = 'a';", ";"),
        ("name IS NULL", "name IS NULL"),
        ("name BETWEEN 'a' AND 'b'", "name BETWEEN 'a' AND 'b'"),
        ("nameLIKE'a'", "nameLIKE'a'"),
        ("name LIKEx 'a'", "name LIKEx 'a'"),
        ("name ! = 'a'", "name ! = 'a'"),
        ("name IN 'a'", "name IN 'a'"),
        ("name IN ('a'", "name IN ('a'"),
        ("name IN (('a'))", "name IN (('a'))"),
        ("name = 'a' -- b", "-- b"),
        ("tags.`a`.b = 'x'", "tags.`a`.b = 'x'"),
        ("evilhax = true", "evilhax = true"),
        ("name = FALSE", "name = FALSE"),
    ],
)
def test_what_is_no_chain_of_comparisons_is_refused(text: str, part: str) -> None:
    with pytest.raises(Invalid) as refusal:
        clauses(text)
    assert refusal.value.message.startswith(f"Invalid clause(s) in filter string: {part} (expected ")


@pytest.mark.parametrize("text", ["name = 'a'; name = 'b'", "name = 'a' ;; "])
def test_a_second_statement_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"^Search filter contained multiple expression .*name = 'a'"):
        clauses(text)


@pytest.mark.parametrize("text", [" ", "\t\n", "AND", " and AND "])
def test_a_filter_without_any_comparison_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=rf"^Invalid filter '{text}'\. Could not be parsed\.$"):
        clauses(text)


def test_as_many_comparisons_as_allowed_are_read() -> None:
    assert len(clauses(" AND ".join(["a = 'x'"] * MAX_CLAUSES))) == MAX_CLAUSES


def test_more_comparisons_than_allowed_are_refused() -> None:
    with pytest.raises(Invalid, match=r"^The filter has 101 comparisons; at most 100 are allowed$"):
        clauses(" AND ".join(["a = 'x'"] * (MAX_CLAUSES + 1)))


def test_a_message_does_not_repeat_an_endless_filter() -> None:
    with pytest.raises(Invalid) as refusal:
        clauses("x" * 100_000)
    assert len(refusal.value.message) < 500


@pytest.mark.parametrize(
    "piece", ["a.", "`", "'a", "AND ", "NOT ", "name IN ('a',", "('a'", "tags.`", "a'b", "name = "]
)
def test_a_hostile_filter_takes_no_more_than_linear_time(piece: str) -> None:
    # Were it quadratic, each of these would run for minutes.
    with pytest.raises(Invalid):
        clauses(piece * 200_000 + "\\")
