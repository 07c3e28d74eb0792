"""The worker's part: takes captures that are due, reads their runs in threads, and keeps what was found."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import TypeAlias

from sqlalchemy import Engine

from assent.audit.events import Origin
from assent.database import unit_of_work
from assent.http import metrics
from assent.kernel.errors import AssentError, NotFound
from assent.lineage.runs import captures
from assent.lineage.runs.captures import Due
from assent.tracking.asking import Absent, Asking, Busy
from assent.tracking.reading import Found, found
from assent.tracking.servers import TrackingServer

MOST_AT_ONCE = 8
# So long after it began, a read that has not come to an end is no longer counted upon.
_GIVEN_UP_SECONDS = 150
# After so many conversations in a row that ended in silence a server is left alone for so long.
_MOST_SILENCES = 3
_SKIPPED_SECONDS = 30
_PUT_OFF_SECONDS = 15
_WAIT_SECONDS = 0.5

_log = logging.getLogger("assent.worker")

_Read: TypeAlias = Found | AssentError


class Doors:
    """Where conversations with the servers begin: few at once with each, and none with one that is silent."""

    def __init__(self, known: Sequence[TrackingServer]) -> None:
        # One that is slow must leave threads for the others.
        most = MOST_AT_ONCE if len(known) == 1 else MOST_AT_ONCE // 2
        self._free = {server.url: BoundedSemaphore(most) for server in known}
        self._silences = dict.fromkeys(self._free, 0)
        self._silent_until = dict.fromkeys(self._free, 0.0)

    @contextmanager
    def ask(self, server: TrackingServer) -> Iterator[Asking]:
        """A conversation. Raises Busy where there are enough of them, and Absent where the server was absent."""
        if time.monotonic() < self._silent_until[server.url]:
            raise Absent(f"{server.url} did not answer a moment ago.")
        if not self._free[server.url].acquire(blocking=False):
            raise Busy(f"{server.url} is being asked for other runs.")
        try:
            with Asking(server) as asking:
                yield asking
        except Absent:
            # One alone may be a connection that was cut: it is no reason to fail all others that wait.
            self._silences[server.url] += 1
            if self._silences[server.url] >= _MOST_SILENCES:
                self._silent_until[server.url] = time.monotonic() + _SKIPPED_SECONDS
            raise
        except AssentError:
            self._silences[server.url] = 0
            raise
        else:
            self._silences[server.url] = 0
        finally:
            self._free[server.url].release()


class Pulling:
    """Pulls runs. Nothing is asked of a server in a transaction, and no thread that asks touches the database."""

    def __init__(self, known: Sequence[TrackingServer], *, largest: int) -> None:
        self._known = known
        self._largest = largest
        self._doors = Doors(known)
        self._read: SimpleQueue[tuple[Due, _Read]] = SimpleQueue()
        # What is being read, and since when.
        self._running: dict[Due, float] = {}

    def step(self, engine: Engine) -> bool:
        """Begin to read what is due, and keep what has been read; whether there is more to do at once."""
        begun = self._begin(engine)
        wait = _WAIT_SECONDS if self._running else 0.0
        while answer := self._next(wait):
            wait = 0.0
            self._running.pop(answer[0], None)
            self._keep(engine, *answer)
        return bool(begun or self._running)

    def stop(self, engine: Engine) -> None:
        """Leave what is still being read to the next worker, which need not wait for the lease to end."""
        with unit_of_work(engine, Origin("worker")) as session:
            for due in self._running:
                captures.put_off(session, due, seconds=0)

    def _begin(self, engine: Engine) -> int:
        late = time.monotonic() - _GIVEN_UP_SECONDS
        self._running = {due: began for due, began in self._running.items() if began > late}
        if not (free := MOST_AT_ONCE - len(self._running)):
            return 0
        with unit_of_work(engine, Origin("worker")) as session:
            claimed = captures.due(session, most=free)
        for due in claimed:
            # Nobody waits for the thread of a server that is slow, not even the end of the process.
            Thread(target=self._pull, args=(due,), daemon=True).start()
            self._running[due] = time.monotonic()
        return len(claimed)

    def _next(self, wait_seconds: float) -> tuple[Due, _Read] | None:
        try:
            return self._read.get(timeout=wait_seconds)
        except Empty:
            return None

    def _pull(self, due: Due) -> None:
        read: _Read
        try:
            read = found(due, self._known, self._doors.ask)
        except AssentError as problem:
            read = problem
        except Exception:
            # What a server says may be anything; whatever it is, the version is told of, and asked for again.
            _log.exception("a run could not be understood", extra={"fields": {"run": due.run_id}})
            read = AssentError("The tracking server answers something that is not MLflow's.")
        self._read.put((due, read))

    def _keep(self, engine: Engine, due: Due, read: _Read) -> None:
        try:
            with unit_of_work(engine, Origin("worker")) as session:
                match read:
                    case Found():
                        captures.pulled(session, due, read.facts, server=read.server, largest=self._largest)
                        outcome = "captured"
                    case Busy():
                        captures.put_off(session, due, seconds=_PUT_OFF_SECONDS)
                        outcome = "put_off"
                    case problem:
                        captures.failed(session, due, problem.message, unknown=isinstance(problem, NotFound))
                        outcome = "unknown" if isinstance(problem, NotFound) else "failed"
        except AssentError as problem:
            if not isinstance(read, Found):
                raise
            self._keep(engine, due, problem)
        else:
            metrics.count_pull(outcome)
