"""Facts of a run are pushed with a registration, kept for ever, and read with their digest."""

import json
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from assent.database import db
from assent.lineage.runs import canonical, facts
from support import runs
from support.calling import API, Caller
from support.databases import PostgresDatabases, SqliteDatabases
from support.serving import serving

VERSION = "/models/m/versions/1"
SNAPSHOT = f"{VERSION}/snapshot"
DIGEST: dict[str, Any] = {"digest": f"sha256:{'ab' * 32}", "files": 7, "bytes": 12_154}
EVENTS = "SELECT action, actor FROM audit_events WHERE action LIKE 'model_version.%' ORDER BY id"


def told(**changed: Any) -> dict[str, Any]:
    return facts.of(runs.run(), runs.logged_model(), runs.MLMODEL, runs.REQUIREMENTS) | changed


def rows(app: Flask, query: str) -> list[tuple[Any, ...]]:
    with app.app_context(), db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


@pytest.fixture
def registered(call: Caller) -> Caller:
    """A version of a logged model, as current clients register one: without a run."""
    call.model()
    call.version(source=f"models:/{runs.LOGGED_MODEL}", model_id=runs.LOGGED_MODEL)
    return call


def push(call: Caller, status: int = 200, **fields: Any) -> dict[str, Any]:
    return call.api("PUT", SNAPSHOT, status=status, **{"facts": told(), **fields})


def refusal(call: Caller, **fields: Any) -> str:
    detail: str = push(call, 400, **fields)["detail"]
    return detail


def test_version_waits_for_its_facts(registered: Caller) -> None:
    found = registered.api("GET", SNAPSHOT)
    assert (found["state"], found["counts"], found["snapshots"]) == ("pending", None, [])


def test_pushed_facts_are_captured(registered: Caller) -> None:
    found = push(registered)
    assert (found["state"], found["counts"]) == ("captured", "pushed")


def test_what_was_pushed_is_read_with_who_pushed_it(registered: Caller) -> None:
    push(registered.by("edith"))
    [snapshot] = registered.api("GET", SNAPSHOT)["snapshots"]
    assert (snapshot["way"], snapshot["taken_by"], snapshot["server"]) == ("pushed", "edith", "")
    assert snapshot["facts"] == told()


def test_digest_is_that_of_the_canonical_facts(registered: Caller) -> None:
    [snapshot] = push(registered)["snapshots"]
    assert snapshot["digest"] == canonical.digest(canonical.written(told()))


def test_facts_are_answered_to_the_byte(registered: Caller) -> None:
    push(registered)
    answer = registered.answer("GET", API + SNAPSHOT).data
    [snapshot] = json.loads(answer)["snapshots"]
    content = answer[answer.index(b'{"code"') : answer.rindex(b"}]}")]
    assert f"sha256:{sha256(content).hexdigest()}" == snapshot["digest"]


def test_numbers_of_any_size_come_back(registered: Caller) -> None:
    large = {"a": {"value": 1e20}, "b": {"value": 5e-324}, "c": {"value": "NaN"}, "d": {"value": -(2**53) + 1}}
    [snapshot] = push(registered, facts=told(metrics=large))["snapshots"]
    assert snapshot["facts"]["metrics"] == large


def test_run_is_found_through_the_push(registered: Caller) -> None:
    push(registered)
    assert registered("GET", "/model-versions/get", name="m", version="1")["model_version"]["run_id"] == runs.RUN


def test_finding_the_run_is_no_update_of_the_version(registered: Caller) -> None:
    before = registered.api("GET", VERSION)["last_updated_at"]
    push(registered)
    assert registered.api("GET", VERSION)["last_updated_at"] == before


def test_version_tells_the_state_and_the_digest(registered: Caller) -> None:
    push(registered, artifact_digest=DIGEST)
    found = registered.api("GET", VERSION)
    assert (found["snapshot"], found["artifact_digest"]) == ("captured", DIGEST["digest"])


