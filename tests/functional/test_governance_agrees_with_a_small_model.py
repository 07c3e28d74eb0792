"""Whatever people do, in whatever order, gates hold as a small model of the rules says, and the record proves it."""

import os

import pytest
from flask import Flask

from assent.database import db
from support.databases import PostgresDatabases, SqliteDatabases
from support.retelling import must_agree
from support.serving import serving
from support.walking import Clock, Walk

# A walk takes so many steps; to walk for longer, name how many walks there shall be.
STEPS = 250
WALKS = int(os.environ.get("ASSENT_TEST_WALKS", "3"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the service, in the hands of the test."""
    made = Clock()
    monkeypatch.setattr("assent.kernel.clock.time", made)
    return made


def walk(app: Flask, clock: Clock, seed: int) -> Walk:
    """One walk, after which the histories agree, too."""
    with app.app_context():
        engine = db.engine
    taken = Walk(app, engine, clock, seed)
    taken.begin()
    taken.go(STEPS)
    with engine.connect() as connection:
        must_agree(connection)
    return taken


@pytest.mark.parametrize("seed", range(WALKS))
def test_every_outcome_is_that_of_the_small_model(
    databases: SqliteDatabases | PostgresDatabases, clock: Clock, seed: int
) -> None:
    with databases.copy() as url, serving(url, recheck_seconds=0) as app:
        assert walk(app, clock, seed).proof.moves > 0
