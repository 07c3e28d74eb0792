"""The worker pulls the runs of versions: what it keeps, what it tells, and how several of it share the work."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from assent import worker
from assent.tracking.pulling import Pulling
from assent.tracking.servers import TrackingServer
from assent.worker import Job
from support.calling import Caller
from support.databases import PostgresDatabases, engine_for
from support.processes import plain_environment
from support.serving import serving
from support.small_tracking import RUN, SmallTracking

LARGEST = 100_000


@pytest.fixture
def lab() -> Iterator[SmallTracking]:
    """A server that knows a run, and the model that it logged."""
    with SmallTracking() as server:
        server.ran("r1", depth="3")
        server.logged("m-1", by="r1")
        yield server


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The worker's engine, on the database of the service."""
    opened = engine_for(database_url)
    yield opened
    opened.dispose()


def at(*servers: SmallTracking) -> list[TrackingServer]:
    return [TrackingServer(server.url, connect_seconds=1, read_seconds=2) for server in servers]


def pull(engine: Engine, known: Sequence[TrackingServer], largest: int = LARGEST) -> None:
    worker.run_once(engine, [Job("pull runs", 1, Pulling(known, largest=largest).step)])


def captures(engine: Engine) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT state, problem FROM run_captures ORDER BY version_id"))
        return [tuple(row) for row in found]


def states(engine: Engine) -> list[str]:
    return [state for state, _ in captures(engine)]


def pulled(engine: Engine) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT run_id, server FROM run_snapshots ORDER BY version_id"))
        return [tuple(row) for row in found]


def events(engine: Engine, action: str) -> int:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM audit_events WHERE action = :action"), {"action": action})  # type: ignore[no-any-return]


