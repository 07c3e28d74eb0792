"""Filters: `name LIKE 'a%' AND tags.team = 'x'`, read into values that need no database to be judged.

    filter     := "" | comparison { AND comparison }
    comparison := key operator value | key [NOT] IN (text, …)
    key        := attribute | attribute.attribute | tag.key | tags.key
    value      := 'text' | "text" | integer

A tag's key is a plain word, with dots if need be, or stands in backticks or quotes.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from assent.kernel.errors import Invalid
from assent.registry.prompts import IS_PROMPT
from assent.registry.search.clauses import Clause, clauses
from assent.registry.search.entities import TAG_OPERATORS, Attribute, Entity, Operator
from assent.registry.search.values import number_of, text_of, texts_of
from assent.registry.search.wording import invalid_clause, shown

# A filter travels in an address, and servers refuse those over 64 KB.
MAX_LENGTH = 60_000
# Every value of a list becomes a parameter of the statement, and SQLite takes no more than 32,766.
MAX_LISTED = 10_000

_PLAIN_KEY = re.compile(r"\w++(?:\.\w++)*")


class Prompts(StrEnum):
    """What becomes of the prompts among the models and versions that are searched."""

    EXCLUDED = "excluded"
    AS_ASKED = "as asked"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One condition. A number is an int within ±(2**63 - 1); after IN and NOT IN the value is a tuple."""

    kind: Literal["attribute", "tag"]
    key: str
    operator: Operator
    value: str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that must all hold, and what becomes of prompts.

    A tag's condition holds only where the tag is there. Under `Prompts.EXCLUDED` whatever bears the name of a
    prompt is left out; under `Prompts.AS_ASKED` the conditions alone decide.
    """

    comparisons: tuple[Comparison, ...] = ()
    prompts: Prompts = Prompts.EXCLUDED


def parse_filter(text: str, entity: Entity) -> Filter:
    """Read a filter; an empty one has no conditions.

    Raises Invalid, whose text begins as MLflow's does, for whatever is not a filter for this entity.
    """
    if not text:
        return Filter()
    _must_be_storable(text)
    comparisons = tuple(_comparison(clause, entity) for clause in clauses(text))
    _must_list_few(comparisons)
    return _minding_prompts(comparisons)


def _must_be_storable(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise Invalid(f"The filter has {len(text)} characters; at most {MAX_LENGTH} are allowed")
    # PostgreSQL takes no NUL, and no database a lone surrogate.
    if re.search("[\x00\ud800-\udfff]", text):
        raise Invalid("The filter holds a character that no stored text can have (NUL or half a surrogate pair)")


def _must_list_few(comparisons: tuple[Comparison, ...]) -> None:
    listed = sum(len(comparison.value) for comparison in comparisons if isinstance(comparison.value, tuple))
    if listed > MAX_LISTED:
        raise Invalid(f"The lists in the filter have {listed} values; at most {MAX_LISTED} are allowed")


def _comparison(clause: Clause, entity: Entity) -> Comparison:
    kind, dot, key = clause.key.partition(".")
    if not dot:
        return _about_attribute(clause.key, clause, entity)
    if kind == "attribute":
        return _about_attribute(key, clause, entity)
    if kind in ("tag", "tags"):
        return _about_tag(key, clause)
    raise Invalid(f"Invalid entity type '{shown(kind)}'. Valid entity types are ('attribute', 'tag', 'tags')")


def _about_tag(key: str, clause: Clause) -> Comparison:
    value = text_of(clause.value, whose="tag")
    if clause.operator not in TAG_OPERATORS:
        raise Invalid(f"Invalid comparator for tag: {shown(clause.operator)}")
    return Comparison("tag", _tag_key(key, clause), Operator(clause.operator), value)


def _tag_key(key: str, clause: Clause) -> str:
    if key.startswith(("`", '"', "'")):
        return key[1:-1]
    if not _PLAIN_KEY.fullmatch(key):
        raise invalid_clause(clause.key, "the key of such a tag stands in backticks")
    return key


def _about_attribute(spelling: str, clause: Clause, entity: Entity) -> Comparison:
    attribute = entity.attribute(spelling)
    _must_be_comparable(attribute, clause, entity)
    return Comparison("attribute", attribute.name, Operator(clause.operator), _value(attribute, clause))


def _must_be_comparable(attribute: Attribute, clause: Clause, entity: Entity) -> None:
    if clause.operator in attribute.operators:
        return
    if clause.operator in (Operator.IN, Operator.NOT_IN):
        listable = entity.with_lists()
        raise Invalid(f"Only {listable} attributes support comparison with a list of quoted string values.")
    number = f" {attribute.name}" if attribute.is_number else ""
    raise Invalid(f"Invalid comparator for attribute{number}: {shown(clause.operator)}")


def _value(attribute: Attribute, clause: Clause) -> str | int | tuple[str, ...]:
    if clause.operator in (Operator.IN, Operator.NOT_IN):
        return texts_of(clause.value)
    if attribute.is_number:
        return number_of(clause.value, whose=attribute.name)
    return text_of(clause.value, whose="attributes")


def _minding_prompts(comparisons: tuple[Comparison, ...]) -> Filter:
    """Tell a question for prompts from one for models.

    Models do not have the prompts' tag: `= 'false'` and `!= 'true'`, taken by the word, would find none.
    """
    mentions = [comparison for comparison in comparisons if comparison.key == IS_PROMPT]
    if any(_asks_for_prompts(mention) for mention in mentions):
        return Filter(comparisons, Prompts.AS_ASKED)
    return Filter(tuple(comparison for comparison in comparisons if comparison not in mentions))


def _asks_for_prompts(mention: Comparison) -> bool:
    wish = (mention.operator, str(mention.value).lower())
    return wish in ((Operator.EQ, "true"), (Operator.NE, "false"))
