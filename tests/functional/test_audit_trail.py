"""Every change and every refusal leaves its event, which nobody can alter."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from assent.audit.events import AuditEvent
from assent.database import db
from support.calling import Caller


@pytest.fixture
def events(app: Flask) -> Any:
    """The events since the people were let in, oldest first."""

    def _read() -> list[AuditEvent]:
        with app.app_context(), db.engine.connect() as connection:
            wanted = select(AuditEvent).where(AuditEvent.face.not_in(("test", "start"))).order_by(AuditEvent.id)
            return list(connection.execute(wanted))  # type: ignore[arg-type]

    return _read


def test_every_change_is_one_event(call: Caller, events: Any) -> None:
    call.model(description="d")
    call.version()
    call("PATCH", "/registered-models/update", name="m", description="e")
    call("PATCH", "/model-versions/update", name="m", version="1", description="e")
    call("POST", "/registered-models/set-tag", name="m", key="k", value="1")
    call("DELETE", "/registered-models/delete-tag", name="m", key="k")
    call("POST", "/model-versions/set-tag", name="m", version="1", key="k", value="1")
    call("DELETE", "/model-versions/delete-tag", name="m", version="1", key="k")
    call.move("1", "Staging")
    call.point("champion", "1")
    call("DELETE", "/registered-models/alias", name="m", alias="champion")
    call("DELETE", "/model-versions/delete", name="m", version="1")
    call.answer("POST", "/api/v1/models/m/versions/1/restore", json={})
    call("POST", "/registered-models/rename", name="m", new_name="n")
    call("DELETE", "/registered-models/delete", name="n")
    call.answer("POST", "/api/v1/deleted-models/1/restore", json={})
    assert [event.action.value for event in events()] == [
        "registered_model.created",
        "model_version.registered",
        "registered_model.updated",
        "model_version.updated",
        "registered_model.tag_set",
        "registered_model.tag_deleted",
        "model_version.tag_set",
        "model_version.tag_deleted",
        "model_version.transitioned",
        "alias.set",
        "alias.deleted",
        "model_version.deleted",
        "model_version.restored",
        "registered_model.renamed",
        "registered_model.deleted",
        "registered_model.restored",
    ]


def test_an_event_tells_who_what_when_and_from_where(call: Caller, events: Any) -> None:
    call.model()
    call.version()
    call.answer(
        "POST",
        "/api/2.0/mlflow/model-versions/transition-stage",
        json={"name": "m", "version": "1", "stage": "Staging"},
        headers={"X-Request-Id": "build-7"},
    )
    event = events()[-1]
    assert (event.actor, event.face, event.address, event.request_id) == ("alice", "mlflow", "127.0.0.1", "build-7")
    assert (event.subject_kind, event.subject, event.version) == ("model_version", "m", 1)
    assert event.details == {"before": {"stage": "None"}, "after": {"stage": "Staging"}}
    assert event.outcome.value == "done"


def test_the_version_that_makes_room_has_an_event_of_its_own(call: Caller, events: Any) -> None:
    call.model()
    for number in ("1", "2"):
        call.version()
        call.move(number, "Production", archive_existing_versions=True)
    archived = events()[-1]
    assert (archived.version, archived.details) == (
        1,
        {"before": {"stage": "Production"}, "after": {"stage": "Archived"}, "archived_for": 2},
    )


def test_what_changes_nothing_leaves_no_event(call: Caller, events: Any) -> None:
    call.model()
    call.version()
    call.point("champion", "1")
    for _ in range(2):
        call("POST", "/model-versions/set-tag", name="m", version="1", key="k", value="v")
        call("POST", "/registered-models/set-tag", name="m", key="k", value="v")
    before = len(events())
    assert before == 5
    call.point("champion", "1")
    call("DELETE", "/registered-models/alias", name="m", alias="nobody")
    call("DELETE", "/model-versions/delete-tag", name="m", version="1", key="nothing")
    assert call.refused("POST", "/registered-models/create", name="m")[0] == 400
    assert len(events()) == before


def test_a_refusal_is_an_event_of_its_own(call: Caller, events: Any) -> None:
    call.model()
    assert call.by("rita").refused("DELETE", "/registered-models/delete", name="m")[0] == 403
    event = events()[-1]
    assert (event.action.value, event.outcome.value) == ("access.denied", "refused")
    assert (event.actor, event.subject, event.details["permission"]) == ("rita", "m", "registered_model:manage")
    assert call.found_models() == ["m"]


def test_a_refused_move_tells_what_was_wanted(call: Caller, events: Any) -> None:
    call.model()
    call.version()
    wanted = {"name": "m", "version": "1", "stage": "Production"}
    call.by("stan").refused("POST", "/model-versions/transition-stage", **wanted)
    assert {"version": 1, "target": "Production"}.items() <= events()[-1].details.items()


def test_what_a_stranger_says_of_himself_is_cut(call: Caller, events: Any) -> None:
    call.client.get("/api/v1/me", auth=("n" * 50_000, "whatever"))
    assert len(events()[-1].subject) == 256


def test_a_refused_sign_in_is_an_event_without_the_password(call: Caller, events: Any) -> None:
    answer = call.client.get("/api/v1/me", auth=("mallory", "hunter2hunter2"))
    assert answer.status_code == 401
    event = events()[-1]
    assert (event.action.value, event.outcome.value, event.subject) == ("sign_in.refused", "refused", "mallory")
    assert "hunter2" not in str(event)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET actor = 'nobody'",
        "DELETE FROM audit_events",
        "UPDATE stage_history SET stage = 'Production' WHERE valid_until IS NOT NULL",
        "UPDATE stage_history SET valid_from = 0",
        "UPDATE stage_history SET stage = 'Production' WHERE valid_until IS NULL",
        "UPDATE aliases SET version_id = 1",
        "DELETE FROM stage_history",
        "UPDATE aliases SET version_id = 1, valid_from = 1",
        "DELETE FROM aliases",
        "DELETE FROM model_names",
    ],
)
def test_the_database_lets_nobody_alter_the_past(app: Flask, call: Caller, statement: str) -> None:
    call.model()
    call.version()
    call.move("1", "Staging")
    call.point("champion", "1")
    with app.app_context(), db.engine.connect() as connection, pytest.raises(DBAPIError, match="keeps the past"):
        connection.execute(text(statement))


@pytest.mark.parametrize("table", ["audit_events", "stage_history", "aliases", "model_names"])
def test_sqlite_lets_nobody_replace_the_past(sqlite_app: Flask, sqlite_call: Caller, table: str) -> None:
    sqlite_call.model()
    sqlite_call.version()
    sqlite_call.point("champion", "1")
    replaced = text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608
    with sqlite_app.app_context(), db.engine.connect() as connection, pytest.raises(DBAPIError, match="REPLACE"):
        connection.execute(replaced)


def test_postgresql_lets_nobody_empty_the_log(postgres_app: Flask) -> None:
    with (
        postgres_app.app_context(),
        db.engine.connect() as connection,
        pytest.raises(DBAPIError, match="keeps the past"),
    ):
        connection.execute(text("TRUNCATE audit_events"))


def test_a_stage_cannot_change_without_a_trace(app: Flask, call: Caller) -> None:
    call.model()
    call.version()
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("UPDATE model_versions SET stage = 'Production', last_updated_at = 2000000000000"))
        stages = connection.execute(text("SELECT stage, valid_from FROM stage_history ORDER BY id")).all()
        connection.rollback()
    assert stages[-1] == ("Production", 2000000000000)
