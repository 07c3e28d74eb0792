"""The state of the schema: which migrations there are, which the database lacks, and how it gets them."""

from pathlib import Path

from sqlalchemy import Connection, Engine, Select, column, inspect, select, table

# In the wheel they lie inside the package, in a checkout at its top.
_PLACES = (Path(__file__).parent / "_migrations", Path(__file__).parents[2] / "migrations")

_APPLIED: Select[str] = select(column("version_num")).select_from(table("alembic_version"))


def folder() -> Path:
    """Where the migrations lie."""
    return next(place for place in _PLACES if place.is_dir())


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the schema up to date, or to one revision; two that do so at once take turns."""
    # A server process never migrates, and Alembic is 11 MB.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(folder()))
    # SQLite's transaction begins IMMEDIATE; on PostgreSQL `env.py` takes an advisory lock.
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def pending(connection: Connection) -> bool:
    """Whether the database lacks a migration, or has one that this release does not know."""
    if not inspect(connection).has_table("alembic_version"):
        return True
    return list(connection.scalars(_APPLIED)) != [_newest()]


def _newest() -> str:
    """The number of the last migration: files are named by their numbers, and each follows the one before."""
    return max(file.name for file in (folder() / "versions").glob("*.py"))[:4]
