"""All that differs between SQLite and PostgreSQL, in one place."""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias
from weakref import WeakValueDictionary

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Table,
    any_,
    cast,
    false,
    func,
    literal,
    or_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import Text

from assent.kernel.patterns import Names, as_like

Insert: TypeAlias = postgresql.Insert | sqlite.Insert


def table(mapped: type[Any]) -> Table:
    """The table of a mapped class: statements on the hot path are written in Core, and load no objects."""
    found: FromClause = mapped.__table__
    assert isinstance(found, Table)  # noqa: S101 (tells the type checker what the mapper guarantees)
    return found


# Who only reads needs no session, and a bare connection takes a sixth less time for it.
Reader: TypeAlias = Session | Connection


def dialect(reader: Reader) -> str:
    """`sqlite` or `postgresql`."""
    bind = reader if isinstance(reader, Connection) else reader.get_bind()
    return bind.dialect.name


def insert(on: str, into: Table) -> Insert:
    """An INSERT that knows ON CONFLICT, in the dialect `on`."""
    makers: dict[str, Callable[[Table], Insert]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
    return makers[on](into)


class pairs(GenericFunction[dict[str, str]]):
    """Aggregate keys and values into one JSON object."""

    type = JSON()
    inherit_cache = True


class items(GenericFunction[list[Any]]):
    """Aggregate values into one JSON array."""

    type = JSON()
    inherit_cache = True


class folded(GenericFunction[str]):
    """A text in lower case; on SQLite a function of our own, which knows more than ASCII."""

    type = Text()
    inherit_cache = True


def _named(function: type[GenericFunction[Any]], dialect_name: str, name: str) -> None:
    @compiles(function, dialect_name)
    def _compile(element: GenericFunction[Any], compiler: SQLCompiler, **options: Any) -> str:
        return name + compiler.function_argspec(element, **options)


_named(pairs, "sqlite", "json_group_object")
_named(pairs, "postgresql", "json_object_agg")
_named(items, "sqlite", "json_group_array")
_named(items, "postgresql", "json_agg")


@compiles(folded, "postgresql")
def _folded_on_postgresql(element: folded, compiler: SQLCompiler, **options: Any) -> str:
    # Names carry the collation "C", under which lower() knows ASCII alone.
    (text,) = element.clauses
    return f'lower(({compiler.process(text, **options)}) COLLATE "default")'


_PATTERN = re.compile(r"\\[%_\\]|[%_]|.", re.DOTALL)


def like(column: ColumnElement[str], pattern: str, *, on: str) -> ColumnElement[bool]:
    r"""LIKE that minds the case, on the dialect `on`: `%` and `_` are wild cards, `\%`, `\_` and `\\` are not.

    SQLite's LIKE ignores the case of ASCII letters and uses no index, so there it is a GLOB.
    """
    parts = _PATTERN.findall(pattern)
    if on == "sqlite":
        return column.op("GLOB", is_comparison=True)("".join(map(_as_glob, parts)))
    return column.like("".join(map(_as_like, parts)), escape="\\")


def is_among(column: ColumnElement[str], names: Names, *, on: str) -> ColumnElement[bool]:
    """Whether a name is one of a set, on the dialect `on`. The set must live until the statement has run."""
    if on == "sqlite":
        _ASKED_FOR[key := f"{id(names):x}"] = names
        return func.is_among(column, key, type_=Boolean())
    conditions: list[ColumnElement[bool]] = []
    if names.edges:
        edges = cast(_array_literal(names.edges), ARRAY(Text(collation="C")))
        # How many edges lie before a name, found by halving: 1 and 3 are within, 0 and 2 are between.
        conditions.append(func.width_bucket(column, edges, type_=Integer()) % 2 == 1)
    if names.others:
        patterns = cast(_array_literal(map(as_like, names.others)), ARRAY(Text()))
        conditions.append(column.like(any_(patterns)))
    return or_(*conditions) if conditions else false()


# By the key that a statement names them by: SQLite asks once for each row, and must not parse them anew.
_ASKED_FOR: WeakValueDictionary[str, Names] = WeakValueDictionary()


def sqlite_is_among(name: str, key: str) -> bool:
    """What SQLite calls for `is_among`."""
    return name in _ASKED_FOR[key]


def _array_literal(texts: Iterable[str]) -> ColumnElement[str]:
    escaped = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return literal("{" + ",".join(f'"{text}"' for text in escaped) + "}", Text())


def _as_glob(part: str) -> str:
    if part in ("%", "_"):
        return {"%": "*", "_": "?"}[part]
    literal = part[-1]
    return f"[{literal}]" if literal in "*?[" else literal


def _as_like(part: str) -> str:
    if part in ("%", "_"):
        return part
    literal = part[-1]
    return f"\\{literal}" if literal in "%_\\" else literal
