"""What runs apart from requests: on a laptop as a thread of the server, for a team as processes of their own."""

import heapq
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Engine

from assent.access.policy.levels import Level
from assent.access.publishing import exchange
from assent.access.signing_in import attempts
from assent.audit.events import Origin
from assent.database import reading, unit_of_work
from assent.governance.requests.acting import due
from assent.settings import Settings
from assent.tracking.pulling import Pulling
from assent.tracking.servers import servers

_log = logging.getLogger("assent.worker")
_REQUESTS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every so many seconds, and at once again while it says that there is more to do.

    It must bear being done twice, or by two workers at once.
    """

    name: str
    every_seconds: float
    do: Callable[[Engine], bool | None]
    # What is done when the worker is told to stop.
    stop: Callable[[Engine], None] | None = None


def refresh_statistics(engine: Engine) -> None:
    """Let SQLite look at its tables, so that its planner knows their sizes; PostgreSQL does so by itself."""
    if engine.dialect.name == "sqlite":
        with reading(engine, Origin("worker")) as session:
            session.exec_driver_sql("PRAGMA optimize = 0x10002")


def forget_what_is_over(engine: Engine) -> None:
    """Delete what nobody can use or exchange any more, and attempts that count no more."""
    with unit_of_work(engine, Origin("worker")) as session:
        exchange.forget_what_is_over(session)
        attempts.forget_what_is_over(session)


def look_at_requests(engine: Engine, default: Level) -> bool:
    """Look at some requests for which it is time: they expire, are applied, or wait on."""
    origin = Origin("worker")
    with reading(engine, origin) as session:
        ids = due.due(session, most=_REQUESTS_AT_ONCE)
    for request_id in ids:
        try:
            with unit_of_work(engine, origin) as session:
                due.look_at(session, request_id, default=default)
        except Exception:
            # It is looked at later; the others do not wait for it.
            _log.exception("a request could not be looked at", extra={"fields": {"request": request_id}})
            with unit_of_work(engine, origin) as session:
                due.put_off(session, request_id)
    return len(ids) == _REQUESTS_AT_ONCE


JOBS = (
    Job("refresh statistics", 600, refresh_statistics),
    Job("forget what is over", 3600, forget_what_is_over),
)


def jobs(settings: Settings, environment: Mapping[str, str] = os.environ) -> tuple[Job, ...]:
    """All that a worker does with some settings. Raises Invalid where the file of tracking servers is wrong."""
    looking = Job("look at requests", 2, partial(look_at_requests, default=settings.default_level))
    known = servers(settings.tracking_file, environment)
    if not known:
        return (*JOBS, looking)
    pulling = Pulling(known, largest=settings.largest_snapshot)
    return (*JOBS, looking, Job("pull runs", 3, pulling.step, pulling.stop))


def run_once(engine: Engine, all_jobs: Sequence[Job] = JOBS) -> None:
    """Do every job until it has no more to do."""
    for job in all_jobs:
        while _has_more(job, engine):
            pass


def run_until(stopped: threading.Event, engine: Engine, all_jobs: Sequence[Job]) -> None:
    """Do each job again and again at its own times, until the event is set."""
    due = [(time.monotonic(), place) for place in range(len(all_jobs))]
    while not stopped.is_set():
        at, place = heapq.heappop(due)
        if stopped.wait(max(0.0, at - time.monotonic())):
            return
        job = all_jobs[place]
        # Jobs with more to do take turns: a long one does not keep the others from their time.
        pause = 0.0 if _has_more(job, engine) else job.every_seconds
        heapq.heappush(due, (time.monotonic() + pause, place))


def run_until_stopped(engine: Engine, all_jobs: Sequence[Job]) -> None:
    """Do the jobs until the process is told to stop; a job that runs is finished first."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    run_until(stopped, engine, all_jobs)
    for job in all_jobs:
        if job.stop:
            job.stop(engine)


def _has_more(job: Job, engine: Engine) -> bool:
    """Do a job; one that fails is logged, and does not keep the others from being done."""
    try:
        more = job.do(engine)
    except Exception:
        _log.exception("job failed", extra={"fields": {"job": job.name}})
        return False
    _log.debug("job done", extra={"fields": {"job": job.name}})
    return bool(more)
