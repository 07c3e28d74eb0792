"""Who waits for news of a request is told at once when there is some, and keeps nobody else from an answer."""

import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from assent.database import READING, db
from support.calling import Caller
from support.gating import asked, gate, govern
from support.live import Client
from support.server import Server
from support.serving import serving

LONG = 20


@pytest.fixture
def guarded(call: Caller) -> Caller:
    """A model with a version, whose way into Production takes two approvals."""
    call.model()
    call.version()
    govern(call, gate("Production", {"approvals": 2}))
    return call


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Somebody who does something meanwhile."""
    with ThreadPoolExecutor(4) as opened:
        yield opened


def _waiting(call: Caller, **seen: int) -> tuple[dict[str, object], float]:
    """The answer to who waits, and how long it took."""
    began = time.monotonic()
    answer = call.api("GET", "/requests/1", wait=LONG, **seen)
    return answer, time.monotonic() - began


def test_who_has_not_seen_the_newest_is_answered_at_once(guarded: Caller) -> None:
    changes = asked(guarded)["request"]["changes"]
    for seen in ({}, {"seen": changes - 1}, {"seen": changes + 7}):
        answer, took = _waiting(guarded, **seen)
        assert answer["changes"] == changes
        assert took < LONG / 2


def test_a_closed_request_has_no_more_news(guarded: Caller) -> None:
    asked(guarded)
    closed = guarded.api("POST", "/requests/1/withdraw")
    answer, took = _waiting(guarded, seen=closed["changes"])
    assert answer["state"] == "withdrawn"
    assert took < LONG / 2


def test_nothing_new_is_told_when_the_time_is_over(guarded: Caller) -> None:
    changes = asked(guarded)["request"]["changes"]
    began = time.monotonic()
    assert guarded.api("GET", "/requests/1", wait=1, seen=changes)["changes"] == changes
    assert time.monotonic() - began >= 1


def test_a_decision_ends_the_waiting(guarded: Caller, pool: ThreadPoolExecutor) -> None:
    changes = asked(guarded)["request"]["changes"]
    waiting = pool.submit(_waiting, guarded, seen=changes)
    guarded.by("bob").api("POST", "/requests/1/approve")
    answer, took = waiting.result()
    assert isinstance(answer["decisions"], list)
    assert [each["by"] for each in answer["decisions"]] == ["bob"]
    assert took < LONG / 2


def test_no_connection_is_held_while_somebody_waits(guarded: Caller, app: Flask) -> None:
    changes = asked(guarded)["request"]["changes"]
    given_back: list[object] = []
    with app.app_context():
        event.listen(db.engines[READING], "checkin", lambda *_: given_back.append(1))
    guarded.api("GET", "/requests/1", wait=1, seen=changes)
    # Before, while and after it waited: whoever held one gave one back.
    assert len(given_back) >= 3


def test_half_of_the_threads_may_wait_and_others_are_answered_at_once(
    database_url: str, pool: ThreadPoolExecutor
) -> None:
    with serving(database_url, threads=2) as app:
        call = Caller(app.test_client())
        call.model()
        call.version()
        govern(call, gate())
        changes = asked(call)["request"]["changes"]
        both = [pool.submit(_waiting, Caller(app.test_client()), seen=changes) for _ in range(2)]
        done, waiting = wait(both, return_when=FIRST_COMPLETED)
        assert [each.result()[0]["state"] for each in done] == ["open"]
        call.by("bob").api("POST", "/requests/1/approve")
        assert [each.result()[0]["state"] for each in waiting] == ["applied"]


def test_a_server_that_stops_answers_who_waits(database_url: str, pool: ThreadPoolExecutor, tmp_path: Path) -> None:
    server = Server.start(database_url, tmp_path)
    client = Client(server.url, server.token())
    client.post("/registered-models/create", name="m")
    client.register("m")
    client.native("POST", "/gates/apply", gates=[gate()])
    asked_for = client.native("POST", "/models/m/versions/1/requests", to="Production")["request"]
    waiting = pool.submit(client.native, "GET", "/requests/1", wait=LONG, seen=asked_for["changes"])
    # So that it is there by then.
    client.native("GET", "/requests/1", wait=1, seen=asked_for["changes"])
    server.stop()
    assert waiting.result()["changes"] == asked_for["changes"]
