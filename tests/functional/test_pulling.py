"""The worker pulls the runs of versions: what it keeps, and what it tells."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text

from assent import worker
from assent.tracking.pulling import Pulling
from assent.tracking.servers import TrackingServer
from assent.worker import Job
from support.calling import Caller
from support.databases import engine_for
from support.pulling import LARGEST, at, captures, events, later, pull, pulled, registered, states
from support.small_tracking import RUN, Answering, SmallTracking


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
            # They wait for their turn, and nothing is wrong with them.
            assert captures(engine)[:20] == [("pending", "")] * 20


def test_a_server_that_was_silent_is_left_alone_for_a_while(call: Caller, engine: Engine, lab: SmallTracking) -> None:
    registered(call, *map(str, range(20)))
    lab.instead[RUN] = lambda request: request.give("", 503)
    pull(engine, at(lab))
    assert states(engine) == ["unreachable"] * 20
    assert lab.asked.count(RUN) < 15


def test_one_answer_that_breaks_off_fails_no_other_run(call: Caller, engine: Engine, lab: SmallTracking) -> None:
    for run in ("r0", "r2"):
        lab.ran(run)
    registered(call, "r0", "r1", "r2")

    def once(request: Answering) -> None:
        del lab.instead[RUN]
        request.give("", 503)

    lab.instead[RUN] = once
    pull(engine, at(lab))
    assert sorted(states(engine)) == ["captured", "captured", "unreachable"]


def test_no_transaction_is_open_while_a_server_is_asked(call: Caller, engine: Engine, lab: SmallTracking) -> None:
    registered(call, "r1")
    pulling = Pulling(at(lab), largest=LARGEST)
    with lab.holding(RUN):
        pulling.step(engine)
        lab.wait_until_asked(RUN)
        # SQLite lets nobody write while another does.
        assert call.version(run_id="r1")["version"] == "2"
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # of a queue's pool


def push(call: Caller, params: dict[str, str], run: str = "r1") -> None:
    registered(call, run)
    facts = {"schema": "assent.run-snapshot/1", "run": {"id": run}, "params": params}
    call.api("PUT", "/models/m/versions/1/snapshot", facts=facts)


def test_what_was_pushed_is_compared_with_what_the_server_says(
    call: Caller, engine: Engine, lab: SmallTracking
) -> None:
    push(call, {"depth": "4"})
    pull(engine, at(lab))
    assert states(engine) == ["contradicted"]
    differences = call.api("GET", "/models/m/versions/1/snapshot")["differences"]
    assert [(each["pushed"], each["pulled"]) for each in differences] == [("4", "3")]


def test_a_model_that_another_run_logged_than_the_named_one_is_not_captured(
    call: Caller, engine: Engine, lab: SmallTracking
) -> None:
    lab.ran("good")
    call.model()
    call.version(source="models:/m-1", model_id="m-1", run_id="good")
    pull(engine, at(lab))
    assert captures(engine) == [("unreachable", "The facts are of the run r1; version 1 is of good.")]


@pytest.fixture
def forged(call: Caller, engine: Engine, lab: SmallTracking) -> Caller:
    """Whoever registered the model of a run, and pushed another run, before the server was asked."""
    call.model()
    call.version(source="models:/m-1", model_id="m-1")
    facts = {"schema": "assent.run-snapshot/1", "run": {"id": "forged"}}
    call.api("PUT", "/models/m/versions/1/snapshot", facts=facts)
    pull(engine, at(lab))
    return call


def test_a_pushed_run_that_did_not_log_the_model_is_contradicted(forged: Caller) -> None:
    found = forged.api("GET", "/models/m/versions/1/snapshot")
    assert (found["state"], found["counts"]) == ("contradicted", None)
    assert found["differences"] == [{"path": "run.id", "pushed": "forged", "pulled": "r1"}]


def test_a_contradiction_cannot_be_asked_away(forged: Caller) -> None:
    forged.api("POST", "/models/m/versions/1/snapshot/retry", status=409)
    assert forged.api("GET", "/models/m/versions/1/snapshot")["state"] == "contradicted"


def test_a_forged_run_hides_the_model_from_no_recall_of_its_data(forged: Caller) -> None:
    found = forged.api("GET", "/lineage/made-from", of="dataset:8f9eb48c")
    assert [(each["model"], each["number"]) for each in found["versions"]] == [("m", 1)]


def test_a_pushed_run_is_contradicted_though_the_one_that_logged_the_model_is_gone(
    call: Caller, engine: Engine, lab: SmallTracking
) -> None:
    lab.forget("r1")
    call.model()
    call.version(source="models:/m-1", model_id="m-1")
    facts = {"schema": "assent.run-snapshot/1", "run": {"id": "forged"}}
    call.api("PUT", "/models/m/versions/1/snapshot", facts=facts)
    pull(engine, at(lab))
    assert states(engine) == ["contradicted"]


def test_what_was_pushed_and_is_what_the_server_says_is_captured(
    call: Caller, engine: Engine, lab: SmallTracking
) -> None:
    push(call, {"depth": "3"})
    pull(engine, at(lab))
    assert states(engine) == ["captured"]
    assert ("r1", lab.url) in pulled(engine)


def test_what_was_pushed_stands_where_no_server_knows_the_run(
    call: Caller, engine: Engine, lab: SmallTracking
) -> None:
    push(call, {"depth": "4"}, run="local")
    pull(engine, at(lab))
    assert states(engine) == ["captured"]


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
