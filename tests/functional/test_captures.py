"""The worker claims what is to be pulled, keeps what a tracking server told, and tries again where none did."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from assent.database import db, unit_of_work
from assent.kernel.clock import now
from assent.lineage.graph import edges
from assent.lineage.graph.edges import Edge
from assent.lineage.graph.tables import EdgeType, Through
from assent.lineage.runs import captures, facts, snapshots
from assent.lineage.runs.captures import Due
from assent.lineage.runs.facts import Facts
from support import runs
from support.calling import Caller
from support.databases import TEST

SNAPSHOT = "/models/m/versions/1/snapshot"
SERVER = "http://tracking.example"
LARGEST = 1_000_000
DIGEST = {"digest": f"sha256:{'ab' * 32}", "files": 7, "bytes": 12_154}
EVENTS = "SELECT action, actor FROM audit_events WHERE action LIKE 'model_version.snapshot_%' ORDER BY id"


def told(**changed: Any) -> Facts:
    return facts.of(runs.run(), runs.logged_model(), runs.MLMODEL, runs.REQUIREMENTS) | changed


@pytest.fixture
def worker(app: Flask) -> "Worker":
    return Worker(app)


@pytest.fixture
def registered(call: Caller) -> Caller:
    """A version of a logged model, as current clients register one: without a run."""
    call.model()
    call.version(source=f"models:/{runs.LOGGED_MODEL}", model_id=runs.LOGGED_MODEL)
    return call


class Worker:
    """What the worker does with the database; what a tracking server would have told is handed in."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self._app.app_context(), unit_of_work(db.engine, TEST) as session:
            yield session

    def claim(self, most: int = 10) -> list[Due]:
        with self.session() as session:
            return captures.due(session, most=most)

    def pull(self, found: Facts | None = None, **options: Any) -> None:
        [due] = self.claim()
        self.keep(due, found, **options)

    def keep(self, due: Due, found: Facts | None = None, largest: int = LARGEST) -> None:
        with self.session() as session:
            captures.pulled(session, due, told() if found is None else found, server=SERVER, largest=largest)

    def fail(self, problem: str = "It did not answer.", *, unknown: bool = False) -> None:
        [due] = self.claim()
        with self.session() as session:
            captures.failed(session, due, problem, unknown=unknown)

    def wait(self) -> None:
        """Let all pauses and leases be over."""
        with self.session() as session:
            session.execute(text("UPDATE run_captures SET next_attempt_at = 0 WHERE next_attempt_at IS NOT NULL"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.session() as session:
            return [tuple(row) for row in session.execute(text(query))]


def state(call: Caller) -> str | None:
    found: str | None = call.api("GET", SNAPSHOT)["state"]
    return found


@pytest.mark.usefixtures("registered")
def test_a_registration_is_due_at_once(worker: Worker) -> None:
    source = f"models:/{runs.LOGGED_MODEL}"
    [due] = worker.claim()
    assert (due.version_id, due.run_id, due.logged_model_id, due.attempts) == (1, "", runs.LOGGED_MODEL, 1)
    assert due.source == source


@pytest.mark.usefixtures("registered")
def test_what_one_worker_claimed_no_other_gets(worker: Worker) -> None:
    assert (len(worker.claim()), worker.claim()) == (1, [])


@pytest.mark.usefixtures("registered")
def test_what_a_dead_worker_claimed_another_gets_later(worker: Worker) -> None:
    worker.claim()
    worker.wait()
    [due] = worker.claim()
    assert due.attempts == 2


def test_the_longest_waiting_comes_first(call: Caller, worker: Worker) -> None:
    call.model()
    for number in range(3):
        call.version(run_id=f"r{number}")
    assert [due.run_id for due in worker.claim(2)] == ["r0", "r1"]
    assert [due.run_id for due in worker.claim(2)] == ["r2"]


def test_what_was_pulled_counts(registered: Caller, worker: Worker) -> None:
    worker.pull()
    found = registered.api("GET", SNAPSHOT)
    assert (found["state"], found["counts"], found["next_attempt_at"]) == ("captured", "pulled", None)
    [snapshot] = found["snapshots"]
    assert (snapshot["taken_by"], snapshot["server"]) == (None, SERVER)


def test_run_is_found_through_the_logged_model(registered: Caller, worker: Worker) -> None:
    before = registered.api("GET", "/models/m/versions/1")
    worker.pull()
    after = registered.api("GET", "/models/m/versions/1")
    assert (before["run_id"], after["run_id"]) == ("", runs.RUN)
    assert after["last_updated_at"] == before["last_updated_at"]
    assert ("run:" + runs.RUN, "version:1") in worker.rows("SELECT source, target FROM lineage_edges")


def test_search_finds_the_version_by_the_run_that_was_found(registered: Caller, worker: Worker) -> None:
    worker.pull()
    assert registered.found(f"run_id = '{runs.RUN}'") == ["m/1"]


@pytest.mark.usefixtures("registered")
def test_what_was_pulled_is_not_due_again(worker: Worker) -> None:
    worker.pull()
    worker.wait()
    assert worker.claim() == []


def test_two_workers_pull_one_snapshot(registered: Caller, worker: Worker) -> None:
    [first] = worker.claim()
    worker.wait()
    [second] = worker.claim()
    worker.keep(second)
    worker.keep(first, told(params={"C": "9"}))
    [snapshot] = registered.api("GET", SNAPSHOT)["snapshots"]
    assert snapshot["facts"] == told()
    assert worker.rows(EVENTS) == [("model_version.snapshot_pulled", "system")]


def test_a_push_that_says_the_same_stands(registered: Caller, worker: Worker) -> None:
    registered.api("PUT", SNAPSHOT, facts=told())
    worker.pull(told(tags={"team": "other"}))
    found = registered.api("GET", SNAPSHOT)
    assert (found["state"], found["counts"], found["differences"]) == ("captured", "pulled", [])
    assert [each["way"] for each in found["snapshots"]] == ["pulled", "pushed"]


@pytest.mark.parametrize("pulled_first", [False, True])
def test_a_push_that_says_something_else_is_contradicted(
    registered: Caller, worker: Worker, *, pulled_first: bool
) -> None:
    if pulled_first:
        worker.pull(told(params={"C": "2.0", "solver": "lbfgs"}))
        registered.api("PUT", SNAPSHOT, facts=told())
    else:
        registered.api("PUT", SNAPSHOT, facts=told())
        worker.pull(told(params={"C": "2.0", "solver": "lbfgs"}))
    found = registered.api("GET", SNAPSHOT)
    assert (found["state"], found["counts"]) == ("contradicted", None)
    assert found["differences"] == [{"path": "params.C", "pushed": "1.0", "pulled": "2.0"}]
    assert len(found["snapshots"]) == 2


def test_a_contradiction_is_an_audit_event(registered: Caller, worker: Worker) -> None:
    registered.api("PUT", SNAPSHOT, facts=told())
    worker.pull(told(params={}))
    assert worker.rows(EVENTS) == [
        ("model_version.snapshot_pushed", "alice"),
        ("model_version.snapshot_pulled", "system"),
        ("model_version.snapshot_contradicted", "system"),
    ]


def test_edges_of_both_sides_of_a_contradiction_stay(registered: Caller, worker: Worker) -> None:
    registered.api("PUT", SNAPSHOT, facts=told())
    worker.pull(told(datasets=[{"name": "other", "digest": "1"}]))
    made = worker.rows("SELECT source FROM lineage_edges WHERE type = 'input' AND withdrawn_at IS NULL")
    assert {source for (source,) in made} == {"dataset:b247ca65:train", "dataset:aca112f6:test", "dataset:1:other"}


def test_a_server_that_does_not_answer_is_told_of(registered: Caller, worker: Worker) -> None:
    worker.fail("http://tracking.example did not answer.")
    found = registered.api("GET", SNAPSHOT)
    assert (found["state"], found["problem"]) == ("unreachable", "http://tracking.example did not answer.")
    assert (found["attempts"], found["next_attempt_at"] is not None) == (1, True)


def test_problems_are_told_in_what_the_database_can_hold(registered: Caller, worker: Worker) -> None:
    worker.fail("\x00" * 9000)
    assert registered.api("GET", SNAPSHOT)["problem"] == "\ufffd" * captures.LONGEST_PROBLEM


def test_a_later_attempt_makes_it_good(registered: Caller, worker: Worker) -> None:
    worker.fail()
    worker.wait()
    worker.pull()
    found = registered.api("GET", SNAPSHOT)
    assert (found["state"], found["problem"], found["attempts"]) == ("captured", "", 0)


def test_attempts_become_seldom_and_never_end(registered: Caller, worker: Worker) -> None:
    for _ in range(captures.MANY_ATTEMPTS):
        worker.wait()
        worker.fail()
    days = (registered.api("GET", SNAPSHOT)["next_attempt_at"] - now()) / 86_400_000
    assert 6.9 < days <= 7
    worker.wait()
    worker.pull()
    assert state(registered) == "captured"


def test_pauses_double_until_they_are_long_and_last_some_three_days() -> None:
    pauses = [captures.pause(attempts) for attempts in range(1, captures.MANY_ATTEMPTS)]
    assert pauses[:3] == [10_000, 20_000, 40_000]
    assert max(pauses) == captures.LONGEST_PAUSE
    assert 2.5 < sum(pauses) / 86_400_000 < 3.5


def test_what_was_pushed_stands_where_no_server_knows_the_run(registered: Caller, worker: Worker) -> None:
    registered.api("PUT", SNAPSHOT, facts=told())
    worker.fail("No tracking server knows the run.", unknown=True)
    found = registered.api("GET", SNAPSHOT)
    assert (found["state"], found["counts"], found["next_attempt_at"]) == ("captured", "pushed", None)


def test_what_was_pushed_is_compared_once_the_server_is_back(registered: Caller, worker: Worker) -> None:
    registered.api("PUT", SNAPSHOT, facts=told())
    worker.fail()
    assert state(registered) == "captured"
    worker.wait()
    worker.pull()
    assert registered.api("GET", SNAPSHOT)["counts"] == "pulled"


def test_a_push_while_the_worker_pulls_is_compared_too(registered: Caller, worker: Worker) -> None:
    [due] = worker.claim()
    registered.api("PUT", SNAPSHOT, facts=told())
    worker.keep(due, told(params={}))
    assert state(registered) == "contradicted"


def test_a_failure_after_a_success_changes_nothing(registered: Caller, worker: Worker) -> None:
    [first] = worker.claim()
    worker.wait()
    worker.pull()
    with worker.session() as session:
        captures.failed(session, first, "late")
    found = registered.api("GET", SNAPSHOT)
    assert (found["state"], found["problem"]) == ("captured", "")


@pytest.mark.parametrize(
    ("found", "largest", "problem"),
    [
        (told(params={"a": "x" * 2000}), 1000, "bytes long; ASSENT_LARGEST_SNAPSHOT allows 1000."),
        (told(model={"id": "m-other"}), LARGEST, "The facts are of the logged model m-other; version 1 is of "),
    ],
    ids=["huge", "of another model"],
)
def test_unfit_facts_are_a_visible_state(
    registered: Caller, worker: Worker, found: Facts, largest: int, problem: str
) -> None:
    worker.pull(found, largest=largest)
    told_of = registered.api("GET", SNAPSHOT)
    assert (told_of["state"], told_of["snapshots"]) == ("unreachable", [])
    assert problem in told_of["problem"]


def test_an_edge_that_would_close_a_circle_is_left_out_and_told_of(registered: Caller, worker: Worker) -> None:
    output = Edge(f"run:{runs.RUN}", "dataset:b247ca65:train", EdgeType.OUTPUT)
    with worker.session() as session:
        edges.link(session, [output], through=Through.OPENLINEAGE, by=None)
    worker.pull()
    problem = registered.api("GET", SNAPSHOT)["problem"]
    assert problem.startswith("Not in the graph, where it would close a circle: from dataset:b247ca65:train to run:")


def test_somebody_may_ask_for_another_attempt(registered: Caller, worker: Worker) -> None:
    worker.fail()
    found = registered.by("edith").api("POST", f"{SNAPSHOT}/retry")
    assert (found["state"], found["attempts"]) == ("pending", 0)
    assert len(worker.claim()) == 1
    assert worker.rows(EVENTS) == [("model_version.snapshot_asked_for", "edith")]


def test_there_is_no_other_attempt_after_a_success(registered: Caller, worker: Worker) -> None:
    worker.pull()
    answer = registered.api("POST", f"{SNAPSHOT}/retry", status=409)
    assert answer["detail"] == "The run of version 1 of m was pulled already."


def test_without_a_run_there_is_nothing_to_attempt(call: Caller) -> None:
    call.model()
    call.version()
    answer = call.api("POST", f"{SNAPSHOT}/retry", status=409)
    assert answer["detail"] == "Version 1 of m names neither a run nor a logged model to pull."


COPY = "/models/copies/versions/1/snapshot"


def copy(call: Caller) -> None:
    call.model("copies")
    call.version("copies", source="models:/m/1")


def test_a_copy_of_what_still_waits_is_captured_by_itself(registered: Caller, worker: Worker) -> None:
    copy(registered)
    for due in worker.claim():
        worker.keep(due)
    assert registered.api("GET", COPY)["state"] == "captured"


def test_a_copy_has_the_facts_of_its_original(registered: Caller, worker: Worker) -> None:
    registered.api("PUT", SNAPSHOT, facts=told(), artifact_digest=DIGEST)
    worker.pull()
    copy(registered)
    assert registered.api("GET", COPY) == registered.api("GET", SNAPSHOT)
    assert worker.claim() == []


def test_a_copy_of_what_was_pushed_is_compared_by_itself(registered: Caller, worker: Worker) -> None:
    registered.api("PUT", SNAPSHOT, facts=told())
    copy(registered)
    for due in worker.claim():
        worker.keep(due, told(params={}))
    assert registered.api("GET", COPY)["state"] == "contradicted"


def test_a_copy_of_a_contradiction_is_one(registered: Caller, worker: Worker) -> None:
    registered.api("PUT", SNAPSHOT, facts=told())
    worker.pull(told(params={}))
    copy(registered)
    assert registered.api("GET", COPY) == registered.api("GET", SNAPSHOT)


def test_a_copy_of_what_cannot_be_reached_tries_by_itself(registered: Caller, worker: Worker) -> None:
    worker.fail()
    copy(registered)
    assert registered.api("GET", COPY)["state"] == "pending"


def test_a_deleted_version_is_captured_all_the_same(registered: Caller, worker: Worker) -> None:
    registered("DELETE", "/model-versions/delete", name="m", version="1")
    worker.pull()
    registered.api("POST", "/models/m/versions/1/restore")
    assert state(registered) == "captured"


def counting(worker: Worker, *version_ids: int) -> dict[int, str]:
    with worker.session() as session:
        return {number: found.way for number, found in snapshots.essentials(session, version_ids).items()}


def test_what_counts_is_told_of_many_versions_at_once(registered: Caller, worker: Worker) -> None:
    for _ in range(3):
        registered.version(source=f"models:/{runs.LOGGED_MODEL}", model_id=runs.LOGGED_MODEL)
    for number, pushed in ((1, told()), (2, told()), (3, told(params={"C": "9"}))):
        registered.api("PUT", f"/models/m/versions/{number}/snapshot", facts=pushed)
    for due in worker.claim():
        if due.version_id in (2, 3):
            worker.keep(due)
    assert counting(worker, 1, 2, 3, 4) == {1: "pushed", 2: "pulled"}
    assert counting(worker, 2) == {2: "pulled"}


def test_many_workers_share_the_work(call: Caller, worker: Worker) -> None:
    call.model()
    for number in range(30):
        call.version(run_id=f"r{number}")
    with ThreadPoolExecutor(5) as crowd:
        claimed = [due.run_id for found in crowd.map(lambda _: worker.claim(4), range(10)) for due in found]
    # Who meets what another is just claiming goes past it, and may come home with less.
    claimed += [due.run_id for due in worker.claim(30)]
    assert sorted(claimed) == sorted(f"r{number}" for number in range(30))


def test_nobody_waits_for_a_push_to_register(postgres_app: Flask) -> None:
    call = Caller(postgres_app.test_client())
    call.model()
    call.version(source=f"models:/{runs.LOGGED_MODEL}", model_id=runs.LOGGED_MODEL)
    worker = Worker(postgres_app)
    [due] = worker.claim()
    with worker.session() as session:
        captures.pulled(session, due, told(), server=SERVER, largest=LARGEST)
        # The transaction is still open, with all that it locks; nobody may wait for it longer than a test waits.
        with ThreadPoolExecutor(1) as other:
            version = other.submit(call.version, run_id=runs.RUN).result(timeout=20)
    assert version["version"] == "2"
