"""What was registered before there was a graph is in it afterwards."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from assent import migrations
from support.former import migrated_to

PRINCIPAL = (
    "INSERT INTO principals (id, name, kind, is_administrator, created_at) VALUES (1, 'alice', 'user', false, 1)"
)
MODEL = """
INSERT INTO registered_models (id, name, description, created_at, created_by_id, last_updated_at, last_updated_by_id,
    last_number, revision)
VALUES (:id, :name, '', 1, 1, 1, 1, 1, 1)
"""
NAME = """
INSERT INTO model_names (model_id, name, valid_from, valid_until, named_by_id) VALUES (:id, :name, :at, :until, 1)
"""
VERSION = """
INSERT INTO model_versions (id, model_id, model_name, number, created_at, created_by_id, last_updated_at,
    last_updated_by_id, description, stage, source, download_uri, run_id, run_link, logged_model_id, revision,
    deleted_with_model)
VALUES (:id, :model, :name, :number, :at, 1, :at, 1, '', 'None', :source, '', :run, '', :logged, 1, false)
"""
EDGES = "SELECT source, target, type, through FROM lineage_edges ORDER BY target, source"


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database as the release before left it: a version of a run, and copies of it under two names of its model."""
    with migrated_to("0003", request, tmp_path_factory) as engine:
        with engine.begin() as connection:
            connection.execute(text(PRINCIPAL))
            for number, name in ((1, "new"), (2, "copies")):
                connection.execute(text(MODEL), {"id": number, "name": name})
            names = (("old 7", 1, 1, 10), ("new", 1, 10, None), ("old 7", 3, 20, None), ("copies", 2, 1, None))
            connection.execute(text(MODEL), {"id": 3, "name": "old 7"})
            for name, model, at, until in names:
                connection.execute(text(NAME), {"id": model, "name": name, "at": at, "until": until})
            versions = (
                (1, 1, "new", 1, 1, "s3://bucket/7", "4f2c", ""),
                (2, 2, "copies", 1, 5, "models:/old 7/1", "4f2c", ""),
                (3, 2, "copies", 2, 15, "models:/new/1", "", "m-1"),
                (4, 2, "copies", 3, 15, "models:/old 7/1", "", ""),
            )
            keys = ("id", "model", "name", "number", "at", "source", "run", "logged")
            for version in versions:
                connection.execute(text(VERSION), dict(zip(keys, version, strict=True)))
        yield engine


def test_runs_logged_models_and_copies_become_edges(old: Engine) -> None:
    migrations.upgrade(old)
    with old.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(EDGES))]
        waiting = [tuple(row) for row in connection.execute(text("SELECT version_id, state FROM run_captures"))]
    told = [
        ("run:4f2c", "version:1", "registered"),
        ("run:4f2c", "version:2", "registered"),
        ("version:1", "version:2", "copied"),
        ("logged_model:m-1", "version:3", "registered"),
        ("version:1", "version:3", "copied"),
    ]
    assert found == [(*edge, "registration") for edge in told]
    assert sorted(waiting) == [(1, "pending"), (2, "pending"), (3, "pending")]
