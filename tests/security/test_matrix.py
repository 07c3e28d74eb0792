"""Every call, tried by everybody: each gets what the row says, and whoever is not let in gets a 401 in JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from assent.faces import FACES
from security import actors, world
from security.row import Row
from security.rows import ROWS
from security.words import filled, path_of
from security.world import World
from support.databases import PostgresDatabases, SqliteDatabases
from support.serving import serving

PREFIXES = {face.name: face.prefixes[0] for face in FACES}


@dataclass(frozen=True)
class Prepared:
    """Databases that hold the world, and the world."""

    databases: SqliteDatabases | PostgresDatabases
    world: World


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The world, on the one kind of database and then on the other."""
    built: list[World] = []

    def prepare(url: str) -> None:
        built.append(world.build(url))

    databases: SqliteDatabases | PostgresDatabases
    if request.param == "sqlite":
        databases = SqliteDatabases(tmp_path_factory.mktemp("matrix"), prepare=prepare)
    else:
        postgres = request.getfixturevalue("postgres")
        databases = PostgresDatabases(postgres, template="template_matrix", prepare=prepare)
    return Prepared(databases, built[0])


@pytest.fixture
def app(prepared: Prepared) -> Iterator[Flask]:
    """The service in a world of its own."""
    with prepared.databases.copy() as url, serving(url) as opened:
        yield opened


@pytest.fixture(scope="module")
def shut(prepared: Prepared) -> Iterator[Flask]:
    """The service in a world that nobody changes, since nobody is let in."""
    with prepared.databases.copy() as url, serving(url) as opened:
        yield opened


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row.key))
def test_everybody_gets_what_the_row_says(row: Row, app: Flask, prepared: Prepared) -> None:
    known = prepared.world
    got = {actor: _try(app, row, known.headers[actor.name], known.words[actor.name]) for actor in actors.LET_IN}
    surprising = {
        actor.name: f"{answer.status_code} instead of {row.expects(actor)}: {answer.text[:300]}"
        for actor, answer in got.items()
        if answer.status_code != row.expects(actor)
    }
    assert surprising == {}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row.key))
def test_nobody_else_is_let_in(row: Row, shut: Flask, prepared: Prepared) -> None:
    words = prepared.world.words["administrator"]
    for shown in actors.SHOWN_IN_VAIN:
        answer = _try(shut, row, prepared.world.headers[shown], words)
        assert answer.status_code == row.unknown, f"{shown}: {answer.status}"
        if row.unknown == 401:
            assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
            assert answer.mimetype in ("application/json", "application/problem+json")


def _try(app: Flask, row: Row, headers: Mapping[str, str], words: Mapping[str, Any]) -> TestResponse:
    path = path_of(row.path, row.in_path, words)
    fields = filled(row.fields, words)
    options: dict[str, Any] = {"json": fields}
    if row.method == "GET":
        options = {"query_string": fields}
    elif row.as_form:
        options = {"data": fields}
    return app.test_client().open(PREFIXES[row.face] + path, method=row.method, headers=dict(headers), **options)
