"""Databases as former releases left them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine

from assent import migrations
from support.databases import engine_for
from support.postgres import Postgres


@contextmanager
def migrated_to(
    revision: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """An empty database with the tables of a revision; `request.param` says whether on sqlite or postgresql."""
    name = f"before_{revision}"
    if request.param == "sqlite":
        engine = engine_for(f"sqlite:///{tmp_path_factory.mktemp('former') / 'former.db'}")
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        postgres.create_database(name)
        engine = engine_for(postgres.url(name))
    migrations.upgrade(engine, to=revision)
    yield engine
    engine.dispose()
    if request.param == "postgresql":
        postgres.drop_database(name)
