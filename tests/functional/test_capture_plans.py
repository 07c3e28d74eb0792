"""What the worker and readers ask of captures walks an index, however many versions there are."""

import re
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from assent.lineage.runs import captures, snapshots
from support.databases import PostgresDatabases, SqliteDatabases, engine_for
from support.filling import fill

Ask = Callable[[Session], object]


@pytest.fixture(scope="module")
def filled(databases: SqliteDatabases | PostgresDatabases) -> Iterator[Engine]:
    """A registry of 4,000 versions, of which a few wait, and whose statistics the planner knows."""
    with databases.copy() as url:
        engine = engine_for(url)
        fill(engine, models=200, versions=20)
        with engine.begin() as connection:
            done = "UPDATE run_captures SET state = 'captured', next_attempt_at = NULL WHERE version_id > 25"
            connection.execute(text(done))
            connection.execute(text("ANALYZE"))
        yield engine
        engine.dispose()


def _plans(engine: Engine, ask: Ask) -> Iterator[str]:
    """What the database says it will do for each statement."""
    seen: list[tuple[str, object]] = []

    def _note(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append((statement, values))

    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with Session(engine) as session:
        event.listen(engine, "before_cursor_execute", _note)
        ask(session)
        event.remove(engine, "before_cursor_execute", _note)
        for statement, values in seen:
            rows = session.connection().exec_driver_sql(f"{explain} {statement}", values)  # type: ignore[arg-type]
            yield "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize(
    "ask",
    [
        captures.due,
        lambda session: snapshots.counting(session, [1, 2, 3]),
        lambda session: snapshots.of(session, 1),
    ],
    ids=["due", "counting", "of"],
)
def test_captures_are_found_by_an_index(filled: Engine, ask: Ask) -> None:
    for plan in _plans(filled, ask):
        assert not re.search(r"Seq Scan on|^SCAN (run_|model_|principals)\w*$", plan, re.MULTILINE), plan


def test_what_is_due_is_found_among_what_waits(filled: Engine) -> None:
    claim = next(_plans(filled, captures.due))
    assert "ix_run_captures_waiting" in claim
