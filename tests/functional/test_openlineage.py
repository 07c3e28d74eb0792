"""OpenLineage events come in where clients of the standard send them, and go out for every version."""

import gzip
from typing import Any

import orjson
import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from sqlalchemy import select, text

from assent.access.credentials import tokens
from assent.access.granting import grants
from assent.access.granting.grants import Place
from assent.access.people import accounts
from assent.access.policy.levels import Level
from assent.access.policy.limits import limits
from assent.access.policy.principals import SYSTEM
from assent.audit.events import AuditEvent
from assent.database import db, unit_of_work
from support.calling import API, Caller
from support.databases import ADMINISTRATOR, TEST
from support.openlineage import RUN_EVENT

RUN_ID = "0123456789ab4def8123456789abcdef"
DASHED = "01234567-89ab-4def-8123-456789abcdef"
EDGES = "SELECT source, target, type FROM lineage_edges WHERE withdrawn_at IS NULL AND through = 'openlineage'"
ORDERS = "dataset:42:s3://bucket/orders"
FACTS: dict[str, Any] = {
    "schema": "assent.run-snapshot/1",
    "run": {"id": RUN_ID, "user": "ada", "experiment_name": "fraud", "ended_at": 1795435731235},
    "datasets": [
        {
            "name": "train",
            "digest": "5ad6e8ce",
            "schema": {"mlflow_colspec": [{"type": "double", "name": "amount", "required": True}, {"type": "long"}]},
            "context": "training",
        }
    ],
    "code": {"commit": "97830ba29261f02d3337cd4588720b62ca959b68", "repository": "https://git.example.com/fraud"},
}


def _dataset(name: str, version: str | None = None) -> dict[str, Any]:
    facets = {"version": {"datasetVersion": version}} if version else {}
    return {"namespace": "s3://bucket", "name": name, "facets": facets}


def _event(run_id: str = DASHED, **more: Any) -> dict[str, Any]:
    return {
        "eventType": "COMPLETE",
        "eventTime": "2026-11-23T12:00:00Z",
        "producer": "urn:example",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": run_id},
        "job": {"namespace": "airflow", "name": "features"},
        **more,
    }


def _send(call: Caller, event: Any, status: int = 200) -> dict[str, Any]:
    answer = call.answer("POST", f"{API}/lineage", json=event)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json or {}
    return found


def _rows(app: Flask, query: str) -> list[tuple[Any, ...]]:
    with app.app_context(), db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _somebody(app: Flask, level: Level, on: Place, **limited: Any) -> dict[str, str]:
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        account = accounts.create(session, "pipeline", by=SYSTEM)
        grants.put(session, account, level, on=on, by=SYSTEM)
        secret = tokens.create(session, account, by=SYSTEM, limits=limits(**limited)).secret
        return {"Authorization": f"Bearer {secret}"}


def test_what_an_event_says_of_a_run_is_in_the_graph(app: Flask, call: Caller) -> None:
    job = {
        "namespace": "airflow",
        "name": "features",
        "facets": {"sourceCodeLocation": {"type": "git", "url": "https://x", "version": "abcdef0123"}},
    }
    event = _event(inputs=[_dataset("orders", "42")], outputs=[_dataset("features", "7")], job=job)
    assert _send(call, event)["left_out"] == []
    assert set(_rows(app, EDGES)) == {
        (ORDERS, f"run:{RUN_ID}", "input"),
        (f"run:{RUN_ID}", "dataset:7:s3://bucket/features", "output"),
        ("commit:abcdef0123", f"run:{RUN_ID}", "code"),
    }


def test_the_data_of_a_pipeline_meets_the_model_that_was_made_of_it(call: Caller) -> None:
    call.model()
    call.version(run_id=RUN_ID)
    other = "11111111-89ab-4def-8123-456789abcdef"
    _send(call, _event(other, inputs=[_dataset("raw", "1")], outputs=[_dataset("orders", "42")]))
    _send(call, _event(inputs=[_dataset("orders", "42")]))
    found = call.api("GET", "/lineage/made-from", of="dataset:1:s3://bucket/raw")["versions"]
    assert [(each["model"], each["depth"]) for each in found] == [("m", 4)]


def test_the_event_is_kept_whole(app: Flask, call: Caller) -> None:
    event = _event(inputs=[_dataset("orders")], unheard_of={"b": [1, 2**60], "a": "\x00é"})
    digest = _send(call, event)["digest"]
    ((kept, known, run_id),) = _rows(app, "SELECT content, digest, run_id FROM openlineage_events")
    assert orjson.loads(kept) == event
    assert (known, run_id) == (digest, RUN_ID)


