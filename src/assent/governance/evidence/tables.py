"""Checks as they are kept: every result of every check of a version."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from assent.kernel.orm import BIG, Base, Id, Millis, Name, at_most, stored_by_value

LONGEST_NAME = 128
LONGEST_SUMMARY = 5000
LONGEST_URL = 2000

_NOW = text("valid_until IS NULL")


class CheckState(StrEnum):
    """How a check stands."""

    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"


class Check(Base):
    """A result that a check of a version had for a while; the one without `valid_until` counts."""

    __tablename__ = "checks"

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(BIG, ForeignKey("model_versions.id"))
    name: Mapped[Name]
    state: Mapped[CheckState] = mapped_column(stored_by_value(CheckState))
    summary: Mapped[str]
    url: Mapped[str]
    metrics: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    posted_at: Mapped[Millis]
    posted_by_id: Mapped[int] = mapped_column(BIG, ForeignKey("principals.id"))
    valid_until: Mapped[Millis | None]

    __table_args__ = (
        Index("uq_checks_one_at_a_time", "version_id", "name", unique=True, sqlite_where=_NOW, postgresql_where=_NOW),
        Index(None, "version_id", "id"),
        at_most("name", LONGEST_NAME),
        at_most("summary", LONGEST_SUMMARY),
        at_most("url", LONGEST_URL),
        {"sqlite_autoincrement": True},
    )
