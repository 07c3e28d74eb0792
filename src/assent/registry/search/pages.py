"""Pages by key: each begins after the last row of the one before, however many came first."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, or_

from assent.kernel.errors import Invalid

Ordering = Sequence[tuple[ColumnElement[Any], bool]]


def fingerprint(kind: str, filter_text: str, order_by: Sequence[str]) -> str:
    """What tells one query from another, so that a token cannot serve the wrong one."""
    query = orjson.dumps([kind, filter_text, list(order_by)])
    return hashlib.blake2b(query, digest_size=6).hexdigest()


def token(query: str, last: Sequence[Any]) -> str:
    """An opaque token for the page after a row with these values of the sort keys."""
    return base64.urlsafe_b64encode(orjson.dumps([query, *last])).decode()


def values(page_token: str, query: str, kinds: Sequence[type]) -> list[Any]:
    """The values in a token. Raises Invalid for what is no token, or that of another query."""
    try:
        decoded = base64.b64decode(page_token.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("Invalid page token, could not base64-decode") from None
    try:
        of_query, *last = orjson.loads(decoded)
    except (orjson.JSONDecodeError, TypeError, ValueError):
        raise Invalid("Invalid page token, it was not given by this registry") from None
    if of_query != query or [type(value) for value in last] != list(kinds):
        raise Invalid("Invalid page token, it belongs to another query")
    if not all(map(_can_be_bound, last)):
        raise Invalid("Invalid page token, it was not given by this registry")
    return list(last)


def _can_be_bound(value: str | int) -> bool:
    return "\x00" not in value if isinstance(value, str) else abs(value) < 2**63


def after(ordering: Ordering, last: Sequence[Any]) -> ColumnElement[bool]:
    """The condition for rows that sort after the last one: the keys ascend or descend (True) each for itself."""
    alternatives: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for (column, descending), value in zip(ordering, last, strict=True):
        alternatives.append(and_(*same, column < value if descending else column > value))
        same.append(column == value)
    # Implied by the rest, but only said so can an index begin where the page does.
    (first, descending), value = ordering[0], last[0]
    bound = first <= value if descending else first >= value
    return and_(bound, or_(*alternatives))


def clauses(ordering: Ordering) -> list[ColumnElement[Any]]:
    """What to sort by."""
    return [column.desc() if descending else column.asc() for column, descending in ordering]
