"""Databases to test on: migrated once, and copied for each test that commits."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, create_engine

from assent import migrations
from assent.access.credentials.passwords import NewPassword
from assent.access.granting import grants
from assent.access.people import accounts
from assent.access.policy.levels import Level
from assent.access.policy.principals import SYSTEM
from assent.audit.events import Origin
from assent.database import engine_options, unit_of_work
from assent.settings import Settings
from support.postgres import Postgres

TEST = Origin("test")
PASSWORD = "correct horse battery"
NEW_PASSWORD = NewPassword(PASSWORD)

# A principal of every kind that tests need: hashing a password takes long, so it is done once.
PEOPLE = {
    "alice": Level.CAN_MANAGE,
    "bob": Level.CAN_MANAGE,
    "edith": Level.CAN_EDIT,
    "rita": Level.CAN_READ,
    "stan": Level.CAN_MANAGE_STAGING_VERSIONS,
    "petra": Level.CAN_MANAGE_PRODUCTION_VERSIONS,
}
ADMINISTRATOR = "admin"


def settings_for(url: str) -> Settings:
    """Settings with which the service uses a database."""
    return Settings(database_url=url, recheck_seconds=1)


def engine_for(url: str) -> Engine:
    """An engine such as the service has."""
    parsed = settings_for(url).url
    return create_engine(parsed, **engine_options(parsed, threads=4))


def prepare(url: str) -> None:
    """Migrate a database, and let the people in."""
    engine = engine_for(url)
    migrations.upgrade(engine)
    with unit_of_work(engine, TEST) as session:
        accounts.create(session, ADMINISTRATOR, password=NEW_PASSWORD, by=SYSTEM, administrator=True)
        for name, level in PEOPLE.items():
            somebody = accounts.create(session, name, password=NEW_PASSWORD, by=SYSTEM)
            grants.give(session, somebody, level, by=SYSTEM)
            if level is not Level.CAN_READ:
                grants.give(session, somebody, Level.CAN_CREATE_REGISTERED_MODEL, by=SYSTEM)
    engine.dispose()


@dataclass
class SqliteDatabases:
    """Copies of one prepared file."""

    folder: Path
    prepare: Callable[[str], None] = prepare
    template: Path = field(init=False)

    def __post_init__(self) -> None:
        self.template = self.folder / "template.db"
        self.prepare(f"sqlite:///{self.template}")
        engine = engine_for(f"sqlite:///{self.template}")
        with engine.connect().execution_options(reading=True) as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The URL of a database of its own, for as long as the block runs."""
        path = self.folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(self.template, path)
        yield f"sqlite:///{path}"
        for leftover in self.folder.glob(f"{path.name}*"):
            leftover.unlink()


@dataclass
class PostgresDatabases:
    """Copies of one prepared database."""

    server: Postgres
    template: str = "template_assent"
    prepare: Callable[[str], None] = prepare

    def __post_init__(self) -> None:
        self.server.create_database(self.template)
        self.prepare(self.server.url(self.template))

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The URL of a database of its own, for as long as the block runs."""
        name = f"copy_{uuid.uuid4().hex}"
        self.server.create_database(name, template=self.template)
        yield self.server.url(name)
        self.server.drop_database(name)
