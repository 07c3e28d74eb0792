"""The world, and the service in it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from security import world
from security.prepared import Prepared
from security.world import World
from support.databases import PostgresDatabases, SqliteDatabases
from support.serving import serving


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The world, on the one kind of database and then on the other."""
    built: list[World] = []
    name = request.module.__name__.rpartition(".")[2]

    def prepare(url: str) -> None:
        built.append(world.build(url))

    databases: SqliteDatabases | PostgresDatabases
    if request.param == "sqlite":
        databases = SqliteDatabases(tmp_path_factory.mktemp(name), prepare=prepare)
    else:
        postgres = request.getfixturevalue("postgres")
        databases = PostgresDatabases(postgres, template=f"template_{name}", prepare=prepare)
    return Prepared(databases, built[0])


@pytest.fixture
def app(prepared: Prepared) -> Iterator[Flask]:
    """The service in a world of its own."""
    with prepared.databases.copy() as url, serving(url) as opened:
        yield opened


@pytest.fixture(scope="module")
def still(prepared: Prepared) -> Iterator[Flask]:
    """The service in a world that nobody changes: who is there only reads, or is not let in."""
    with prepared.databases.copy() as url, serving(url) as opened:
        yield opened
