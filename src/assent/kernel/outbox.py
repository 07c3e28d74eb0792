"""The outbox: messages that are queued in the transaction of the change they tell of, to be delivered afterwards."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from assent.kernel.clock import now
from assent.kernel.dialects import table
from assent.kernel.orm import Base, Id, Millis, Name


class OutboxMessage(Base):
    """What somebody is to be told. `topic` says what happened, as the audit log calls it."""

    __tablename__ = "outbox_messages"

    id: Mapped[Id]
    topic: Mapped[Name]
    content: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    queued_at: Mapped[Millis]

    __table_args__ = ({"sqlite_autoincrement": True},)


_INSERT = table(OutboxMessage).insert()


def put(session: Session, topic: str, content: Mapping[str, Any]) -> None:
    """Queue a message; it is there when the transaction is, and not before."""
    session.execute(_INSERT, {"topic": topic, "content": dict(content), "queued_at": now()})
