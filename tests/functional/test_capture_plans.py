"""What the worker and readers ask of captures walks an index, however many versions there are."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.lineage.runs import captures, snapshots
from support.databases import PostgresDatabases, SqliteDatabases, engine_for
from support.filling import fill
from support.plans import plans, whole_tables

Ask = Callable[[Session, Principal], object]


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


@pytest.mark.parametrize(
    "ask",
    [
        lambda session, _by: captures.due(session),
        lambda session, _by: snapshots.essentials(session, [1, 2, 3]),
        lambda session, _by: snapshots.of(session, 1),
    ],
    ids=["due", "essentials", "of"],
)
def test_captures_are_found_by_an_index(filled: Engine, ask: Ask) -> None:
    for plan in plans(filled, ask):
        assert whole_tables(plan, "(run_|model_|principals)") == [], plan


def test_what_is_due_is_found_among_what_waits(filled: Engine) -> None:
    claim, *_ = plans(filled, lambda session, _by: captures.due(session))
    assert "ix_run_captures_waiting" in claim
