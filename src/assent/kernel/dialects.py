"""All that differs between SQLite and PostgreSQL, in one place."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from json import dumps as as_json
from json import loads
from typing import Any, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary, WeakValueDictionary

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Select,
    Table,
    any_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import NullType, Text

from assent.kernel.patterns import Names, as_like

Insert: TypeAlias = postgresql.Insert | sqlite.Insert


def table(mapped: type[Any]) -> Table:
    """The table of a mapped class: statements on the hot path are written in Core, and load no objects."""
    found: FromClause = mapped.__table__
    assert isinstance(found, Table)  # noqa: S101 (tells the type checker what the mapper guarantees)
    return found


# Who only reads needs no session, and a bare connection takes a sixth less time for it.
Reader: TypeAlias = Session | Connection


def bind(reader: Reader) -> Connection | Engine:
    """What a reader reads through."""
    return reader if isinstance(reader, Connection) else reader.get_bind()


def dialect(reader: Reader) -> str:
    """`sqlite` or `postgresql`."""
    return bind(reader).dialect.name


def take_turns(session: Session, key: int) -> None:
    """Wait until nobody else's transaction holds a key, and hold it; on SQLite only one writes at a time, anyway."""
    if dialect(session) == "postgresql":
        session.execute(func.pg_advisory_xact_lock(key).select())


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


class record(GenericFunction[list[Any]]):
    """Values as one JSON array."""

    type = JSON()
    inherit_cache = True


class folded(GenericFunction[str]):
    """A text in lower case; on SQLite a function of our own, which knows more than ASCII."""

    type = Text()
    inherit_cache = True


class is_one_of(GenericFunction[bool]):
    """Whether a number is in a list, of which `as_list` makes one value however long it is."""

    type = Boolean()
    inherit_cache = True


def as_list(numbers: Iterable[int], *, on: str) -> str:
    """Numbers for `is_one_of`, in the dialect `on`."""
    within = ",".join(map(str, numbers))
    return f"[{within}]" if on == "sqlite" else f"{{{within}}}"


def each_of(texts: Iterable[str], *, on: str) -> Select[Any]:
    """Texts as rows, in the dialect `on`: one value of a statement however many there are."""
    if on == "sqlite":
        return select(func.json_each(as_json(list(texts))).table_valued("value").c.value)
    return select(func.unnest(_array(_array_text(texts) or "{}")).column_valued("each"))


@compiles(is_one_of, "sqlite")
def _in_json(element: is_one_of, compiler: SQLCompiler, **options: Any) -> str:
    number, numbers = (compiler.process(each, **options) for each in element.clauses)
    return f"{number} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608 (what was compiled, no input)


@compiles(is_one_of, "postgresql")
def _in_array(element: is_one_of, compiler: SQLCompiler, **options: Any) -> str:
    number, numbers = (compiler.process(each, **options) for each in element.clauses)
    # Of `= ANY` the planner asks its statistics once for each number, which takes longer than to look.
    return f"ARRAY[{number}] <@ CAST({numbers} AS BIGINT[])"


class _mentions(GenericFunction[bool]):
    """Whether a text is in a key or a value of some JSON: the JSON, the text, and the text as JSON writes it."""

    type = Boolean()
    inherit_cache = True


def mentions(json: ColumnElement[Any], text: str, *, on: str) -> ColumnElement[bool]:
    """Whether a key or a value of some JSON has a text in it, in upper or lower case, in the dialect `on`."""
    sought = text.lower()
    if on == "sqlite":
        return func.mentions(type_coerce(json, Text()), sought, type_=Boolean())
    return _mentions(json, literal(sought, Text()), literal(as_json(sought, ensure_ascii=False)[1:-1], Text()))


def sqlite_mentions(json: str, sought: str) -> bool:
    """What SQLite calls for `mentions`. Numbers are compared as they are written."""
    return any(sought in text.lower() for text in _texts_of(loads(json, parse_int=str, parse_float=str)))


def _texts_of(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from part
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _texts_of(inner)
    elif part is not None:
        yield str(part).lower() if isinstance(part, bool) else part


@compiles(_mentions, "postgresql")
def _mentions_on_postgresql(element: _mentions, compiler: SQLCompiler, **options: Any) -> str:
    json, sought, written = (compiler.process(each, **options) for each in element.clauses)

    def has(text: str, sought: str) -> str:
        return f'strpos(lower(({text}) COLLATE "default"), {sought}) > 0'

    scalar = "value #>> '{}'"
    # The whole is looked through first, since to take it apart costs fifty times as much.
    return (
        f"({has(f'CAST({json} AS TEXT)', written)} AND EXISTS ("  # noqa: S608 (what was compiled, no input)
        f"SELECT 1 FROM jsonb_path_query({json}, 'strict $.**') AS part(value) WHERE CASE jsonb_typeof(value) "
        "WHEN 'object' THEN EXISTS "
        f"(SELECT 1 FROM jsonb_object_keys(value) AS named(key) WHERE {has('key', sought)}) "
        f"WHEN 'array' THEN false ELSE {has(scalar, sought)} END))"
    )


def _named(function: type[GenericFunction[Any]], dialect_name: str, name: str) -> None:
    @compiles(function, dialect_name)
    def _compile(element: GenericFunction[Any], compiler: SQLCompiler, **options: Any) -> str:
        return name + compiler.function_argspec(element, **options)


_named(pairs, "sqlite", "json_group_object")
_named(pairs, "postgresql", "json_object_agg")
_named(items, "sqlite", "json_group_array")
_named(items, "postgresql", "json_agg")
_named(record, "sqlite", "json_array")
_named(record, "postgresql", "json_build_array")


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
    if "" in names.prefixes.get(0, ()):
        return true()
    texts = _as_arrays(names)
    conditions = [column == any_(_array(texts.whole))] if texts.whole else []
    # An array of constants is hashed: to look a prefix up costs the same among a thousand as among ten.
    for length, prefixes in texts.prefixes.items():
        conditions.append(func.left(column, length, type_=_C) == any_(_array(prefixes)))
    if texts.others:
        conditions.append(column.like(any_(_array(texts.others))))
    return or_(*conditions) if conditions else false()


# By the key that a statement names them by: SQLite asks once for each row, and must not parse them anew.
_ASKED_FOR: WeakValueDictionary[str, Names] = WeakValueDictionary()


def sqlite_is_among(name: str, key: str) -> bool:
    """What SQLite calls for `is_among`."""
    return name in _ASKED_FOR[key]


class _Arrays(NamedTuple):
    """A set of names as PostgreSQL reads arrays; a text for each, empty where there is none."""

    whole: str
    prefixes: Mapping[int, str]
    others: str


_C = Text(collation="C")
_ARRAYS: WeakKeyDictionary[Names, _Arrays] = WeakKeyDictionary()


def _as_arrays(names: Names) -> _Arrays:
    found = _ARRAYS.get(names)
    if found is None:
        prefixes = {length: _array_text(texts) for length, texts in names.prefixes.items()}
        found = _Arrays(_array_text(names.whole), prefixes, _array_text(map(as_like, names.others)))
        _ARRAYS[names] = found
    return found


def _array_text(texts: Iterable[str]) -> str:
    quoted = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts]
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}" if quoted else ""


def _array(text: str) -> ColumnElement[Any]:
    # Without a type of its own the text is an array from the start; one that is cast would be read anew for each row.
    return cast(literal(text, NullType()), ARRAY(_C))


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
