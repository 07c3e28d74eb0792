"""The audit log: events, and the one function that writes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import JSON, Index, TextClause, func, literal_column, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from assent.audit.actions import Action, Outcome
from assent.kernel.clock import now
from assent.kernel.dialects import table
from assent.kernel.orm import BIG, Base, Id, Millis, stored_by_value

ORIGIN = "origin"


@dataclass(frozen=True, slots=True)
class Origin:
    """Through what a request came: the face (`mlflow`, `api`, `cli`, …), the address, the request's id."""

    face: str
    address: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about: a kind of thing, the id it keeps for ever, and what it was called then."""

    kind: str
    id: int | None
    name: str
    model_id: int | None = None
    version: int | None = None


class Actor(Protocol):
    """Whoever acts: a principal, seen from below."""

    @property
    def id(self) -> int | None:
        """The principal's id; None for the system itself."""

    @property
    def name(self) -> str:
        """What the principal is called."""

    @property
    def token_id(self) -> int | None:
        """The token that was shown, if one was."""


_REFUSED = text("outcome = 'refused'")
_OF_A_MODEL = text("model_id IS NOT NULL")
_OF_NO_MODEL = text("model_id IS NULL")


def _some(name: str, which: TextClause, *columns: Any) -> Index:
    return Index(name, *columns, sqlite_where=which, postgresql_where=which)


class AuditEvent(Base):
    """One fact. The database refuses to update or delete it; nothing refers to it, so nothing cascades."""

    __tablename__ = "audit_events"

    id: Mapped[Id]
    at: Mapped[Millis]
    action: Mapped[Action] = mapped_column(stored_by_value(Action))
    outcome: Mapped[Outcome] = mapped_column(stored_by_value(Outcome))
    actor_id: Mapped[int | None] = mapped_column(BIG)
    actor: Mapped[str]
    token_id: Mapped[int | None] = mapped_column(BIG)
    subject_kind: Mapped[str]
    subject_id: Mapped[int | None] = mapped_column(BIG)
    subject: Mapped[str]
    model_id: Mapped[int | None] = mapped_column(BIG)
    version: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    face: Mapped[str]
    address: Mapped[str]
    request_id: Mapped[str]

    __table_args__ = (
        # By position, which is the order in which events are told.
        Index(None, "at", "id"),
        Index(None, "model_id", "at", "id"),
        Index(None, "actor_id", "at", "id"),
        Index(None, "action", "at", "id"),
        Index(None, "request_id"),
        _some("ix_audit_events_version", _OF_A_MODEL, "model_id", "version", "at", "id"),
        _some("ix_audit_events_refused", _REFUSED, "at", "id"),
        {"sqlite_autoincrement": True},
    )


# What a refusal names may be longer than an entry of an index holds. Literals, not parameters: SQLite uses an index
# on an expression only for the same expression.
INDEXED_SUBJECT = func.substr(AuditEvent.subject, literal_column("1"), literal_column("128"))
_some("ix_audit_events_subject", _OF_NO_MODEL, AuditEvent.subject_kind, INDEXED_SUBJECT, AuditEvent.at, AuditEvent.id)

# Built once: on the way of every change, building a statement costs more than running it.
_INSERT = table(AuditEvent).insert()


def record(
    session: Session,
    action: Action,
    *,
    by: Actor | None,
    on: Subject,
    outcome: Outcome = Outcome.DONE,
    details: Mapping[str, Any] | None = None,
    at: int | None = None,
) -> None:
    """Write one event into the transaction of the change that it tells of.

    `at` is the moment from which the change holds, as the histories have it; it is now where none is given.
    """
    record_each(session, action, by=by, on=[(on, details or {})], outcome=outcome, at=at)


def record_each(
    session: Session,
    action: Action,
    *,
    by: Actor | None,
    on: Iterable[tuple[Subject, Mapping[str, Any]]],
    outcome: Outcome = Outcome.DONE,
    at: int | None = None,
) -> None:
    """Write one event per subject, with the details of each, in one statement."""
    origin: Origin = session.info[ORIGIN]
    moment = now() if at is None else at
    events = [
        {
            "at": moment,
            "action": action,
            "outcome": outcome,
            "actor_id": by.id if by else None,
            "actor": by.name if by else "",
            "token_id": by.token_id if by else None,
            "subject_kind": subject.kind,
            "subject_id": subject.id,
            "subject": subject.name,
            "model_id": subject.model_id,
            "version": subject.version,
            "details": dict(details),
            "face": origin.face,
            "address": origin.address,
            "request_id": origin.request_id,
        }
        for subject, details in on
    ]
    session.execute(_INSERT, events)
