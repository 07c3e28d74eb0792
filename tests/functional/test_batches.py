"""Queries that are read as one statement tell what each would tell by itself."""

from enum import StrEnum

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Enum,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    event,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from assent.kernel.batches import Batch


class Colour(StrEnum):
    """Something that is kept by its name."""

    RED = "red"
    BLUE = "blue"


THINGS = Table(
    "batched_things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", Text),
    Column("told", JSON),
    Column("is_good", Boolean),
    Column("colour", Enum(Colour, native_enum=False, values_callable=lambda kind: [each.value for each in kind])),
)
ROWS = [
    (1, "plain", {"a": [1, {"b": None}]}, True, Colour.RED),
    (2, 'quotes " and \\ and \n and 🦊 and \u202e', "a text", False, Colour.BLUE),
    (3, "", [], None, None),
    (4, None, [2**40, 0.5, 1e300], True, Colour.RED),
]
EVERYTHING = select(THINGS).order_by(THINGS.c.id.desc())


@pytest.fixture
def things(session: Session) -> Session:
    """A session that sees a table with all that columns hold; like every change of a test it is gone after it."""
    THINGS.create(session.connection())
    names = [column.name for column in THINGS.columns]
    session.execute(insert(THINGS), [dict(zip(names, row, strict=True)) for row in ROWS])
    return session


def test_rows_are_what_the_queries_tell_by_themselves(things: Session) -> None:
    alone = [tuple(row) for row in things.execute(EVERYTHING)]
    assert Batch(everything=EVERYTHING).read(things, {}) == {"everything": alone}
    assert alone == ROWS[::-1]


@pytest.mark.parametrize("kind", [Float(), LargeBinary(), DateTime()], ids=["float", "bytes", "moment"])
def test_what_json_would_change_is_refused(kind: TypeEngine[object]) -> None:
    with pytest.raises(TypeError, match="cannot carry"):
        Batch(one=select(literal(None, kind)))


def test_queries_share_their_parameters_and_may_find_nothing(things: Session) -> None:
    named = select(THINGS.c.name).where(THINGS.c.id == bindparam("one"))
    some = select(THINGS.c.colour).where(THINGS.c.id.in_(bindparam("some", expanding=True)))
    both = Batch(named=named, others=union_all(some, named.with_only_columns(THINGS.c.colour)))
    found = both.read(things, {"one": 1, "some": [2]})
    assert found == {"named": [("plain",)], "others": [(Colour.BLUE,), (Colour.RED,)]}
    assert both.read(things, {"one": 99, "some": []}) == {"named": [], "others": []}


def test_it_is_one_statement_with_what_several_queries_walk(things: Session) -> None:
    first = select(THINGS.c.id).where(THINGS.c.id == 1).cte("up", recursive=True)
    up = first.union_all(select(first.c.id + 1).where(first.c.id < 3))
    batch = Batch(walked=select(up.c.id), named=select(THINGS.c.name).join(up, up.c.id == THINGS.c.id).limit(1))
    statements: list[str] = []
    engine = things.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    assert batch.read(things, {}) == {"walked": [(1,), (2,), (3,)], "named": [("plain",)]}
    assert len(statements) == 1
