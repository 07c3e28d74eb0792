"""The database: its engine, how sessions begin, and the only commit."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import orjson
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.access.signing_in.attempts import is_told
from assent.audit.actions import Action, Outcome
from assent.audit.events import ORIGIN, Origin, Subject, record
from assent.kernel.dialects import sqlite_is_among, sqlite_mentions
from assent.kernel.errors import (
    AlreadyExists,
    Conflict,
    Denied,
    Held,
    Invalid,
    Refused,
    Telling,
    Unauthenticated,
    Unavailable,
)
from assent.kernel.orm import Base

db = SQLAlchemy(metadata=Base.metadata)

# Writers of SQLite queue here; its own way of waiting is to sleep and to try again, which starves some of them.
_TURN = threading.Lock()

# The name of the engine for reads among those of `db`, and what its connections are told.
READING = "reading"
_READING: dict[str, dict[str, Any]] = {
    "sqlite": {READING: True},
    "postgresql": {READING: True, "isolation_level": "AUTOCOMMIT"},
}

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # Or INSERT OR REPLACE would delete what stands under the same key, and no trigger that keeps the past would know.
    "PRAGMA recursive_triggers = ON",
    "PRAGMA busy_timeout = 30000",
)

# SQLite's words for its limits, and the constraints that two renames to one name break, as each database calls them.
_ASKED_TOO_MUCH = ("too many", "too big", "too complex", "too large")
_NAME_TAKEN = {
    "uq_registered_models_live_name": "A Registered Model of that name already exists.",
    "UNIQUE constraint failed: registered_models.name": "A Registered Model of that name already exists.",
    "uq_principals_name": "There is a user or service account of that name already.",
    "UNIQUE constraint failed: principals.name": "There is a user or service account of that name already.",
    "uq_groups_live_name": "There is a group of that name already.",
    "UNIQUE constraint failed: groups.name": "There is a group of that name already.",
}

_REFUSALS = {Denied: Action.ACCESS_DENIED, Held: Action.MOVE_HELD, Unauthenticated: Action.SIGN_IN_REFUSED}


def engine_options(url: URL, *, threads: int) -> dict[str, Any]:
    """What SQLAlchemy is told about a database."""
    options: dict[str, Any] = {
        # What failed is told and logged; what it was done with may be a password's hash.
        "hide_parameters": True,
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
        "pool_size": threads,
        "max_overflow": 4,
    }
    if url.get_backend_name() == "sqlite":
        return options | {"connect_args": {"timeout": 30, "check_same_thread": False}}
    # Every query here has an index to walk. A planner with statistics from before a bulk load would rather
    # read a whole table, and compiling such a plan costs more than any answer; neither may cost a request its time.
    return options | {
        "connect_args": {
            "connect_timeout": 5,
            "options": "-c enable_seqscan=off -c jit=off -c timezone=UTC -c lock_timeout=30s",
        }
    }


def reading_options(url: URL, *, threads: int) -> dict[str, Any]:
    """What SQLAlchemy is told about a database that it only reads: there is no transaction to begin or to end.

    Its connections stay so: to change one for a read and back would cost as much as the read.
    """
    options = engine_options(url, threads=threads)
    options |= {"execution_options": {READING: True}, "pool_reset_on_return": None}
    return options if url.get_backend_name() == "sqlite" else options | {"isolation_level": "AUTOCOMMIT"}


@event.listens_for(Engine, "connect")
def _on_connect(connection: object, _record: object) -> None:
    """Teach SQLite what PostgreSQL does by itself: real transactions, foreign keys, letters beyond ASCII."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        connection.create_function("folded", 1, _folded, deterministic=True)
        connection.create_function("is_among", 2, sqlite_is_among)
        connection.create_function("mentions", 2, sqlite_mentions, deterministic=True)
        for pragma in _PRAGMAS:
            connection.execute(pragma)


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail in the middle when another wrote meanwhile.
    if connection.dialect.name == "sqlite" and not connection.get_execution_options().get(READING):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _folded(text: object) -> str | None:
    return text.lower() if isinstance(text, str) else None


@contextmanager
def reading(engine: Engine, origin: Origin, *, by: Principal | None = None) -> Iterator[Connection]:
    """A connection for statements that each stand alone: no BEGIN, no COMMIT, and no write."""
    if not engine.get_execution_options().get(READING):
        engine = engine.execution_options(**_READING[engine.dialect.name])
    with (
        refusals_recorded(engine, origin, by),
        _told_in_our_words(),
        engine.connect() as connection,
    ):
        yield connection


@contextmanager
def unit_of_work(engine: Engine, origin: Origin, *, by: Principal | None = None) -> Iterator[Session]:
    """A session whose changes come to pass together, or not at all."""
    with refusals_recorded(engine, origin, by), _writing(engine, origin) as session:
        yield session


@contextmanager
def refusals_recorded(engine: Engine, origin: Origin, by: Principal | None = None) -> Iterator[None]:
    """Write the audit event of an attempt that was turned down, in a transaction of its own."""
    try:
        yield
    except Refused as refusal:
        if refusal.telling is not Telling.NEVER:
            with _writing(engine, origin) as session:
                _record(session, refusal, by)
        raise


def _record(session: Session, refusal: Refused, by: Principal | None) -> None:
    if refusal.telling is Telling.SOMETIMES and not is_told(session):
        return
    record(
        session,
        _REFUSALS[type(refusal)],
        by=by,
        on=Subject(refusal.kind, None, refusal.subject),
        outcome=Outcome.REFUSED,
        details={"message": refusal.message, **refusal.details},
    )


@contextmanager
def _writing(engine: Engine, origin: Origin) -> Iterator[Session]:
    turn = _TURN if engine.dialect.name == "sqlite" else nullcontext()
    with _told_in_our_words(), turn, Session(engine, info={ORIGIN: origin}, autoflush=False) as session:
        try:
            yield session
        except Held:
            # The move is refused, but that it was asked for stands.
            session.commit()
            raise
        session.commit()


@contextmanager
def _told_in_our_words() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as problem:
        if isinstance(problem.orig, sqlite3.Error) and any(word in str(problem.orig) for word in _ASKED_TOO_MUCH):
            raise Invalid("The request asks more of the database than it can do in one statement.") from problem
        raise Unavailable("The database cannot be reached now.") from problem
    except IntegrityError as problem:
        for constraint, message in _NAME_TAKEN.items():
            if constraint in str(problem.orig):
                raise AlreadyExists(message) from problem
        raise Conflict("Somebody changed the same thing at the same time; try again.") from problem
    except DataError as problem:
        raise Invalid("The database cannot hold a value of the request.") from problem