def later(engine: Engine) -> None:
    """Let every pause and every lease be over."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE run_captures SET next_attempt_at = 0 WHERE next_attempt_at IS NOT NULL"))


def registered(call: Caller, *runs: str) -> None:
    call.model()
    for run in runs:
        call.version(run_id=run)


def test_a_version_of_a_logged_model_gets_its_run(call: Caller, engine: Engine, lab: SmallTracking) -> None:
    call.model()
    call.version(source="models:/m-1", model_id="m-1")
    assert call.found("run_id = 'r1'") == []
    pull(engine, at(lab))
    assert call.found("run_id = 'r1'") == ["m/1"]
    assert call("GET", "/model-versions/get", name="m", version="1")["model_version"]["run_id"] == "r1"


def test_what_was_pulled_says_where_from(call: Caller, engine: Engine, lab: SmallTracking) -> None:
    registered(call, "r1")
    pull(engine, at(lab))
    assert pulled(engine) == [("r1", lab.url)]
    assert captures(engine) == [("captured", "")]


def test_a_pull_does_not_touch_when_the_version_was_updated(call: Caller, engine: Engine, lab: SmallTracking) -> None:
    call.model()
    before = call.version(source="models:/m-1", model_id="m-1")["last_updated_timestamp"]
    pull(engine, at(lab))
    found = call("GET", "/model-versions/get", name="m", version="1")["model_version"]
    assert found["last_updated_timestamp"] == before


def test_files_of_a_copy_are_those_of_what_was_copied(call: Caller, engine: Engine, lab: SmallTracking) -> None:
    lab.ran("r2")
    lab.stored("r2", "model/MLmodel")
    call.model()
    call.version(source="mlflow-artifacts:/7/r2/artifacts/model", run_id="r2")
    call.version(source="models:/m/1")
    pull(engine, at(lab))
    with engine.connect() as connection:
        first, second = connection.execute(text("SELECT digest FROM run_snapshots ORDER BY version_id")).scalars()
    assert first == second


def test_an_unknown_run_is_told_and_asked_for_again(call: Caller, engine: Engine, lab: SmallTracking) -> None:
    registered(call, "r9")
    pull(engine, at(lab))
    assert captures(engine) == [("unreachable", "No tracking server knows the run r9.")]
    lab.ran("r9")
    later(engine)
    pull(engine, at(lab))
    assert captures(engine) == [("captured", "")]


def test_a_run_is_not_asked_for_again_before_its_time(call: Caller, engine: Engine, lab: SmallTracking) -> None:
    registered(call, "r9")
    pull(engine, at(lab))
    pull(engine, at(lab))
    assert lab.asked.count(RUN) == 1


def test_a_run_that_was_pulled_is_asked_for_no_more(call: Caller, engine: Engine, lab: SmallTracking) -> None:
    registered(call, "r1")
    pull(engine, at(lab))
    later(engine)
    pull(engine, at(lab))
    assert lab.asked.count(RUN) == 1
    assert events(engine, "model_version.snapshot_pulled") == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"run": {"info": "x", "data": 7}},
        {"run": {"info": {"run_id": 7}, "data": {"params": [{"key": ["a"]}]}}},
        {"run": {"data": {"metrics": [{"value": {}}]}}},
        {"run": {"info": {"run_id": "another"}}},
        {"run": {"info": {"run_id": "r1", "user_id": "\x00"}, "data": {"params": [{"key": "a", "value": "\ud800"}]}}},
    ],
)
def test_whatever_a_server_says_ends_in_a_visible_state(
    call: Caller, engine: Engine, lab: SmallTracking, answer: dict[str, Any]
) -> None:
    registered(call, "r1")
    lab.instead[RUN] = lambda request: request.give(answer)
    pull(engine, at(lab))
    [(state, problem)] = captures(engine)
    assert (state, bool(problem)) == ("unreachable", True)


@pytest.mark.parametrize(
    "mlmodel",
    [
        "a: &a [x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}]\n"
            for a, b in zip("abcdefghi", "bcdefghij", strict=True)
        )
        + "flavors: *j\n",
        "flavors: " + "[" * 50_000,
        "flavors: !!python/object/apply:os.system [exit]",
        "flavors: {[1, 2]: x}",
        "flavors: {2026-01-01: .nan, 1: !!set {a, b}, x: !!binary aGk=}",
        "- a list",
        "",
    ],
)
def test_whatever_a_model_says_of_itself_ends_in_a_visible_state(
    call: Caller, engine: Engine, lab: SmallTracking, mlmodel: str
) -> None:
    lab.stored("m-1", "MLmodel", mlmodel)
    call.model()
    call.version(source="models:/m-1", model_id="m-1")
    pull(engine, at(lab))
    [(state, problem)] = captures(engine)
    assert (state, bool(problem)) in (("unreachable", True), ("captured", False))


def test_facts_that_are_too_long_are_told(call: Caller, engine: Engine, lab: SmallTracking) -> None:
    lab.ran("long", text="x" * 2000)
    registered(call, "long")
    pull(engine, at(lab), largest=1000)
    [(state, problem)] = captures(engine)
    assert state == "unreachable"
    assert "ASSENT_LARGEST_SNAPSHOT allows 1000" in problem


def test_a_server_that_is_silent_does_not_hold_up_another(call: Caller, engine: Engine, lab: SmallTracking) -> None:
    call.model()
    with SmallTracking() as silent:
        links = {run: f"{silent.url}/#/experiments/7/runs/{run}" for run in map(str, range(20))}
        for run, link in links.items():
            call.version(run_id=run, run_link=link)
        call.version(run_id="r1", run_link=f"{lab.url}/#/experiments/7/runs/r1")
        pulling = Pulling(
            [TrackingServer(silent.url, read_seconds=60), *at(lab)],
            largest=LARGEST,
        )
        with silent.holding(RUN):
            deadline = time.monotonic() + 50
            while not pulled(engine) and time.monotonic() < deadline:
                pulling.step(engine)
            assert pulled(engine) == [("r1", lab.url)]


def test_a_server_that_was_silent_is_left_alone_for_a_while(call: Caller, engine: Engine, lab: SmallTracking) -> None:
    registered(call, *map(str, range(20)))
    lab.instead[RUN] = lambda request: request.give("", 503)
    pull(engine, at(lab))
    assert states(engine) == ["unreachable"] * 20
    assert lab.asked.count(RUN) <= 8


def test_no_transaction_is_open_while_a_server_is_asked(call: Caller, engine: Engine, lab: SmallTracking) -> None:
    registered(call, "r1")
    pulling = Pulling(at(lab), largest=LARGEST)
    with lab.holding(RUN):
        pulling.step(engine)
        lab.wait_until_asked(RUN)
        # SQLite lets nobody write while another does.
        assert call.version(run_id="r1")["version"] == "2"
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # of a queue's pool


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


def test_the_worker_ends_though_a_server_is_silent(
    call: Caller, database_url: str, lab: SmallTracking, tmp_path: Path
) -> None:
    registered(call, "r1")
    with lab.holding(RUN), working(database_url, lab, tmp_path) as process:
        lab.wait_until_asked(RUN)
        process.terminate()
        assert process.wait(timeout=30) == 0


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


def test_a_registration_waits_for_no_tracking_server(sqlite_app: Flask, lab: SmallTracking) -> None:
    call = Caller(sqlite_app.test_client())
    call.model()
    with lab.holding(RUN):
        assert call.version(run_id="r1", run_link=f"{lab.url}/#/runs/r1")["version"] == "1"
    assert lab.asked == []


def test_a_job_with_more_to_do_lets_the_others_have_their_turn(engine: Engine) -> None:
    done: list[str] = []
    stopped = threading.Event()

    def busy(_: Engine) -> bool:
        done.append("busy")
        return True

    def seldom(_: Engine) -> None:
        done.append("seldom")
        if done.count("seldom") == 2:
            stopped.set()

    worker.run_until(stopped, engine, [Job("busy", 1, busy), Job("seldom", 0.05, seldom)])
    assert done.count("busy") > 2


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
    folder.mkdir(exist_ok=True)
    (folder / "tracking.yaml").write_text(f"servers:\n  - url: {lab.url}\n    {more}\n")
    environment = plain_environment(
        ASSENT_DATABASE_URL=url,
        ASSENT_TRACKING_FILE=str(folder / "tracking.yaml"),
        PYTHONPATH=os.pathsep.join(sys.path),
    )
    return subprocess.Popen([Path(sys.executable).parent / "assent", "worker", *options], env=environment)
