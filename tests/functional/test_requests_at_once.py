"""What several do about one request at the same moment has one outcome, and histories without gap or overlap."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from assent.database import db
from support.calling import API, Caller
from support.databases import ADMINISTRATOR
from support.gating import asked, gate, govern
from support.proof import Proof
from support.retelling import must_agree

# Each race is run so often; to be surer, name how often it shall be.
ROUNDS = int(os.environ.get("ASSENT_TEST_ROUNDS", "10"))

Call = tuple[str, str, str, dict[str, Any]]
Race = Callable[[int], list[int]]


@pytest.fixture
def at_once(app: Flask) -> Iterator[Callable[..., list[int]]]:
    """Makes some calls at the same moment, each on a connection of its own; gives the status of each, in order."""
    with ThreadPoolExecutor(2) as pool:

        def make(*calls: Call) -> list[int]:
            together = Barrier(len(calls))

            def one(call: Call) -> int:
                who, method, path, fields = call
                caller = Caller(app.test_client(), who)
                # Known already, so that all there is left to do is done at once.
                caller.api("GET", "/me")
                together.wait()
                return caller.answer(method, API + path, json=fields).status_code

            return list(pool.map(one, calls))

        yield make


@pytest.fixture
def raced(app: Flask, call: Caller) -> Iterator[Caller]:
    """A model to race about; afterwards the record is whole, and proves every move."""
    call.model()
    yield call
    with app.app_context(), db.engine.connect() as connection:
        must_agree(connection)
        _revisions_must_follow(connection)
        _applied_once(connection)
        Proof().go_on(connection)


def _revisions_must_follow(connection: Connection) -> None:
    wanted = text("SELECT kind, name, revision, valid_from, valid_until FROM rule_revisions ORDER BY kind, name, id")
    for one, other in pairwise(connection.execute(wanted).all()):
        if one[:2] == other[:2]:
            assert (other.revision, other.valid_from) == (one.revision + 1, one.valid_until)


def _applied_once(connection: Connection) -> None:
    """Each applied request has one event that it was, and each decision ended at most once, after it began."""
    told = "SELECT subject_id, COUNT(*) FROM audit_events WHERE action = 'transition_request.applied' GROUP BY 1"
    applied = connection.execute(text("SELECT id FROM transition_requests WHERE state = 'applied'")).scalars()
    assert {row[0]: row[1] for row in connection.execute(text(told))} == dict.fromkeys(applied, 1)
    queued = "SELECT COUNT(*) FROM outbox_messages WHERE topic = 'transition_request.applied'"
    moved = "SELECT COUNT(*) FROM transition_requests WHERE state = 'applied'"
    assert connection.scalar(text(queued)) == connection.scalar(text(moved))
    early = "SELECT COUNT(*) FROM decisions WHERE ended_at < decided_at"
    assert connection.scalar(text(early)) == 0


def _decide(who: str, request: int, verb: str, **fields: Any) -> Call:
    return who, "POST", f"/requests/{request}/{verb}", fields


def _new(call: Caller, to: str = "Production", **fields: Any) -> tuple[int, int]:
    """A new version, and a request for it."""
    number = int(call.version()["version"])
    return number, asked(call, to, number=number, **fields)["request"]["id"]


def _now(call: Caller, request: int) -> dict[str, Any]:
    return call.by(ADMINISTRATOR).api("GET", f"/requests/{request}")


def _stage(call: Caller, number: int) -> str:
    stage: str = call("GET", "/model-versions/get", name="m", version=number)["model_version"]["current_stage"]
    return stage


def test_two_last_approvals_apply_it_once(raced: Caller, at_once: Callable[..., list[int]]) -> None:
    govern(raced, gate("Production", {"approvals": 2}))
    for _ in range(ROUNDS):
        number, request = _new(raced)
        assert at_once(_decide("bob", request, "approve"), _decide("petra", request, "approve")) == [200, 200]
        assert (_now(raced, request)["state"], _stage(raced, number)) == ("applied", "Production")


def test_one_more_approval_than_it_takes_comes_too_late(raced: Caller, at_once: Callable[..., list[int]]) -> None:
    govern(raced, gate())
    for _ in range(ROUNDS):
        _, request = _new(raced)
        got = at_once(_decide("bob", request, "approve"), _decide("petra", request, "approve"))
        assert sorted(got) == [200, 409]
        assert len(_now(raced, request)["decisions"]) == 1


def test_an_approval_and_a_rejection(raced: Caller, at_once: Callable[..., list[int]]) -> None:
    govern(raced, gate())
    for _ in range(ROUNDS):
        number, request = _new(raced)
        got = at_once(_decide("bob", request, "approve"), _decide("petra", request, "reject", comment="No."))
        outcome = {(200, 409): ("applied", "Production"), (409, 200): ("rejected", "None")}
        assert (_now(raced, request)["state"], _stage(raced, number)) == outcome[got[0], got[1]]


def test_an_approval_and_a_withdrawal(raced: Caller, at_once: Callable[..., list[int]]) -> None:
    govern(raced, gate())
    for _ in range(ROUNDS):
        number, request = _new(raced)
        got = at_once(_decide("bob", request, "approve"), _decide("alice", request, "withdraw"))
        outcome = {(200, 409): ("applied", "Production"), (409, 200): ("withdrawn", "None")}
        assert (_now(raced, request)["state"], _stage(raced, number)) == outcome[got[0], got[1]]


def test_an_approval_and_a_change_of_the_gate(raced: Caller, at_once: Callable[..., list[int]]) -> None:
    stricter = gate("Production", {"approvals": 2})
    for _ in range(ROUNDS):
        govern(raced, gate())
        _, request = _new(raced)
        changing = (ADMINISTRATOR, "POST", "/gates/apply", {"gates": [stricter]})
        assert at_once(_decide("bob", request, "approve"), changing) == [200, 200]
        found = _now(raced, request)
        judged_by = found["report"]["gates"]["production"]
        # Either it was approved under the gate that wanted one, or it waits under the one that wants two.
        assert (found["state"], judged_by % 2) in (("applied", 1), ("open", 0))


def test_the_last_approval_and_one_that_is_taken_back(raced: Caller, at_once: Callable[..., list[int]]) -> None:
    govern(raced, gate("Production", {"approvals": 2}))
    for _ in range(ROUNDS):
        _, request = _new(raced)
        raced.by("bob").api("POST", f"/requests/{request}/approve")
        got = at_once(_decide("petra", request, "approve"), _decide("bob", request, "take-back"))
        assert (_now(raced, request)["state"], got) in (("applied", [200, 409]), ("open", [200, 200]))


def test_two_who_ask_find_one_request(raced: Caller, at_once: Callable[..., list[int]]) -> None:
    govern(raced, gate())
    for _ in range(ROUNDS):
        number = int(raced.version()["version"])
        path = f"/models/m/versions/{number}/requests"
        asking = [(who, "POST", path, {"to": "Production"}) for who in ("alice", "rita")]
        assert at_once(*asking) == [200, 200]
        both = [asked(raced.by(who), number=number)["request"]["id"] for who in ("alice", "rita")]
        assert both[0] == both[1]


def test_an_approval_and_the_deletion_of_the_version(raced: Caller, at_once: Callable[..., list[int]]) -> None:
    govern(raced, gate())
    for _ in range(ROUNDS):
        number, request = _new(raced)
        deleting = ("alice", "POST", f"/models/m/versions/{number}/requests", {"to": "deletion"})
        approved, deleted = at_once(_decide("bob", request, "approve"), deleting)
        assert (_now(raced, request)["state"], approved, deleted) in (
            ("applied", 200, 200),
            ("superseded", 409, 200),
            ("superseded", 404, 200),
        )


def test_the_last_check_and_the_last_approval(raced: Caller, at_once: Callable[..., list[int]]) -> None:
    govern(raced, gate("Production", {"approvals": 1}, {"check": "ci"}))
    for _ in range(ROUNDS):
        number, request = _new(raced)
        posting = ("edith", "POST", f"/models/m/versions/{number}/checks", {"name": "ci", "state": "passed"})
        assert at_once(_decide("bob", request, "approve"), posting) == [200, 200]
        assert (_now(raced, request)["state"], _stage(raced, number)) == ("applied", "Production")


def test_two_versions_on_their_way_under_one_alias(raced: Caller, at_once: Callable[..., list[int]]) -> None:
    govern(raced, gate({"alias": "champion"}))
    for _ in range(ROUNDS):
        (one, first), (other, second) = _new(raced, "@champion"), _new(raced, "@champion")
        assert at_once(_decide("bob", first, "approve"), _decide("petra", second, "approve")) == [200, 200]
        found = raced("GET", "/registered-models/alias", name="m", alias="champion")["model_version"]["version"]
        assert int(found) in (one, other)
        assert {_now(raced, each)["state"] for each in (first, second)} == {"applied"}
