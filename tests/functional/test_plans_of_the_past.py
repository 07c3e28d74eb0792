"""Questions to the past walk the index that is made for them, and read no whole table."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from assent.database import unit_of_work
from assent.lineage.past.at import Asked, at
from assent.lineage.past.story import story
from assent.registry.tiers import Tier
from support.databases import TEST, PostgresDatabases, SqliteDatabases, engine_for
from support.filling import BEGAN, fill
from support.plans import plans, whole_tables

THEN = BEGAN + 10_000
TABLES = (
    r"(registered_models|model_versions|model_names|stage_history|aliases|principals|run_snapshots|run_captures|"
    r"audit_events|event|grants)"
)
_EVENTS = """
INSERT INTO audit_events
    (at, action, outcome, actor_id, actor, subject_kind, subject_id, subject, model_id, version, details, face,
     address, request_id)
SELECT created_at, 'model_version.registered', 'done', 1, 'admin', 'model_version', id, model_name, model_id, number,
       '{}', 'mlflow', '', ''
FROM model_versions
"""
_NAMES = """
INSERT INTO model_names (model_id, name, valid_from, named_by_id)
SELECT id, name, created_at, 1 FROM registered_models
"""


@pytest.fixture(scope="module")
def filled(databases: SqliteDatabases | PostgresDatabases) -> Iterator[Engine]:
    """A registry of 1,000 models with 20 versions each, and their events."""
    with databases.copy() as url:
        engine = engine_for(url)
        fill(engine, models=1000, versions=20)
        with unit_of_work(engine, TEST) as session:
            session.execute(text(_NAMES))
            session.execute(text(_EVENTS))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        yield engine
        engine.dispose()


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (Asked(), "ix_stage_history_held"),
        (Asked(stage="Production"), "ix_stage_history_held"),
        (Asked(tier=Tier.PRODUCTION, pattern="model 3*"), "ix_stage_history_held"),
        (Asked(alias="champion"), "ix_aliases_model_id_alias_valid_from|ix_aliases_held"),
        (Asked(alias="champion", model="model 3"), "ix_aliases_model_id_alias_valid_from|ix_aliases_held"),
        (Asked(model="model 3"), "ix_model_names_name_valid_until"),
        (Asked(pattern="model 3*"), "ix_stage_history"),
    ],
    ids=str,
)
def test_how_things_stood_is_found_by_index(filled: Engine, asked: Asked, index: str) -> None:
    *_, found, facts = plans(filled, lambda session, by: at(session, THEN, asked, by=by))
    assert not whole_tables(found, TABLES), found
    assert not whole_tables(facts, TABLES), facts
    assert any(name in found for name in index.split("|")), found


def test_a_story_is_found_by_index(filled: Engine) -> None:
    found = plans(filled, lambda session, by: story(session, "model 3", 7, by=by))
    assert not [plan for plan in found if whole_tables(plan, TABLES)], found
    assert "ix_audit_events_version" in found[-1], found[-1]
