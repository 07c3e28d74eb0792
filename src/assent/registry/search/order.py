"""Orders: `last_updated_timestamp DESC`, one clause per key."""

import re
from collections.abc import Sequence

from assent.kernel.errors import Invalid
from assent.registry.search.entities import Entity, OrderKey
from assent.registry.search.wording import shown

_KEY = re.compile(r"""(?P<prefix>(?:attribute\.)?)(?P<quote>[`"]?)(?P<key>\w[\w.]*)(?P=quote)""")


def full_order(clauses: Sequence[str | OrderKey], entity: Entity) -> tuple[OrderKey, ...]:
    """Read an order and complete it: with the default where none is given, and with what breaks ties.

    Raises Invalid as `parse_order` does.
    """
    order = parse_order(clauses, entity) or entity.default_order
    given = {key.key for key in order}
    return order + tuple(key for key in entity.tie_breakers if key.key not in given)


def parse_order(clauses: Sequence[str | OrderKey], entity: Entity) -> tuple[OrderKey, ...]:
    """Read an order as it was given; raises Invalid, in MLflow's words, also for a key that comes twice.

    A key that is one already is taken as it is: our own pages sort by what MLflow does not.
    """
    order: dict[str, OrderKey] = {}
    for clause in clauses:
        key = clause if isinstance(clause, OrderKey) else _order_key(clause, entity)
        if key.key in order:
            raise Invalid(f"`order_by` contains duplicate fields: [{shown(', '.join(map(str, clauses)))}]")
        order[key.key] = key
    return tuple(order.values())


def _order_key(clause: str, entity: Entity) -> OrderKey:
    spelling, direction = _split(clause)
    if direction not in ("ASC", "DESC"):
        raise Invalid(f"Invalid ordering key in order_by clause '{shown(clause)}'.")
    return OrderKey(entity.order_key(spelling), descending=direction == "DESC")


def _split(clause: str) -> tuple[str, str]:
    words = clause.split()
    match = _KEY.fullmatch(words[0]) if len(words) in (1, 2) else None
    if match is None:
        raise Invalid(f"Invalid order_by clause '{shown(clause)}'. Could not be parsed.")
    return match["prefix"] + match["key"], words[1].upper() if len(words) == 2 else "ASC"
