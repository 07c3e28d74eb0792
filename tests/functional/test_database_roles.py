"""The service under a role of PostgreSQL's that owns no table: with the rights that the guide says, and no more."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from assent import migrations
from assent.lineage.runs import facts
from support import runs
from support.calling import Caller
from support.databases import ADMINISTRATOR, engine_for, prepare
from support.gating import asked, gate, govern
from support.postgres import Postgres
from support.serving import serving

GUIDE = Path(__file__).parents[2] / "docs" / "operation.md"
DATABASE = "roles"
DIGEST = {"digest": f"sha256:{'ab' * 32}", "files": 7, "bytes": 12_154}
EVENT: dict[str, Any] = {
    "eventType": "COMPLETE",
    "eventTime": "2026-11-23T12:00:00Z",
    "producer": "urn:example",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    "run": {"runId": "01234567-89ab-4def-8123-456789abcdef"},
    "job": {"namespace": "airflow", "name": "features"},
}
# Of the first version: it is registered, stands somewhere, comes from something, is served, recalled and renamed.
TOLD = [
    "model_version.registered",
    "model_version.tag_set",
    "model_version.tag_deleted",
    "model_version.transitioned",
    "alias.set",
    "model_version.transitioned",
    "alias.set",
    "model_version.digest_given",
    "model_version.snapshot_pushed",
    "model_version.parent_declared",
    "model_version.parent_withdrawn",
    "model_version.served",
    "model_version.no_longer_served",
    "check.posted",
    "transition_request.opened",
    "transition_request.approved",
    "model_version.transitioned",
    "transition_request.applied",
    "lineage_node.recalled",
    "lineage_node.recall_lifted",
    "registered_model.renamed",
]
ALTERATIONS = (
    "UPDATE audit_events SET actor = 'nobody'",
    "DELETE FROM run_snapshots",
    "DELETE FROM lineage_edges",
    "DELETE FROM decisions",
    "UPDATE comment_revisions SET body = ''",
    "DELETE FROM rule_revisions",
    "TRUNCATE stage_history",
    "ALTER TABLE recalls DISABLE TRIGGER ALL",
    "DROP TRIGGER never_deleted ON lineage_edges",
    "CREATE OR REPLACE FUNCTION refuse_to_alter_the_past() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
    "SET session_replication_role = replica",
)


@pytest.fixture(scope="module")
def service(postgres: Postgres) -> Iterator[str]:
    """The URL for a role that was let in before the last upgrade."""
    before, after = re.findall(r"```sql\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    postgres.create_database(DATABASE)
    _say(postgres.url(DATABASE), "CREATE ROLE assent LOGIN; CREATE ROLE assent_service LOGIN")
    _say(postgres.url(DATABASE), f"ALTER DATABASE {DATABASE} OWNER TO assent")
    owner, served = (
        make_url(postgres.url(DATABASE)).set(username=name).render_as_string()
        for name in ("assent", "assent_service")
    )
    engine = engine_for(owner)
    migrations.upgrade(engine, to="0003")
    engine.dispose()
    _say(owner, before)
    prepare(owner)
    _say(owner, after)
    yield served
    postgres.drop_database(DATABASE)
    _say(postgres.url(), "DROP ROLE assent; DROP ROLE assent_service")


def _say(url: str, statements: str) -> None:
    engine = engine_for(url)
    with engine.begin() as connection:
        connection.execute(text(statements))
    engine.dispose()


def test_the_service_does_what_it_does(service: str) -> None:
    with serving(service) as app:
        call = Caller(app.test_client())
        call.model()
        call.version(run_id=runs.RUN)
        call.version(source="models:/m/1")
        call("POST", "/model-versions/set-tag", name="m", version="1", key="k", value="v")
        call("DELETE", "/model-versions/delete-tag", name="m", version="1", key="k")
        for number in ("1", "2"):
            call.move(number, "Production", archive_existing_versions=True)
            call.point("champion", number)
        _tell_of_origins(call)
        _decide(call)
        _recall_and_lift(call.by(ADMINISTRATOR))
        call("DELETE", "/registered-models/alias", name="m", alias="champion")
        call("DELETE", "/model-versions/delete", name="m", version="2")
        call("POST", "/registered-models/rename", name="m", new_name="n")
        story = call.api("GET", "/models/n/versions/1/story")["story"]
    assert [each["action"] for each in story] == TOLD


def _tell_of_origins(call: Caller) -> None:
    told = facts.of(runs.run())
    call.api("PUT", "/models/m/versions/1/snapshot", facts=told, artifact_digest=DIGEST)
    for method in ("POST", "DELETE"):
        call.api(method, "/models/m/versions/1/parents", relation="distilled", external="mistral")
    for serves in ([{"model": "m", "version": 1}], []):
        call.api("PUT", "/deployments/shop", serves=serves)
    call.api("POST", "/lineage", **EVENT)


def _decide(call: Caller) -> None:
    govern(call, gate("Staging", {"approvals": 1}, {"check": "ci"}))
    call.api("POST", "/models/m/versions/1/checks", name="ci", state="passed")
    call.api("POST", "/models/m/versions/1/comments", text="Is it fit?")
    request = asked(call, "Staging")["request"]["id"]
    assert call.by("bob").api("POST", f"/requests/{request}/approve")["state"] == "applied"


def _recall_and_lift(root: Caller) -> None:
    recall = root.api("POST", "/recalls", of=f"run:{runs.RUN}", reason="Labels were leaked.")["id"]
    root.api("POST", f"/recalls/{recall}/lift", reason="They were not.")


@pytest.mark.parametrize("statement", ALTERATIONS)
def test_the_service_cannot_alter_the_past(service: str, statement: str) -> None:
    engine = engine_for(service)
    with engine.connect() as connection, pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        connection.execute(text(statement))
    engine.dispose()
