"""Whatever people do, in whatever order, gates hold as a small model of the rules says, and the record proves it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from assent.database import db
from support import wandering
from support.calling import Caller
from support.databases import PostgresDatabases, SqliteDatabases
from support.processes import plain_environment
from support.proof import Proof
from support.retelling import must_agree
from support.serving import serving
from support.walking import Clock, Walk

# A walk takes so many steps; to walk for longer, name how many walks there shall be.
STEPS = 250
PROCESSES = 3
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


def test_whatever_several_processes_do_at_once_the_record_proves_it(
    databases: SqliteDatabases | PostgresDatabases,
) -> None:
    with databases.copy() as url, serving(url) as app:
        wandering.prepare(Caller(app.test_client()))
        several = [_wanderer(url, seed) for seed in range(PROCESSES)]
        said = [each.communicate(timeout=600)[0] for each in several]
        assert [each.returncode for each in several] == [0] * PROCESSES, "\n".join(said)
        with app.app_context(), db.engine.connect() as connection:
            must_agree(connection)
            proof = Proof()
            proof.go_on(connection)
    assert proof.guarded > 0


def _wanderer(url: str, seed: int) -> subprocess.Popen[str]:
    script = Path(wandering.__file__)
    paths = os.pathsep.join([str(script.parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, str(script), url, str(seed), str(STEPS * WALKS // PROCESSES)]
    environment = plain_environment(PYTHONPATH=paths)
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
