"""The syntax of a filter: comparisons joined by AND, whatever they are about."""

import re
from dataclasses import dataclass

from assent.kernel.errors import Invalid
from assent.registry.search.wording import invalid_clause, shown

MAX_CLAUSES = 100


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison as it was written, quotes and all; the operator is in upper case, with single spaces.

    After IN and NOT IN the value is a list in parentheses, and nowhere else.
    """

    key: str
    operator: str
    value: str


# Repetitions of characters are possessive: none is given back, so that a hostile filter costs linear time.
# A string ends at the next quote of its kind; neither a backslash nor a doubled quote escapes one.
_CLAUSE = re.compile(
    r"""
    (?P<key> (?:\w++\.)? `[^`]*+` | \w++\. (?: "[^"]*+" | '[^']*+' ) | [^\s"'`=!<>~(),;]++ )
    \s*+
    (?:
        (?P<lister> (?:NOT\s++)? IN ) (?!\w)
        \s*+
        (?P<list> \( (?: [^"'()]++ | "[^"]*+" | '[^']*+' )* \) )
    |
        (?P<comparer> [=!<>~]++ | (?:NOT\s++)? I?LIKE (?!\w) )
        \s*+
        (?P<value> "[^"]*+" | '[^']*+' | `[^`]*+` | [^\s"'`=!<>~(),;]++ )
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ANDS = re.compile(r"(?P<ands>(?:\s*+AND(?!\w))*)\s*+", re.IGNORECASE)


def clauses(text: str) -> list[Clause]:
    """Take a filter apart; raises Invalid where it is not a chain of comparisons.

    Superfluous ANDs are no error: MLflow's client appends `AND …` to whatever its user gave it.
    """
    found: list[Clause] = []
    _, at = _ands(text, 0)
    while at < len(text):
        clause, at = _clause(text, at)
        found.append(clause)
        joined, at = _ands(text, at)
        if at < len(text) and not joined:
            raise _unjoined(text, at)
    _must_be_some(found, text)
    return found


def _clause(text: str, at: int) -> tuple[Clause, int]:
    match = _CLAUSE.match(text, at)
    if match is None:
        raise invalid_clause(text[at:], "expected a key, a comparator and a value")
    operator = match["lister"] or match["comparer"]
    value = match["list"] or match["value"]
    # MLflow takes these two for keywords, and its tests expect them to break the grammar.
    if value.lower() in ("true", "false"):
        raise invalid_clause(match[0], "expected a value in quotes")
    return Clause(match["key"], " ".join(operator.upper().split()), value), match.end()


def _ands(text: str, at: int) -> tuple[str, int]:
    match = _ANDS.match(text, at)
    return (match["ands"], match.end()) if match else ("", at)


def _unjoined(text: str, at: int) -> Invalid:
    if text[at] == ";" and text[at + 1 :].strip():
        return Invalid(
            f"Search filter contained multiple expression {shown(text)!r}. Provide AND-ed expression list."
        )
    return invalid_clause(text[at:], "expected AND; a value that holds a quote stands in quotes of the other kind")


def _must_be_some(found: list[Clause], text: str) -> None:
    if not found:
        raise Invalid(f"Invalid filter '{shown(text)}'. Could not be parsed.")
    if len(found) > MAX_CLAUSES:
        raise Invalid(f"The filter has {len(found)} comparisons; at most {MAX_CLAUSES} are allowed")
