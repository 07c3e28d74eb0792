"""Whatever the filter, order and size of page: the database finds what a few lines of Python find."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assent.access.people import accounts
from assent.access.policy.principals import Principal
from assent.access.signing_in.sign_in import SignIn
from assent.audit.events import ORIGIN
from assent.governance import moves
from assent.registry import models, versions
from assent.registry.search import finding
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration
from support.databases import TEST, PostgresDatabases, SqliteDatabases, engine_for

NAMES = ["churn", "Churn", "churn_2", "fraud%", "é"]
RUNS = ["", "run1", "run2"]
TAGS: list[dict[str, str]] = [{}, {"k": "a"}, {"k": "A", "l": "b"}, {"k": "a_b", "l": "B"}, {"l": "%"}]
STAGES = ["None", "Staging", "Production"]
ALIASES = [None, "one", "two"]


@dataclass
class Row:
    """A version, as the naive search knows it."""

    name: str
    number: int
    attributes: dict[str, Any]
    tags: dict[str, str]
    aliases: list[str] = field(default_factory=list)


@dataclass
class World:
    """A registry, and the same in a list."""

    engine: Engine
    by: Principal
    rows: list[Row]


@pytest.fixture(scope="module")
def world(databases: SqliteDatabases | PostgresDatabases) -> Iterator[World]:
    """Thirty versions that differ in everything that can be searched."""
    with databases.copy() as url:
        engine = engine_for(url)
        with Session(engine, info={ORIGIN: TEST}) as session:
            people = [_principal(session, name) for name in ("alice", "bob")]
            rows = [_registered(session, name, index, people) for index, name in enumerate(NAMES * 6)]
            session.commit()
            newest = finding.versions(session, "", [], size=1000, by=people[0]).found
            for row in rows:
                found = next(each for each in newest if (each.name, each.number) == (row.name, row.number))
                row.attributes["last_updated_timestamp"] = found.last_updated_at
                row.attributes["creation_timestamp"] = found.created_at
        yield World(engine, people[0], rows)
        engine.dispose()


def _principal(session: Session, name: str) -> Principal:
    return SignIn().as_if(session, accounts.named(session, name))


def _registered(session: Session, name: str, index: int, people: list[Principal]) -> Row:
    by = people[index % 2]
    number = index // len(NAMES) + 1
    if number == 1:
        models.create(session, name, by=by)
    tags, run, stage = TAGS[index * 7 % 5], RUNS[index * 5 % 3], STAGES[index * 3 % 3]
    registration = Registration(f"s3://bucket/{index % 4}", run_id=run, tags=tags)
    versions.register(session, name, registration, by=by, rules=SourceRules())
    moves.transition(session, name, number, stage, by=by)
    alias = ALIASES[number % 3] if number <= 3 else None
    if alias:
        moves.point_alias(session, name, alias, number, by=by)
    attributes = {
        "name": name,
        "run_id": run,
        "source_path": f"s3://bucket/{index % 4}",
        "version_number": number,
        "current_stage": stage,
        "user_id": by.name,
    }
    return Row(name, number, attributes, tags, [alias] if alias else [])


def _like(text: str, pattern: str, flags: int = 0) -> bool:
    regex = "".join({"%": ".*", "_": "."}.get(part, re.escape(part)) for part in pattern)
    return re.fullmatch(regex, text, flags | re.DOTALL) is not None


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "LIKE": _like,
    "ILIKE": lambda a, b: _like(a.lower(), b.lower()),
    "IN": lambda a, b: a in b,
    "NOT IN": lambda a, b: a not in b,
}
OPPOSITE = {"!=": "=", "NOT IN": "IN"}

Comparison = tuple[str, str, Any]


def _holds(row: Row, comparison: Comparison) -> bool:
    key, operator, value = comparison
    if key.startswith("tags."):
        held = row.tags.get(key.removeprefix("tags."))
        return held is not None and COMPARE[operator](held, value)
    if key == "alias":
        if operator in OPPOSITE:
            return not any(COMPARE[OPPOSITE[operator]](alias, value) for alias in row.aliases)
        return any(COMPARE[operator](alias, value) for alias in row.aliases)
    return COMPARE[operator](row.attributes[key], value)


def _written(comparison: Comparison) -> str:
    key, operator, value = comparison
    if isinstance(value, list):
        return f"{key} {operator} ({', '.join(repr(each) for each in value)})"
    return f"{key} {operator} {value!r}"


texts = st.sampled_from(
    [*NAMES, "run1", "s3://bucket/1", "Staging", "None", "one", "alice", "bob", "a", "A", "b", "%", ""]
)
patterns = st.sampled_from(["%", "ch%", "%2", "C%", "_", "é", "%un%", "RUN%", "a_b", "s3://%/1", ""])
plain = st.tuples(st.sampled_from(["=", "!="]), texts)
like = st.tuples(st.sampled_from(["LIKE", "ILIKE"]), patterns)
lists = st.tuples(st.sampled_from(["IN", "NOT IN"]), st.lists(texts.filter(bool), min_size=1, max_size=3))
numbers = st.tuples(st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), st.integers(-1, 8))

comparisons: st.SearchStrategy[Comparison] = st.one_of(
    st.tuples(st.sampled_from(["name", "run_id", "alias", "user_id"]), st.one_of(plain, like, lists)),
    st.tuples(st.just("current_stage"), st.one_of(plain, lists)),
    st.tuples(st.sampled_from(["source_path", "tags.k", "tags.l", "tags.none"]), st.one_of(plain, like)),
    st.tuples(st.just("version_number"), numbers),
).map(lambda pair: (pair[0], pair[1][0], pair[1][1]))

KEYS = ["name", "version_number", "creation_timestamp", "last_updated_timestamp"]
orders = st.lists(st.tuples(st.sampled_from(KEYS), st.booleans()), max_size=3, unique_by=lambda key: key[0])


def _sorted(rows: list[Row], order: list[tuple[str, bool]]) -> list[str]:
    keys = list(order) or [("last_updated_timestamp", True)]
    keys += [tie for tie in (("name", False), ("version_number", True)) if tie[0] not in dict(keys)]
    for key, descending in reversed(keys):
        rows = sorted(rows, key=lambda row: row.attributes[key], reverse=descending)
    return [f"{row.name}/{row.number}" for row in rows]


def _found(world: World, text: str, order_by: list[str], size: int) -> list[str]:
    found, token = [], ""
    with world.engine.connect().execution_options(reading=True) as connection, Session(connection) as session:
        for _ in range(100):
            page = finding.versions(session, text, order_by, size=size, token=token, by=world.by)
            assert len(page.found) <= size
            found += [f"{each.name}/{each.number}" for each in page.found]
            token = page.next_token
            if not token:
                return found
    raise AssertionError("the pages do not end")


@given(st.lists(comparisons, max_size=4), orders, st.sampled_from([1, 4, 7, 1000]))
@settings(max_examples=300, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_finds_what_a_naive_search_finds(
    world: World, wanted: list[Comparison], order: list[tuple[str, bool]], size: int
) -> None:
    text = " AND ".join(map(_written, wanted))
    order_by = [f"{key} {'DESC' if descending else 'ASC'}" for key, descending in order]
    expected = [row for row in world.rows if all(_holds(row, comparison) for comparison in wanted)]
    assert _found(world, text, order_by, size) == _sorted(expected, order)
