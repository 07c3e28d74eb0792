"""What runs apart from requests: on a laptop as a thread of the server, for a team as processes of their own."""

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from assent.access import attempts, exchange
from assent.audit.events import Origin
from assent.database import reading, unit_of_work

_log = logging.getLogger("assent.worker")


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every so many seconds. It must bear being done twice, or by two workers at once."""

    name: str
    every_seconds: float
    do: Callable[[Engine], None]


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


JOBS = (
    Job("refresh statistics", 600, refresh_statistics),
    Job("forget what is over", 3600, forget_what_is_over),
)


def run_once(engine: Engine) -> None:
    """Do every job once; one that fails is logged and does not keep the others from being done."""
    for job in JOBS:
        try:
            job.do(engine)
        except Exception:
            _log.exception("job failed", extra={"fields": {"job": job.name}})
        else:
            _log.debug("job done", extra={"fields": {"job": job.name}})


def run_until(stopped: threading.Event, engine: Engine) -> None:
    """Do the jobs again and again, until the event is set."""
    while not stopped.is_set():
        run_once(engine)
        stopped.wait(min(job.every_seconds for job in JOBS))


def run_until_stopped(engine: Engine) -> None:
    """Do the jobs until the process is told to stop; a job that runs is finished first."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    run_until(stopped, engine)
