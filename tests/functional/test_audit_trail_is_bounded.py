"""What an answer from a long audit log takes: indexes, few statements, and little memory."""

import re
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from assent.access.policy.levels import Level
from assent.access.policy.principals import Principal
from assent.access.policy.reach import ByName, Reach
from assent.audit.actions import Action, Outcome
from assent.audit.queries import EVENTS, Asked, Cut, Order, Position
from assent.database import reading
from assent.http import exports
from assent.registry import trail
from support.databases import TEST, PostgresDatabases, SqliteDatabases, engine_for
from support.filling import BEGAN, fill

EVENTS_IN_ALL = 20_000
ROOT = Principal(1, "root", is_administrator=True)
RITA = Principal(2, "rita", reach=Reach([ByName(Level.CAN_READ, "model 1*")]))
MIDDLE = Position(BEGAN + EVENTS_IN_ALL // 2, 1)

QUESTIONS: list[dict[str, Any]] = [
    {},
    {"model": "model 17"},
    {"model": "model 17", "version": 3},
    {"actor": "alice"},
    {"action": "alias.set"},
    {"action": "model_version.*"},
    {"outcome": Outcome.REFUSED},
    {"subject_kind": "registered_model", "subject": "model 17"},
    {"subject_kind": "user", "subject": "bob"},
    {"request_id": "request 17"},
    {"since": BEGAN + 5_000, "until": BEGAN + 6_000},
    {"text": "needle"},
    {"model": "model 17", "text": "needle", "face": "api"},
    {"address": "10.0.0.1"},
]


@pytest.fixture(scope="module")
def filled(databases: SqliteDatabases | PostgresDatabases) -> Iterator[Engine]:
    """A log of some length, whose statistics the planner knows."""
    with databases.copy() as url:
        engine = engine_for(url)
        fill(engine, models=100, versions=2)
        with engine.begin() as connection:
            connection.execute(EVENTS.insert(), [_event(number) for number in range(EVENTS_IN_ALL)])
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        yield engine
        engine.dispose()


def _event(number: int) -> dict[str, Any]:
    refused = number % 50 == 0
    return {
        "at": BEGAN + number,
        "action": Action.ACCESS_DENIED if refused else [Action.ALIAS_SET, Action.VERSION_UPDATED][number % 2],
        "outcome": Outcome.REFUSED if refused else Outcome.DONE,
        "actor_id": 1 + number % 7,
        "actor": "somebody",
        "subject_kind": "registered_model",
        "subject": f"model {1 + number % 100}",
        "model_id": None if refused else 1 + number % 100,
        "version": None if refused else 1 + number % 5,
        "details": {"before": {"description": "x" * 100}, "after": {"description": "y" * 100}},
        "face": "mlflow",
        "address": "10.0.0.7",
        "request_id": f"request {number}",
    }


def _statements(engine: Engine, by: Principal, asked: dict[str, Any], cut: Cut, size: int) -> list[tuple[str, Any]]:
    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        seen.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    with reading(engine, TEST, by=by) as session:
        trail.page(session, trail.question(session, Asked(**asked), by=by), cut, size=size, by=by)
    event.remove(engine, "before_cursor_execute", note)
    return seen


@pytest.mark.parametrize("asked", QUESTIONS, ids=str)
@pytest.mark.parametrize("by", [ROOT, RITA], ids=["root", "rita"])
@pytest.mark.parametrize("cut", [Cut(Order.NEWEST), Cut(Order.OLDEST, MIDDLE)], ids=["first", "middle"])
def test_no_question_reads_the_whole_log(filled: Engine, asked: dict[str, Any], by: Principal, cut: Cut) -> None:
    with filled.connect().execution_options(reading=True) as connection:
        for statement, values in _statements(filled, by, asked, cut, 100):
            explain = "EXPLAIN QUERY PLAN" if filled.dialect.name == "sqlite" else "EXPLAIN"
            rows = connection.exec_driver_sql(f"{explain} {statement}", values)
            plan = "\n".join(str(row[-1]) for row in rows)
            assert not re.search(r"Seq Scan on audit_events|^SCAN audit_events$", plan, re.MULTILINE), plan


@pytest.mark.parametrize("asked", QUESTIONS, ids=str)
@pytest.mark.parametrize("by", [ROOT, RITA], ids=["root", "rita"])
def test_a_page_takes_as_few_statements_however_long_it_is(
    filled: Engine, asked: dict[str, Any], by: Principal
) -> None:
    counts = [len(_statements(filled, by, asked, Cut(Order.NEWEST), size)) for size in (1, 10, 1000)]
    assert max(counts) <= 7


def test_a_page_by_model_is_three_statements(filled: Engine) -> None:
    # The model's id, its names, the page.
    assert len(_statements(filled, ROOT, {"model": "model 17"}, Cut(Order.NEWEST), 10)) == 3


def _peak(engine: Engine, written_as: str, until: int) -> int:
    """The most memory that an export takes, in bytes."""
    with reading(engine, TEST, by=ROOT) as session:
        question = trail.question(session, Asked(until=until), by=ROOT)
    pages = trail.every(lambda: reading(engine, TEST, by=ROOT), question, Cut(Order.OLDEST), by=ROOT)
    tracemalloc.start()
    written = sum(chunk.count(b"\n") for chunk in exports.lines(written_as, pages, with_header=False))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert written >= until - BEGAN
    return peak


@pytest.mark.parametrize("written_as", sorted(exports.MEDIA_TYPES))
def test_an_export_of_ten_times_as_much_takes_no_more_memory(filled: Engine, written_as: str) -> None:
    # Once for what is remembered from the first time on.
    _peak(filled, written_as, BEGAN + 2_000)
    ratio = _peak(filled, written_as, BEGAN + EVENTS_IN_ALL) / _peak(filled, written_as, BEGAN + 2_000)
    assert ratio < 1.3