def test_version_without_a_run_has_no_state(call: Caller) -> None:
    call.model()
    call.version()
    assert call.api("GET", VERSION)["snapshot"] is None
    assert call.api("GET", SNAPSHOT)["state"] is None


def test_facts_may_be_pushed_for_a_version_that_named_no_run(call: Caller) -> None:
    call.model()
    call.version()
    push(call)
    assert call.api("GET", VERSION)["run_id"] == runs.RUN
    assert call.api("GET", SNAPSHOT)["state"] == "captured"


def test_the_same_again_changes_nothing(app: Flask, registered: Caller) -> None:
    first = push(registered, artifact_digest=DIGEST)
    assert push(registered.by("bob"), artifact_digest=DIGEST) == first
    assert [action for action, _ in rows(app, EVENTS)].count("model_version.snapshot_pushed") == 1


def test_the_same_in_another_order_is_the_same(registered: Caller) -> None:
    first = push(registered)
    assert push(registered, facts=dict(reversed(told().items()))) == first


def test_other_facts_are_refused(registered: Caller) -> None:
    push(registered.by("edith"))
    answer = push(registered, 409, facts=told(params={"C": "2.0"}))
    assert answer["detail"].startswith("Other facts were pushed for version 1 of m, and are kept: sha256:")
    assert "by edith" in answer["detail"]


def test_refused_facts_change_nothing(registered: Caller) -> None:
    first = push(registered)
    push(registered, 409, facts=told(params={"C": "2.0"}), artifact_digest=DIGEST)
    assert registered.api("GET", SNAPSHOT) == first


def test_everything_that_pushed_facts_name_leads_to_their_version_alone(app: Flask, registered: Caller) -> None:
    push(registered)
    assert set(rows(app, "SELECT source, target, type FROM lineage_edges")) == {
        ("dataset:b247ca65:train", "version:1", "input"),
        ("dataset:aca112f6:test", "version:1", "input"),
        (f"commit:{runs.COMMIT}", "version:1", "code"),
        (f"run:{runs.RUN}", "version:1", "registered"),
        (f"logged_model:{runs.LOGGED_MODEL}", "version:1", "registered"),
    }


def test_edges_of_facts_tell_who_stated_them(app: Flask, registered: Caller) -> None:
    push(registered)
    stated = rows(app, "SELECT DISTINCT through, stated_by_id IS NULL FROM lineage_edges WHERE type = 'input'")
    assert [(through, bool(nobody)) for through, nobody in stated] == [("snapshot", False)]


def test_push_and_digest_are_audit_events(app: Flask, registered: Caller) -> None:
    push(registered.by("edith"), artifact_digest=DIGEST)
    assert rows(app, EVENTS)[1:] == [
        ("model_version.digest_given", "edith"),
        ("model_version.snapshot_pushed", "edith"),
    ]


@pytest.mark.parametrize("name", ["rita", "nobody"])
def test_who_may_not_edit_cannot_push(registered: Caller, name: str) -> None:
    status = registered.by(name).answer("PUT", API + SNAPSHOT, json={"facts": told()}).status_code
    assert status == (403 if name == "rita" else 401)


def test_a_refused_push_is_an_audit_event(app: Flask, registered: Caller) -> None:
    registered.by("rita").api("PUT", SNAPSHOT, status=403, facts=told())
    assert rows(app, "SELECT actor, subject FROM audit_events WHERE action = 'access.denied'") == [("rita", "m")]


