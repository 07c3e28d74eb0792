"""What can be searched: attributes, what they may be compared with, and the keys that lists are sorted by."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from assent.registry.search.wording import unknown


class Operator(StrEnum):
    """How a value is compared, in MLflow's spelling."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    LIKE = "LIKE"
    ILIKE = "ILIKE"
    IN = "IN"
    NOT_IN = "NOT IN"


_LISTS = frozenset({Operator.IN, Operator.NOT_IN})
_CHOICE = frozenset({Operator.EQ, Operator.NE}) | _LISTS
_PATTERN = frozenset({Operator.EQ, Operator.NE, Operator.LIKE, Operator.ILIKE})
_TEXT = _PATTERN | _LISTS
_NUMBER = frozenset({Operator.EQ, Operator.NE, Operator.LT, Operator.LE, Operator.GT, Operator.GE})

TAG_OPERATORS = _PATTERN


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something that a filter may compare; `name` is its one name behind all its spellings."""

    name: str
    operators: frozenset[Operator]
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One key that a list is sorted by."""

    key: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """A kind of thing that can be searched.

    `attributes` and `order_keys` are found under every accepted spelling. `default_order` applies when nobody
    asks for an order; `tie_breakers` end every order, so that it is total.
    """

    attributes: Mapping[str, Attribute]
    order_keys: Mapping[str, str]
    order_noun: str
    default_order: tuple[OrderKey, ...]
    tie_breakers: tuple[OrderKey, ...]

    def attribute(self, spelling: str) -> Attribute:
        """Find an attribute by any of its spellings; raises Invalid for others, which are case-sensitive."""
        if spelling not in self.attributes:
            raise unknown("attribute key", spelling, (known.name for known in self.attributes.values()))
        return self.attributes[spelling]

    def order_key(self, spelling: str) -> str:
        """Find the key to sort by behind a spelling; raises Invalid for others."""
        if spelling not in self.order_keys:
            raise unknown(self.order_noun, spelling, self.order_keys.values())
        return self.order_keys[spelling]

    def with_lists(self) -> list[str]:
        """Name the attributes that IN and NOT IN may be asked of."""
        return sorted({known.name for known in self.attributes.values() if known.operators & _LISTS})


def _spelled(*attributes: Attribute, **others: Attribute) -> dict[str, Attribute]:
    return {attribute.name: attribute for attribute in attributes} | others


_NAME = Attribute("name", _TEXT)

# MLflow can search models by nothing but their names, and versions by none of these.
_CREATION = Attribute("creation_timestamp", _NUMBER, is_number=True)
_LAST_UPDATE = Attribute("last_updated_timestamp", _NUMBER, is_number=True)
_STAGE = Attribute("current_stage", _CHOICE)
_ALIAS = Attribute("alias", _TEXT)
_USER = Attribute("user_id", _TEXT)

_BY_NAME = OrderKey("name")
_NEWEST_VERSION = OrderKey("version_number", descending=True)

_VERSION_ORDER = ("name", "version_number", "creation_timestamp", "last_updated_timestamp")

MODELS = Entity(
    attributes=_spelled(_NAME, _CREATION, _LAST_UPDATE, _STAGE, _ALIAS, _USER, stage=_STAGE),
    order_keys={
        "name": "name",
        "timestamp": "last_updated_timestamp",
        "last_updated_timestamp": "last_updated_timestamp",
    },
    order_noun="order by key",
    default_order=(_BY_NAME,),
    tie_breakers=(_BY_NAME,),
)

VERSIONS = Entity(
    attributes=_spelled(
        _NAME,
        Attribute("version_number", _NUMBER, is_number=True),
        Attribute("run_id", _TEXT),
        Attribute("source_path", _PATTERN),
        _CREATION,
        _LAST_UPDATE,
        _STAGE,
        _ALIAS,
        _USER,
        stage=_STAGE,
    ),
    order_keys={key: key for key in _VERSION_ORDER} | {f"attribute.{key}": key for key in _VERSION_ORDER},
    order_noun="attribute key",
    default_order=(OrderKey("last_updated_timestamp", descending=True), _BY_NAME, _NEWEST_VERSION),
    tie_breakers=(_BY_NAME, _NEWEST_VERSION),
)
