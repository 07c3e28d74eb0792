"""What tests of pulled runs share: a worker's pull, and what is in the database after it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, text

from assent import worker
from assent.tracking.pulling import Pulling
from assent.tracking.servers import TrackingServer
from assent.worker import Job
from support.calling import Caller
from support.small_tracking import SmallTracking

LARGEST = 100_000


def at(*servers: SmallTracking) -> list[TrackingServer]:
    """The servers, as an administrator lists them who has no time."""
    return [TrackingServer(server.url, connect_seconds=1, read_seconds=2) for server in servers]


def pull(engine: Engine, known: Sequence[TrackingServer], largest: int = LARGEST) -> None:
    """Let a worker pull all that is due."""
    worker.run_once(engine, [Job("pull runs", 1, Pulling(known, largest=largest).step)])


def captures(engine: Engine) -> list[tuple[Any, ...]]:
    """State and problem of each version's capture."""
    with engine.connect() as connection:
        found = connection.execute(text("SELECT state, problem FROM run_captures ORDER BY version_id"))
        return [tuple(row) for row in found]


def states(engine: Engine) -> list[str]:
    """The state of each version's capture."""
    return [state for state, _ in captures(engine)]


def pulled(engine: Engine) -> list[tuple[Any, ...]]:
    """Run and server of each snapshot."""
    with engine.connect() as connection:
        found = connection.execute(text("SELECT run_id, server FROM run_snapshots ORDER BY version_id"))
        return [tuple(row) for row in found]


def events(engine: Engine, action: str) -> int:
    """How many audit events there are of an action."""
    with engine.connect() as connection:
        counted = text("SELECT count(*) FROM audit_events WHERE action = :action")
        return int(connection.execute(counted, {"action": action}).scalar_one())


def later(engine: Engine) -> None:
    """Let every pause and every lease be over."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE run_captures SET next_attempt_at = 0 WHERE next_attempt_at IS NOT NULL"))


def registered(call: Caller, *runs: str) -> None:
    """Let a model have a version of each run."""
    call.model()
    for run in runs:
        call.version(run_id=run)