def test_the_same_event_again_changes_nothing(app: Flask, call: Caller) -> None:
    first = _send(call, _event(inputs=[_dataset("orders", "42")]))
    again = _send(call, dict(reversed(_event(inputs=[_dataset("orders", "42")]).items())))
    assert (first["known"], again["known"]) == (False, True)
    assert again["digest"] == first["digest"]
    assert _rows(app, "SELECT count(*) FROM openlineage_events") == [(1,)]


def test_an_event_is_told_to_the_audit_log_once(app: Flask, call: Caller) -> None:
    for _ in range(2):
        _send(call, _event(inputs=[_dataset("orders", "42")]))
    columns = select(AuditEvent.subject, AuditEvent.actor, AuditEvent.details)
    about = AuditEvent.action == "openlineage_event.accepted"
    with app.app_context(), db.engine.connect() as connection:
        ((subject, actor, details),) = connection.execute(columns.where(about)).all()
    assert (subject, actor, details["edges"]) == ("airflow/features", "alice", 1)


def test_what_would_close_a_circle_is_left_out_and_named(app: Flask, call: Caller) -> None:
    both: dict[str, Any] = {
        "inputs": [_dataset("orders", "42")],
        "outputs": [_dataset("orders", "42"), _dataset("features", "7")],
    }
    left_out = _send(call, _event(**both))["left_out"]
    assert left_out == [{"source": f"run:{RUN_ID}", "target": ORDERS, "type": "output"}]
    assert len(_rows(app, EDGES)) == 2


@pytest.mark.parametrize(
    "about",
    [{"dataset": _dataset("orders")}, {"job": {"namespace": "a", "name": "b"}, "inputs": [_dataset("orders")]}],
)
def test_events_of_no_run_are_kept_and_make_no_edge(app: Flask, call: Caller, about: dict[str, Any]) -> None:
    base = {name: _event()[name] for name in ("eventTime", "producer", "schemaURL")}
    assert _send(call, base | about)["known"] is False
    assert _rows(app, EDGES) == []
    assert len(_rows(app, "SELECT id FROM openlineage_events")) == 1


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (_event("no uuid"), "run.runId must be a UUID"),
        ({}, "eventTime is missing"),
        (_event(inputs=[_dataset("x" * 5001)]), "inputs[0].name is 5001 characters long"),
        (_event(facets={"of": "x" * 1024 * 1024}), "bytes long; 1048576 are the most"),
    ],
)
def test_what_is_wrong_is_told(call: Caller, event: Any, told: str) -> None:
    assert told in _send(call, event, status=400)["detail"]


@pytest.mark.parametrize(
    "body", ["[]", "1", "null", '"event"', "[" * 500 + "]" * 500, '{"a":' * 400 + "1" + "}" * 400]
)
def test_what_is_no_event_is_refused(call: Caller, body: str) -> None:
    answer = call.answer("POST", f"{API}/lineage", data=body, content_type="application/json")
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize(
    ("packed", "encoding", "status"),
    [
        (gzip.compress(orjson.dumps(_event())), "gzip", 200),
        (orjson.dumps(_event()), "identity", 200),
        (orjson.dumps(_event()), "gzip", 400),
        (gzip.compress(orjson.dumps(_event()))[:-9], "gzip", 400),
        (gzip.compress(orjson.dumps(_event())) + b"more", "gzip", 400),
        (gzip.compress(orjson.dumps(_event())), "br", 400),
        (gzip.compress(b" " * 5_000_000), "gzip", 413),
    ],
)
def test_an_event_may_come_packed(sqlite_call: Caller, packed: bytes, encoding: str, status: int) -> None:
    sent = {"data": packed, "content_type": "application/json", "headers": {"Content-Encoding": encoding}}
    assert sqlite_call.answer("POST", f"{API}/lineage", **sent).status_code == status


def test_an_event_that_is_nested_too_deep_is_refused(call: Caller) -> None:
    nested: dict[str, Any] = {}
    for _ in range(300):
        nested = {"a": nested}
    assert (
        "cannot be kept" in _send(call, _event(run={"runId": DASHED, "facets": {"x": nested}}), status=400)["detail"]
    )


