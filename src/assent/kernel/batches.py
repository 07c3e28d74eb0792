"""Several queries as one statement: what is looked at together is read at one moment, and in one round trip."""

from collections.abc import Callable, Mapping, Sequence
from json import loads
from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Dialect,
    Integer,
    Label,
    Select,
    String,
    Text,
    cast,
    select,
)
from sqlalchemy.types import NullType, TypeEngine

from assent.kernel.dialects import Reader, bind, items, record

Query: TypeAlias = Select[Any] | CompoundSelect[Any]
# What a database tells is made what Python knows by this; None where it is that already.
_Reading: TypeAlias = Callable[[Any], Any] | None

_CARRIED = (JSON, String, Integer, Boolean, NullType)


class Batch:
    """Queries with a name each, which share their parameters; built once, read often.

    The rows travel as JSON, which knows texts, whole numbers and truth; of other columns it raises TypeError.
    """

    def __init__(self, **queries: Query) -> None:
        parts = {name: query.subquery() for name, query in queries.items()}
        self._types = {name: [_carried(column) for column in part.c] for name, part in parts.items()}
        self._statement = select(*(_rows(name, list(part.c)) for name, part in parts.items()))
        self._readings: dict[str, dict[str, list[_Reading]]] = {}

    def read(self, reader: Reader, values: Mapping[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
        """By the names of the queries their rows, in the order that each asks for."""
        readings = self._readings_on(bind(reader).dialect)
        found = reader.execute(self._statement, values).one()
        return {
            name: [_row(row, readings[name]) for row in rows or ()]
            for name, rows in zip(self._types, found, strict=True)
        }

    def _readings_on(self, dialect: Dialect) -> dict[str, list[_Reading]]:
        if dialect.name not in self._readings:
            self._readings[dialect.name] = {
                name: [_reading(each, dialect) for each in types] for name, types in self._types.items()
            }
        return self._readings[dialect.name]


def _carried(column: ColumnElement[Any]) -> TypeEngine[Any]:
    if not isinstance(column.type, _CARRIED):
        raise TypeError(f"A batch cannot carry {column.name}, which is {column.type!r}.")
    return column.type


def _rows(name: str, columns: Sequence[ColumnElement[Any]]) -> Label[Any]:
    """A column with all rows of a query."""
    # As text, so that JSON within JSON is read like any other.
    told = [cast(each, Text) if isinstance(each.type, JSON) else each for each in columns]
    return select(items(record(*told))).scalar_subquery().label(name)


def _row(row: Sequence[Any], readings: Sequence[_Reading]) -> tuple[Any, ...]:
    return tuple(value if reading is None else reading(value) for value, reading in zip(row, readings, strict=True))


def _reading(kind: TypeEngine[Any], dialect: Dialect) -> _Reading:
    if isinstance(kind, JSON):
        return lambda told: None if told is None else loads(told)
    return kind.dialect_impl(dialect).result_processor(dialect, None)
