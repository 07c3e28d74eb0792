"""What the registration of a version says of where it comes from is kept as edges of the graph, by the database."""

import pytest
from flask import Flask
from sqlalchemy import text

from assent.database import db
from assent.lineage.graph import nodes
from support.calling import Caller

EDGES = "SELECT source, target, type FROM lineage_edges WHERE withdrawn_at IS NULL ORDER BY id"
CAPTURES = "SELECT version_id, state FROM run_captures ORDER BY version_id"


def _rows(app: Flask, query: str) -> list[tuple[object, ...]]:
    with app.app_context(), db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_a_run_made_the_version(app: Flask, call: Caller) -> None:
    call.model()
    call.version(run_id="4f2c")
    assert _rows(app, EDGES) == [("run:4f2c", "version:1", "registered")]


def test_a_logged_model_became_the_version(app: Flask, call: Caller) -> None:
    call.model()
    source = f"models:/m-{'1' * 32}"
    call.version(source=source)
    assert _rows(app, EDGES) == [(f"logged_model:m-{'1' * 32}", "version:1", "registered")]


def test_a_copy_comes_from_its_original(app: Flask, call: Caller) -> None:
    call.model()
    call.version(run_id="4f2c")
    call.model("copies")
    call.version("copies", source="models:/m/1")
    copied = ("version:1", "version:2", "copied")
    assert set(_rows(app, EDGES)[1:]) == {("run:4f2c", "version:2", "registered"), copied}


def test_a_version_of_a_run_waits_for_its_facts(app: Flask, call: Caller) -> None:
    call.model()
    call.version(run_id="4f2c")
    call.version()
    assert _rows(app, CAPTURES) == [(1, "pending")]


def test_a_run_that_is_found_later_made_the_version(app: Flask, call: Caller) -> None:
    call.model()
    call.version(source=f"models:/m-{'1' * 32}")
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE model_versions SET run_id = '4f2c'"))
    assert ("run:4f2c", "version:1", "registered") in _rows(app, EDGES)
    assert len(_rows(app, EDGES)) == 2
    assert len(_rows(app, CAPTURES)) == 1


@pytest.mark.parametrize("query", [EDGES, CAPTURES])
def test_a_version_without_an_origin_has_none(app: Flask, call: Caller, query: str) -> None:
    call.model()
    call.version()
    assert _rows(app, query) == []


@pytest.mark.parametrize("source", ["runs:/4f2c/model", "RUNS:/4f2c/model", "runs://databricks/4f2c/model"])
def test_a_run_is_found_in_every_source_that_clients_read(app: Flask, call: Caller, source: str) -> None:
    call.model()
    call.version(source=source)
    assert _rows(app, EDGES) == [("run:4f2c", "version:1", "registered")]


def test_a_logged_model_with_the_longest_id_is_one_node(app: Flask, call: Caller) -> None:
    call.model()
    found = f"m-{'1' * 254}"
    call.version(source=f"models:/{found}")
    assert _rows(app, EDGES) == [(nodes.logged_model(found), "version:1", "registered")]


def test_a_logged_model_with_a_longer_id_is_refused(call: Caller) -> None:
    call.model()
    _, code, message = call.refused("POST", "/model-versions/create", name="m", source=f"models:/m-{'1' * 255}")
    assert (code, "256" in message) == ("INVALID_PARAMETER_VALUE", True)


def test_a_longer_id_of_a_former_release_keeps_its_version(app: Flask, call: Caller) -> None:
    call.model()
    call.version()
    columns = (
        "model_id, model_name, created_at, created_by_id, last_updated_at, last_updated_by_id, source, download_uri"
    )
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            text(
                f"INSERT INTO model_versions ({columns}, number, description, stage, run_id, run_link, "  # noqa: S608 (names of columns, no input)
                "logged_model_id, revision, deleted_with_model) "
                f"SELECT {columns}, 2, '', 'None', '', '', '{'m' * 490}', 1, false FROM model_versions"
            )
        )
    assert _rows(app, EDGES) == []
