"""The tables of run snapshots: the facts of a version's run, how far their capture got, and digests of artifacts."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from assent.kernel.orm import BIG, Base, Id, Millis, Name, at_most, stored_by_value

_WAITING = text("next_attempt_at IS NOT NULL")
_JSON = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Way(StrEnum):
    """How a snapshot came here."""

    PUSHED = "pushed"
    PULLED = "pulled"


class CaptureState(StrEnum):
    """How far the capture of a version's run got."""

    PENDING = "pending"
    CAPTURED = "captured"
    UNREACHABLE = "unreachable"
    CONTRADICTED = "contradicted"


class RunSnapshot(Base):
    """The facts of the source run of a version as canonical JSON. The database refuses to alter it."""

    __tablename__ = "run_snapshots"

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("model_versions.id"))
    way: Mapped[Way] = mapped_column(stored_by_value(Way))
    digest: Mapped[Name]
    content: Mapped[str]
    # What is asked for most, so that nobody has to read the content for it.
    run_id: Mapped[Name] = mapped_column(default="")
    run_user: Mapped[str] = mapped_column(default="")
    code_commit: Mapped[Name] = mapped_column(default="")
    datasets: Mapped[list[dict[str, Any]] | None] = mapped_column(_JSON)
    taken_at: Mapped[Millis]
    # Who pushed it; null where the worker pulled it, from the server.
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("principals.id"))
    server: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        UniqueConstraint("version_id", "way"),
        {"sqlite_autoincrement": True},
    )


class RunCapture(Base):
    """How far the capture of a version's run got. A trigger begins it for a version with a run or a logged model."""

    __tablename__ = "run_captures"

    version_id: Mapped[int] = mapped_column(BIG, ForeignKey("model_versions.id"), primary_key=True)
    state: Mapped[CaptureState] = mapped_column(stored_by_value(CaptureState))
    attempts: Mapped[int] = mapped_column(default=0)
    # When the worker is to pull it; null where it is not to.
    next_attempt_at: Mapped[Millis | None]
    problem: Mapped[str] = mapped_column(default="")
    differences: Mapped[list[dict[str, Any]] | None] = mapped_column(_JSON)

    __table_args__ = (
        Index("ix_run_captures_waiting", "next_attempt_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )


class ArtifactDigest(Base):
    """The hash over all files of a version's artifacts. The database refuses to alter it."""

    __tablename__ = "artifact_digests"

    version_id: Mapped[int] = mapped_column(BIG, ForeignKey("model_versions.id"), primary_key=True)
    digest: Mapped[Name]
    files: Mapped[int]
    bytes: Mapped[int] = mapped_column(BIG)
    given_at: Mapped[Millis]
    given_by_id: Mapped[int] = mapped_column(ForeignKey("principals.id"))

    __table_args__ = (at_most("digest", 200),)
