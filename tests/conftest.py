"""Fixtures: two databases, a session that rolls back, a service over HTTP without a network."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assent.access.people import accounts
from assent.access.policy.principals import Principal
from assent.access.signing_in.sign_in import SignIn
from assent.audit.events import ORIGIN
from support import processes
from support.calling import Caller
from support.databases import TEST, PostgresDatabases, SqliteDatabases, engine_for
from support.postgres import Postgres
from support.serving import serving

# A test that fails is shown with the logs of the servers that it started.
pytest_runtest_makereport = processes.pytest_runtest_makereport

BOTH = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, started when the first test asks for it."""
    server = Postgres.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """Prepared SQLite databases."""
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases(postgres: Postgres) -> PostgresDatabases:
    """Prepared PostgreSQL databases."""
    return PostgresDatabases(postgres)


@pytest.fixture(scope="session", params=BOTH)
def databases(request: pytest.FixtureRequest) -> SqliteDatabases | PostgresDatabases:
    """Prepared databases, of the one kind and then of the other."""
    found: SqliteDatabases | PostgresDatabases = request.getfixturevalue(
        {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[request.param]
    )
    return found


@pytest.fixture
def database_url(databases: SqliteDatabases | PostgresDatabases) -> Iterator[str]:
    """A prepared database that the test has for itself, and may commit to."""
    with databases.copy() as url:
        yield url


@pytest.fixture(scope="session")
def shared_engine(databases: SqliteDatabases | PostgresDatabases) -> Iterator[Engine]:
    """An engine for a prepared database that nobody commits to."""
    with databases.copy() as url:
        engine = engine_for(url)
        yield engine
        engine.dispose()


@pytest.fixture
def session(shared_engine: Engine) -> Iterator[Session]:
    """A session whose changes are rolled back after the test."""
    with Session(shared_engine, info={ORIGIN: TEST}, autoflush=False) as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def alice(session: Session) -> Principal:
    """Somebody who may do everything with every model."""
    return SignIn().as_if(session, accounts.named(session, "alice"))


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """The service on a database of its own."""
    with serving(database_url) as opened:
        yield opened


@pytest.fixture
def sqlite_app(sqlite_databases: SqliteDatabases) -> Iterator[Flask]:
    """The service on SQLite, for what no database has a part in."""
    with sqlite_databases.copy() as url, serving(url) as opened:
        yield opened


@pytest.fixture
def postgres_app(postgres_databases: PostgresDatabases) -> Iterator[Flask]:
    """The service on PostgreSQL, for what SQLite has no word for."""
    with postgres_databases.copy() as url, serving(url) as opened:
        yield opened


@pytest.fixture
def call(app: Flask) -> Caller:
    """Calls the service as alice, or as whom the test names."""
    return Caller(app.test_client())


@pytest.fixture
def sqlite_call(sqlite_app: Flask) -> Caller:
    """Calls the service on SQLite."""
    return Caller(sqlite_app.test_client())
