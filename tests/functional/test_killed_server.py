"""A server is killed with all its processes while clients change things: nothing is lost, and nothing half done."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from assent.audit.events import AuditEvent
from assent.registry.tables import Alias, ModelVersion, RegisteredModel, StageHistory, VersionTag
from support.databases import PostgresDatabases, SqliteDatabases, engine_for
from support.live import Client
from support.load import ALIAS, MODEL, TAG, Change, Load
from support.postgres import Postgres
from support.server import Server

ROUNDS = 3
CLIENTS = 8

CURRENT_STAGES = (
    select(ModelVersion.stage, StageHistory.stage)
    .join_from(ModelVersion, StageHistory, StageHistory.version_id == ModelVersion.id, isouter=True)
    .where(StageHistory.valid_until.is_(None))
)


@dataclass(frozen=True)
class Wreck:
    """What a killed server left behind, and what it had told its clients."""

    database_url: str
    acknowledged: list[Change]
    done: list[Change]
    recorded: list[Change]
    stages: list[tuple[str, str]]
    last_number: int


@pytest.fixture(scope="module")
def durable_databases() -> Iterator[PostgresDatabases]:
    """Databases of a PostgreSQL that keeps what it promises of its disk, which is a slow one."""
    # While a commit waits, the others pile up: whatever is not in one transaction is found torn.
    with Postgres.start(durable=True, commit_delay="10000", commit_siblings="0") as server:
        yield PostgresDatabases(server)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def crashing_databases(request: pytest.FixtureRequest) -> SqliteDatabases | PostgresDatabases:
    """Where the killed servers keep things."""
    kinds = {"sqlite": "sqlite_databases", "postgresql": "durable_databases"}
    found: SqliteDatabases | PostgresDatabases = request.getfixturevalue(kinds[request.param])
    return found


@pytest.fixture(scope="module", params=range(ROUNDS))
def wreck(
    crashing_databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Wreck]:
    """A server's end, at some moment."""
    workers = "2" if isinstance(crashing_databases, PostgresDatabases) else "1"
    with crashing_databases.copy() as url:
        server = Server.start(url, tmp_path_factory.mktemp("server"), workers=workers)
        client, load = Client(server.url, server.token()), Load()
        client.post("/registered-models/create", name=MODEL)
        with load.on([client] * CLIENTS):
            time.sleep(random.uniform(0.3, 1.2))  # noqa: S311 (no secret, a moment)
            server.kill()
        yield examined(url, load.acknowledged)


def examined(url: str, acknowledged: list[Change]) -> Wreck:
    """Look into the database, at one moment: a transaction that nobody waits for any more may still be going on."""
    engine = engine_for(url)
    with engine.connect().execution_options(isolation_level="SERIALIZABLE") as connection:
        left = Wreck(
            url,
            sorted(acknowledged),
            sorted(done(connection)),
            sorted(recorded(connection)),
            [(stage, in_history) for stage, in_history in connection.execute(CURRENT_STAGES)],
            connection.scalars(select(RegisteredModel.last_number)).one(),
        )
    engine.dispose()
    return left


def done(connection: Connection) -> Iterator[Change]:
    """The changes that the tables show."""
    for (number,) in connection.execute(select(ModelVersion.number)):
        yield Change(number, "registered")
    for table, what, to in (
        (VersionTag, "tagged", VersionTag.key),
        (StageHistory, "moved", StageHistory.stage),
        (Alias, "pointed to", Alias.alias),
    ):
        wanted = select(ModelVersion.number, to).join_from(table, ModelVersion, table.version_id == ModelVersion.id)
        for number, goal in connection.execute(wanted.where(to != "None")):
            yield Change(number, what, goal)


def recorded(connection: Connection) -> Iterator[Change]:
    """The changes that the audit log tells of."""
    for number, action, details in connection.execute(
        select(AuditEvent.version, AuditEvent.action, AuditEvent.details).where(AuditEvent.version.is_not(None))
    ):
        match action.value:
            case "model_version.registered":
                yield Change(number, "registered")
            case "model_version.tag_set":
                yield Change(number, "tagged", details["key"])
            case "model_version.transitioned":
                yield Change(number, "moved", details["after"]["stage"])
            case "alias.set":
                yield Change(number, "pointed to", details["alias"])


def test_load_was_on(wreck: Wreck) -> None:
    assert {change.to for change in wreck.acknowledged} == {"", TAG, ALIAS, "Production"}


def test_what_was_acknowledged_is_done(wreck: Wreck) -> None:
    assert not set(wreck.acknowledged) - set(wreck.done)


def test_every_change_has_its_event_and_every_event_its_change(wreck: Wreck) -> None:
    assert wreck.recorded == wreck.done


def test_numbers_have_no_gap(wreck: Wreck) -> None:
    numbers = [change.version for change in wreck.done if change.what == "registered"]
    assert numbers == list(range(1, wreck.last_number + 1))


def test_each_version_stands_where_its_history_says(wreck: Wreck) -> None:
    assert len(wreck.stages) == wreck.last_number
    assert all(stage == in_history for stage, in_history in wreck.stages)


def test_whoever_entered_production_sent_the_one_before_to_the_archive(wreck: Wreck) -> None:
    assert [stage for stage, _ in wreck.stages].count("Production") == 1


def test_next_server_goes_on_with_the_next_number(wreck: Wreck, tmp_path: Path) -> None:
    with Server.start(wreck.database_url, tmp_path) as server:
        assert Client(server.url, server.token()).register(MODEL) == wreck.last_number + 1
