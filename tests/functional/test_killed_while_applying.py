"""The process is killed between any two statements of a move: the whole of it is there, or nothing.

Each time a child of this process makes the call that completes a request, and is killed before one statement, one
later than the time before, until one comes through.
"""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, event, text

from assent.database import db
from support.calling import API, Caller
from support.gating import asked, gate, govern
from support.proof import Proof
from support.retelling import must_agree
from support.serving import serving

TABLES = (
    *("transition_requests", "decisions", "request_awaits", "request_bars", "outbox_messages", "audit_events"),
    *("registered_models", "model_versions", "stage_history", "aliases", "checks"),
)
CHECKED = {"check": "ci"}
# More than any of them takes; a walk that never ends would be no proof.
MOST = 300
# After so many that were killed the same call is made once more, and comes through.
AGAIN = 5

_ALL = {name: text(f"SELECT * FROM {name}") for name in TABLES}  # noqa: S608 (our own names)

Everything = dict[str, list[str]]


@dataclass(frozen=True)
class Completing:
    """A move, and the call that completes it."""

    to: str
    stands: str
    by_check: bool = False

    def of(self, request: int, number: int) -> tuple[str, str, dict[str, Any]]:
        """Who makes the call, where, and with what."""
        if self.by_check:
            return "edith", f"/models/m/versions/{number}/checks", {"name": "ci", "state": "passed"}
        return "bob", f"/requests/{request}/approve", {"comment": "Fine."}


WAYS = {
    "into a stage": Completing("Production", "Production"),
    "into a stage by a check": Completing("Production", "Production", by_check=True),
    "under an alias": Completing("@champion", "None"),
    "away": Completing("deletion", "deleted"),
}


@dataclass(frozen=True)
class Registry:
    """The service, and a model whose moves are guarded."""

    app: Flask
    call: Caller
    engine: Engine

    def prepared(self, how: Completing) -> tuple[int, int]:
        """A version that lacks one thing, and its request."""
        number = int(self.call.version()["version"])
        archiving = how.stands == "Production"
        request: int = asked(self.call, how.to, number=number, archive_existing=archiving)["request"]["id"]
        if how.by_check:
            self.call.by("bob").api("POST", f"/requests/{request}/approve")
        return number, request

    def is_killed_before(self, statement: int, who: str, path: str, fields: dict[str, Any]) -> bool:
        """Let a child make a call, and kill it before one of its statements; whether there were so many."""
        self._leave_no_connection()
        child = os.fork()
        if child == 0:
            try:
                _die_before(statement)
                status = Caller(self.app.test_client(), who).answer("POST", API + path, json=fields).status_code
                os._exit(0 if status == 200 else 1)
            finally:
                os._exit(2)
        _, ended = os.waitpid(child, 0)
        assert os.WIFSIGNALED(ended) or os.WEXITSTATUS(ended) == 0, os.WEXITSTATUS(ended)
        return os.WIFSIGNALED(ended) and os.WTERMSIG(ended) == signal.SIGKILL

    def _leave_no_connection(self) -> None:
        with self.app.app_context():
            for engine in db.engines.values():
                engine.dispose()

    def everything(self) -> Everything:
        """Every row of every table that a move touches."""
        with self.engine.connect() as connection:
            return {name: sorted(map(repr, connection.execute(_ALL[name]))) for name in TABLES}


def _die_before(statement: int) -> None:
    """Kill this process before so many statements; a commit counts as one, and so does the moment after it."""
    left = iter(range(statement - 1, -1, -1))

    def count(*_: Any, **__: Any) -> None:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    event.listen(Engine, "checkin", count)


@pytest.fixture
def registry(database_url: str) -> Iterator[Registry]:
    """Gates over every kind of move; afterwards the record is whole, and proves every move."""
    # Who calls is known, and is not looked up again: each time there are the same statements.
    with serving(database_url, recheck_seconds=3600) as app:
        call = Caller(app.test_client())
        for who in ("bob", "edith"):
            call.by(who).api("GET", "/me")
        yield from _guarded(app, call)


def _guarded(app: Flask, call: Caller) -> Iterator[Registry]:
    call.model()
    gates = [gate("Production"), gate({"alias": "champion"}), gate({"deletion": "version"})]
    govern(call, *({**each, "name": f"g{place}"} for place, each in enumerate(gates)))
    with app.app_context():
        engine = db.engine
    yield Registry(app, call, engine)
    with engine.connect() as connection:
        must_agree(connection)
        Proof().go_on(connection)


@pytest.mark.parametrize("way", WAYS)
def test_the_whole_move_is_there_or_nothing(registry: Registry, way: str) -> None:
    how = WAYS[way]
    if how.by_check:
        govern(registry.call, gate("Production", {"approvals": 1}, CHECKED))
    seen = []
    number, request = registry.prepared(how)
    for statement in range(1, MOST):
        call = how.of(request, number)
        before = registry.everything()
        was_killed = registry.is_killed_before(statement, *call)
        is_made = registry.everything() != before
        seen.append(is_made)
        if not is_made and statement % AGAIN == 0:
            who, path, fields = call
            registry.call.by(who).api("POST", path, **fields)
        if is_made or statement % AGAIN == 0:
            with registry.engine.connect() as connection:
                assert _outcome(connection, request) == ("applied", how.stands, 1, 1, 1)
            number, request = registry.prepared(how)
        if not was_killed:
            break
    # Killed often enough before it was made, then at least once after that, and at last not at all.
    assert seen == sorted(seen)
    assert seen.count(False) > 20
    assert seen.count(True) >= 2


def _outcome(connection: Connection, request: int) -> tuple[Any, ...]:
    """What became of a request, where its version stands, and how often that was told, queued and recorded."""
    wanted = """
        SELECT state, CASE WHEN deleted_at IS NULL THEN stage ELSE 'deleted' END AS stands,
        (SELECT COUNT(*) FROM audit_events WHERE action = 'transition_request.applied' AND subject_id = r.id) AS told,
        (SELECT COUNT(*) FROM decisions WHERE request_id = r.id AND ended_at IS NULL) AS decided
        FROM transition_requests AS r JOIN model_versions ON model_versions.id = r.version_id WHERE r.id = :id
    """
    row = connection.execute(text(wanted), {"id": request}).one()
    queued = connection.execute(
        text("SELECT content FROM outbox_messages WHERE topic = 'transition_request.applied'")
    )
    told = [json.loads(content) if isinstance(content, str) else content for (content,) in queued]
    messages = sum(each["request"] == request for each in told)
    return row.state, row.stands, row.told, row.decided, messages
