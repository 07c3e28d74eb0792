"""Workers as processes: they share the work, die in the middle of it, and keep nobody waiting."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from support.calling import Caller
from support.databases import PostgresDatabases, SqliteDatabases, engine_for
from support.live import Client
from support.processes import plain_environment
from support.pulling import at, events, later, pull, pulled, registered, states
from support.server import Server
from support.serving import serving
from support.small_tracking import RUN, SmallTracking


@pytest.fixture
def lab() -> Iterator[SmallTracking]:
    """A server that knows a run, and the model that it logged."""
    with SmallTracking.with_a_run() as server:
        yield server


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The worker's engine, on the database of the service."""
    opened = engine_for(database_url)
    yield opened
    opened.dispose()


def test_what_was_being_pulled_by_a_worker_that_died_is_pulled_later(
    call: Caller, engine: Engine, database_url: str, lab: SmallTracking, tmp_path: Path
) -> None:
    registered(call, "r1")
    with lab.holding(RUN), working(database_url, lab, tmp_path) as process:
        lab.wait_until_asked(RUN)
        process.kill()
        process.wait()
    pull(engine, at(lab))
    assert pulled(engine) == []
    later(engine)
    pull(engine, at(lab))
    assert pulled(engine) == [("r1", lab.url)]


def test_a_worker_that_is_stopped_leaves_what_it_was_pulling_to_the_next(
    call: Caller, engine: Engine, database_url: str, lab: SmallTracking, tmp_path: Path
) -> None:
    registered(call, "r1")
    with lab.holding(RUN), working(database_url, lab, tmp_path) as process:
        lab.wait_until_asked(RUN)
        process.terminate()
        assert process.wait(timeout=30) == 0
    pull(engine, at(lab))
    assert pulled(engine) == [("r1", lab.url)]


def test_several_workers_pull_each_version_once(
    postgres_databases: PostgresDatabases, lab: SmallTracking, tmp_path: Path
) -> None:
    count = 60
    with postgres_databases.copy() as url, serving(url) as app:
        call = Caller(app.test_client())
        call.model()
        for number in range(count):
            lab.ran(f"run{number}")
            call.version(run_id=f"run{number}")
        engine = engine_for(url)
        done = [worked_once(url, lab, tmp_path / str(number)) for number in range(3)]
        assert [process.wait(timeout=100) for process in done] == [0, 0, 0]
        assert states(engine) == ["captured"] * count
        assert events(engine, "model_version.snapshot_pulled") == count
        assert lab.asked.count(RUN) == count
        engine.dispose()


def test_registrations_go_on_while_the_server_s_own_worker_waits(
    sqlite_databases: SqliteDatabases, lab: SmallTracking, tmp_path: Path
) -> None:
    listed = _listed(lab, tmp_path, "read_seconds: 60")
    with sqlite_databases.copy() as url, Server.start(url, tmp_path, tracking_file=str(listed)) as server:
        client = Client(server.url, server.token())
        client.post("/registered-models/create", name="m")
        with lab.holding(RUN):
            client.post("/model-versions/create", name="m", source="s3://bucket/model", run_id="r1")
            lab.wait_until_asked(RUN)
            assert [client.register("m") for _ in range(5)] == [2, 3, 4, 5, 6]
        engine = engine_for(url)
        deadline = time.monotonic() + 30
        while not pulled(engine) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert pulled(engine) == [("r1", lab.url)]
        engine.dispose()


@contextmanager
def working(url: str, lab: SmallTracking, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker's process, which has all time for its server."""
    process = _worker(url, lab, folder, "read_seconds: 100")
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def worked_once(url: str, lab: SmallTracking, folder: Path) -> subprocess.Popen[bytes]:
    """The process of a worker that does what is due, and ends."""
    return _worker(url, lab, folder, "read_seconds: 10", "--once")


def _worker(url: str, lab: SmallTracking, folder: Path, more: str, *options: str) -> subprocess.Popen[bytes]:
    environment = plain_environment(
        ASSENT_DATABASE_URL=url,
        ASSENT_TRACKING_FILE=str(_listed(lab, folder, more)),
        PYTHONPATH=os.pathsep.join(sys.path),
    )
    return subprocess.Popen([Path(sys.executable).parent / "assent", "worker", *options], env=environment)


def _listed(lab: SmallTracking, folder: Path, more: str) -> Path:
    """The file of tracking servers."""
    folder.mkdir(exist_ok=True)
    file = folder / "tracking.yaml"
    file.write_text(f"servers:\n  - url: {lab.url}\n    {more}\n")
    return file