def test_a_deleted_version_takes_no_facts(registered: Caller) -> None:
    registered("DELETE", "/model-versions/delete", name="m", version="1")
    push(registered, 404)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"facts": None}, "facts:"),
        ({"facts": []}, "facts must be an object."),
        ({"facts": {"schema": "x"}}, 'facts.schema must be "assent.run-snapshot/1".'),
        ({"facts": told(colour=1)}, "facts has a field colour that is unknown"),
        ({"facts": told(params={"a": "\x00"})}, "facts.params.a must not hold a NUL character."),
        ({"facts": told(params={"a": "x" * 100_001})}, "facts.params.a is 100001 characters long"),
        ({"facts": told(run={"id": "other"})}, "The facts are of the run other; version 1 is of "),
        ({"facts": told(model={"id": "m-2"})}, "The facts are of the logged model m-2; version 1 is of m-e5a1"),
        ({"artifact_digest": DIGEST | {"digest": "md5:1"}}, "artifact_digest.digest must be sha256:"),
        ({"artifact_digest": DIGEST | {"files": 0}}, "artifact_digest"),
        ({"artifact_digest": DIGEST | {"bytes": 2**60}}, "artifact_digest"),
        ({"more": 1}, "more: Unknown field."),
    ],
)
def test_malformed_facts_are_refused_with_their_place(
    registered: Caller, changed: dict[str, Any], message: str
) -> None:
    push(registered)
    assert message in refusal(registered, **changed)


def test_half_of_a_surrogate_pair_is_no_json(registered: Caller) -> None:
    body = json.dumps({"facts": told(params={"a": "\ud800"})})
    answer = registered.answer("PUT", API + SNAPSHOT, data=body, content_type="application/json")
    assert answer.status_code == 400


def test_nesting_without_end_is_refused(registered: Caller) -> None:
    deep = '{"facts": {"schema": "assent.run-snapshot/1", "model": {"metadata": ' + "[" * 900 + "]" * 900 + "}}}"
    answer = registered.answer("PUT", API + SNAPSHOT, data=deep, content_type="application/json")
    assert answer.status_code == 400
    assert "nested deeper than 20 levels" in answer.text


def test_huge_facts_are_refused_by_their_size(databases: SqliteDatabases | PostgresDatabases) -> None:
    with databases.copy() as url, serving(url, largest_snapshot=1000) as app:
        call = Caller(app.test_client())
        call.model()
        call.version()
        assert "bytes long; ASSENT_LARGEST_SNAPSHOT allows 1000." in refusal(call)


def test_body_beyond_all_bounds_is_not_read(registered: Caller) -> None:
    body = json.dumps({"facts": told(params={"a": "x" * 5_000_000})})
    answer = registered.answer("PUT", API + SNAPSHOT, data=body, content_type="application/json")
    assert answer.status_code == 413


@pytest.mark.parametrize("statement", ["UPDATE run_snapshots SET digest = 'x'", "DELETE FROM run_snapshots"])
def test_nobody_alters_a_snapshot(app: Flask, registered: Caller, statement: str) -> None:
    push(registered)
    with app.app_context(), db.engine.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text(statement))


def test_an_artifact_digest_can_be_given_alone(registered: Caller) -> None:
    given = registered.by("edith").api("PUT", f"{VERSION}/artifact-digest", **DIGEST)
    assert given.items() >= (DIGEST | {"given_by": "edith"}).items()
    assert registered.api("GET", SNAPSHOT)["artifact_digest"] == given


def test_the_same_digest_again_changes_nothing(registered: Caller) -> None:
    first = registered.by("edith").api("PUT", f"{VERSION}/artifact-digest", **DIGEST)
    assert registered.api("PUT", f"{VERSION}/artifact-digest", **DIGEST) == first


@pytest.mark.parametrize("other", [{"digest": f"sha256:{'0' * 64}"}, {"files": 8}, {"bytes": 1}])
def test_another_digest_is_refused(registered: Caller, other: dict[str, Any]) -> None:
    registered.api("PUT", f"{VERSION}/artifact-digest", **DIGEST)
    answer = registered.api("PUT", f"{VERSION}/artifact-digest", status=409, **(DIGEST | other))
    assert answer["detail"].endswith(f"have another digest, and keep it: {DIGEST['digest']}.")


def test_facts_with_another_digest_are_not_kept(registered: Caller) -> None:
    registered.api("PUT", f"{VERSION}/artifact-digest", **DIGEST)
    push(registered, 409, artifact_digest=DIGEST | {"files": 8})
    assert registered.api("GET", SNAPSHOT)["snapshots"] == []
