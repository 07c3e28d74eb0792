"""The state of the schema: which migrations there are, which the database lacks, and how it gets them."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

# In the wheel they lie inside the package, in a checkout at its top.
_PLACES = (Path(__file__).parent / "_migrations", Path(__file__).parents[2] / "migrations")


def config() -> Config:
    """Alembic's configuration."""
    found = Config()
    found.set_main_option("script_location", str(next(place for place in _PLACES if place.is_dir())))
    return found


def upgrade(engine: Engine) -> None:
    """Bring the schema up to date; two that do so at once take turns."""
    settings = config()
    # SQLite's transaction begins IMMEDIATE; on PostgreSQL `env.py` takes an advisory lock.
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")


def pending(connection: Connection) -> bool:
    """Whether the database lacks a migration, or has one that this release does not know."""
    return MigrationContext.configure(connection).get_current_heads() != (_head(),)


@cache
def _head() -> str | None:
    return ScriptDirectory.from_config(config()).get_current_head()
