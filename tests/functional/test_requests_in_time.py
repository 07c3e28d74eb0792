"""What the worker does with requests when their time comes, and what does not keep it from the others."""

import json
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from assent import worker
from assent.access.policy.levels import Level
from assent.database import db, unit_of_work
from support.calling import API, Caller
from support.databases import TEST
from support.gating import asked, gate, govern

BROKEN = """
INSERT INTO decisions (request_id, verdict, decided_at, decided_by_id, comment, signature, digest, reviewed)
SELECT :request, 'approved', 1, id, '', '', '', :reviewed FROM principals WHERE name = 'bob'
"""


@pytest.fixture
def guarded(call: Caller) -> Caller:
    """A model with two versions, whose way into Production takes one approval within an hour."""
    call.model()
    call.version()
    call.version()
    govern(call, gate("Production", {"approvals": 1}, expires_after="1h"))
    return call


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lets it be so many milliseconds later."""

    def jump(millis: int) -> None:
        then = time.time_ns() + millis * 1_000_000
        monkeypatch.setattr(time, "time_ns", lambda: then)

    return jump


def _work(app: Flask) -> None:
    with app.app_context():
        while worker.look_at_requests(db.engine, Level.NO_PERMISSIONS):
            pass


def _request(call: Caller, number: int) -> dict[str, Any]:
    return call.api("GET", f"/requests/{number}")


def test_a_request_that_nobody_completes_expires(app: Flask, guarded: Caller, later: Callable[[int], None]) -> None:
    asked(guarded)
    _work(app)
    assert _request(guarded, 1)["state"] == "open"
    later(3_600_001)
    _work(app)
    expired = _request(guarded, 1)
    assert (expired["state"], expired["closed_by"]) == ("expired", None)


def test_a_scheduled_move_is_made_in_the_name_of_who_asked(
    app: Flask, guarded: Caller, later: Callable[[int], None]
) -> None:
    asked(guarded, "Staging", not_before=time.time_ns() // 1_000_000 + 60_000)
    _work(app)
    assert _request(guarded, 1)["state"] == "open"
    later(60_001)
    _work(app)
    assert _request(guarded, 1)["state"] == "applied"
    entered = guarded.api("GET", "/models/m/versions/1/history")["stages"][-1]
    assert (entered["what"], entered["by"]) == ("Staging", "alice")


def test_a_request_is_applied_when_its_freeze_ends(app: Flask, guarded: Caller, later: Callable[[int], None]) -> None:
    ends = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 1800))
    targets = [{"stage": "Production"}]
    frozen = {"name": "now", "targets": targets, "from": "2020-01-01", "until": ends, "zone": "UTC"}
    govern(guarded, gate("Production", {"approvals": 1}), freezes=[frozen])
    asked(guarded)
    assert guarded.by("bob").api("POST", "/requests/1/approve")["state"] == "open"
    later(1_800_000)
    _work(app)
    assert _request(guarded, 1)["state"] == "applied"


def test_one_that_cannot_be_looked_at_does_not_keep_it_from_the_others(
    app: Flask, guarded: Caller, later: Callable[[int], None], caplog: pytest.LogCaptureFixture
) -> None:
    for number in (1, 2):
        asked(guarded, number=number)
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        session.execute(text(BROKEN), {"request": 1, "reviewed": json.dumps({})})
    later(3_500_000)
    with caplog.at_level(logging.CRITICAL):
        _work(app)
        assert _request(guarded, 2)["report"]["at"] > _request(guarded, 1)["report"]["at"]
        with app.app_context():
            assert not worker.look_at_requests(db.engine, Level.NO_PERMISSIONS)


def test_a_token_for_reading_makes_no_move_by_looking(guarded: Caller) -> None:
    asked(guarded)
    secret = guarded.api("POST", "/tokens", label="for reading", scopes=["read"])["secret"]
    headers = {"Authorization": f"Bearer {secret}"}
    refused = guarded.client.post(f"{API}/requests/1/look", headers=headers)
    assert refused.status_code == 403
    assert "request:open" in refused.text
    assert guarded.api("POST", "/requests/1/look")["state"] == "open"