@pytest.mark.parametrize(
    ("level", "on", "limited", "status"),
    [
        (Level.CAN_EDIT, Place(), {}, 200),
        (Level.CAN_EDIT, Place(), {"scopes": ["register"]}, 200),
        (Level.CAN_EDIT, Place(), {"scopes": ["read"]}, 403),
        (Level.CAN_EDIT, Place(), {"scopes": ["report"]}, 403),
        (Level.CAN_EDIT, Place(), {"pattern": "*"}, 403),
        (Level.CAN_MANAGE, Place(pattern="*"), {}, 403),
        (Level.CAN_READ, Place(), {}, 403),
        (Level.CAN_AUDIT, Place(), {}, 403),
    ],
)
def test_who_declares_lineage_everywhere_may_send_events(
    app: Flask, level: Level, on: Place, limited: dict[str, Any], status: int
) -> None:
    headers = _somebody(app, level, on, **limited)
    answer = app.test_client().post(f"{API}/lineage", json=_event(), headers=headers)
    assert answer.status_code == status, answer.text


class TestTelling:
    """The event of a version."""

    @pytest.fixture
    def captured(self, call: Caller) -> Caller:
        call.model()
        call.version(run_id=RUN_ID, description="Finds fraud.")
        call.api("PUT", "/models/m/versions/1/snapshot", facts=FACTS)
        return call

    def test_it_is_a_run_event_of_the_standard(self, captured: Caller) -> None:
        Draft202012Validator(RUN_EVENT).validate(_told(captured))

    def test_it_has_the_run_as_a_uuid(self, captured: Caller) -> None:
        event = _told(captured)
        assert event["run"]["runId"] == DASHED
        assert (event["eventType"], event["eventTime"]) == ("COMPLETE", "2026-11-23T12:08:51.235Z")
        assert event["run"]["facets"]["assent_run"]["user"] == "ada"

    def test_it_has_the_code(self, captured: Caller) -> None:
        job = _told(captured)["job"]
        assert (job["namespace"], job["name"]) == ("mlflow", "fraud")
        location = job["facets"]["sourceCodeLocation"]
        assert (location["url"], location["version"]) == ("https://git.example.com/fraud", FACTS["code"]["commit"])

    def test_it_has_what_went_in_with_its_schema(self, captured: Caller) -> None:
        (went_in,) = _told(captured)["inputs"]
        assert (went_in["namespace"], went_in["name"]) == ("assent", "train")
        assert went_in["facets"]["version"]["datasetVersion"] == "5ad6e8ce"
        assert went_in["facets"]["schema"]["fields"] == [{"name": "amount", "type": "double"}]

    def test_it_has_what_other_events_said_went_in(self, captured: Caller) -> None:
        _send(captured, _event(inputs=[_dataset("orders", "42")]))
        assert [each["name"] for each in _told(captured)["inputs"]] == ["train", "s3://bucket/orders"]

    def test_it_has_the_version_as_what_came_out(self, captured: Caller) -> None:
        (came_out,) = _told(captured)["outputs"]
        assert (came_out["namespace"], came_out["name"]) == ("assent", "models:/m")
        assert came_out["facets"]["version"]["datasetVersion"] == "1"
        assert came_out["facets"]["documentation"]["description"] == "Finds fraud."

    def test_what_is_told_comes_back_as_what_is_known(self, app: Flask, captured: Caller) -> None:
        nodes = "SELECT source FROM lineage_edges UNION SELECT target FROM lineage_edges ORDER BY 1"
        before = _rows(app, nodes)
        assert _send(captured.by(ADMINISTRATOR), _told(captured))["left_out"] == []
        assert _rows(app, nodes) == before

    @pytest.mark.parametrize("run_id", ["", "4f2c"])
    def test_a_version_of_no_run_or_of_another_kind_of_one_has_an_event(self, call: Caller, run_id: str) -> None:
        call.model()
        call.version(run_id=run_id)
        event = _told(call)
        Draft202012Validator(RUN_EVENT).validate(event)
        assert event["run"]["runId"] == _told(call)["run"]["runId"]

    def test_of_what_one_may_not_read_nothing_is_told(self, captured: Caller) -> None:
        captured.api("GET", "/models/m/versions/2/openlineage", status=404)
        captured.api("GET", "/models/other/versions/1/openlineage", status=404)


def _told(call: Caller) -> dict[str, Any]:
    return call.api("GET", "/models/m/versions/1/openlineage")
