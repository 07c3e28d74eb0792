"""`assent db`: the schema."""

import sys

import click

from assent.cli.local import open_engine


@click.group()
def db() -> None:
    """Bring the database's schema up to date, or see whether it is."""


@db.command()
def upgrade() -> None:
    """Run the migrations that the database lacks."""
    from assent import migrations
    from assent.settings import Settings

    engine = open_engine(Settings.from_environment())
    migrations.upgrade(engine)
    engine.dispose()
    click.echo("The database is up to date.")


@db.command()
def check() -> None:
    """Exit with 0 when the schema is up to date, with 1 when it is not."""
    from assent import migrations
    from assent.settings import Settings

    engine = open_engine(Settings.from_environment())
    with engine.connect() as connection:
        pending = migrations.pending(connection)
    engine.dispose()
    click.echo("The database needs `assent db upgrade`." if pending else "The database is up to date.")
    sys.exit(1 if pending else 0)
