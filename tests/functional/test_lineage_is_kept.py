"""What the database knows of lineage it lets nobody alter, delete or replace, whatever the service does."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.governance import moves
from assent.registry import models, versions
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration

ROWS = (
    """INSERT INTO run_snapshots
    (version_id, way, digest, content, run_id, run_user, code_commit, taken_at, server)
    VALUES (:version, 'pushed', 'd', '{}', '4f2c', '', '', 1, '')""",
    """INSERT INTO artifact_digests (version_id, digest, files, bytes, given_at, given_by_id)
    VALUES (:version, 'd', 1, 1, 1, 1)""",
    "INSERT INTO recalls (node, reason, recalled_at) VALUES ('run:4f2c', 'leak', 1)",
    """INSERT INTO deployments (id, name, environment, url, reported_by_id, first_seen_at, last_seen_at)
    VALUES (1, 'd', '', '', 1, 1, 1)""",
    "INSERT INTO servings (deployment_id, version_id, valid_from, last_seen_at) VALUES (1, :version, 1, 1)",
    """INSERT INTO openlineage_events (digest, run_id, event_type, event_time, received_at, received_by_id, content)
    VALUES ('d', '4f2c', 'COMPLETE', 1, 1, 1, '{}')""",
)
# What ends a row, and what of it stays.
ENDED = {
    "lineage_edges": ("withdrawn_at", "source"),
    "recalls": ("lifted_at", "reason"),
    "servings": ("valid_until", "valid_from"),
}
UNALTERABLE = ("run_snapshots", "artifact_digests", "openlineage_events")
ALTERATIONS = (
    *(f"DELETE FROM {table}" for table in (*ENDED, *UNALTERABLE)),  # noqa: S608 (names of tables, as all below)
    *(f"UPDATE {table} SET digest = digest" for table in UNALTERABLE),  # noqa: S608 (likewise)
    *(f"UPDATE {table} SET {stays} = {stays}" for table, (_, stays) in ENDED.items()),  # noqa: S608 (likewise)
)
# Of each one row stands under a key that is not its id.
KEYED = (*ENDED, "run_snapshots", "openlineage_events", "aliases", "stage_history", "model_names")


@pytest.fixture
def filled(session: Session, alice: Principal) -> Session:
    """A database that knows something of each kind."""
    models.create(session, "m", by=alice)
    what = Registration("s3://bucket/model", run_id="4f2c")
    version = versions.register(session, "m", what, by=alice, rules=SourceRules())
    moves.point_alias(session, "m", "champion", version.number, by=alice)
    for row in ROWS:
        session.execute(text(row), {"version": version.id})
    return session


@pytest.mark.parametrize("statement", ALTERATIONS)
def test_what_is_known_of_lineage_stays(filled: Session, statement: str) -> None:
    with pytest.raises(DBAPIError, match="keeps the past"):
        filled.execute(text(statement))


@pytest.mark.parametrize("table", ENDED)
def test_what_has_ended_does_not_stand_again(filled: Session, table: str) -> None:
    ended, _ = ENDED[table]
    filled.execute(text(f"UPDATE {table} SET {ended} = 2"))  # noqa: S608 (likewise)
    with pytest.raises(DBAPIError, match="keeps the past"):
        filled.execute(text(f"UPDATE {table} SET {ended} = NULL"))  # noqa: S608 (likewise)


@pytest.mark.parametrize("table", KEYED)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_sqlite_puts_nothing_in_the_place_of_what_stands(filled: Session, table: str) -> None:
    known = inspect(filled.connection()).get_columns(table)
    columns = ", ".join(each["name"] for each in known if each["name"] != "id")
    replaced = text(f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}")  # noqa: S608 (likewise)
    with pytest.raises(DBAPIError, match="keeps the past"):
        filled.execute(replaced)
