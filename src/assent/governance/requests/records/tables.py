"""Requests as they are kept: what was asked for, who decided what, and for whom each of them waits."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from assent.governance.targets import TargetKind
from assent.kernel.orm import BIG, Base, Id, Millis, Name, at_most, stored_by_value

LONGEST_COMMENT = 5000

_VALUES = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_OPEN = text("state = 'open'")
_OPEN_FOR_A_MODEL = text("state = 'open' AND version_id IS NULL")
_STUCK = text("state = 'open' AND is_stuck")
_STANDING = text("ended_at IS NULL")
_OWING = text("review_due_at IS NOT NULL AND reviewed_at IS NULL")


def _some(name: str, which: Any, *columns: Any, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=which, postgresql_where=which)


class RequestState(StrEnum):
    """What became of a request; it leaves `open` once."""

    OPEN = "open"
    APPLIED = "applied"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class Verdict(StrEnum):
    """What a reviewer says."""

    APPROVED = "approved"
    REJECTED = "rejected"


class Ending(StrEnum):
    """Why a decision stands no more."""

    TAKEN_BACK = "taken_back"
    RENEWED = "renewed"


class TransitionRequest(Base):
    """The wish for one guarded move of a version, or for the deletion of a model, which has no `version_id`.

    `report` is what was found when it was last looked at; once it is applied, that of the moment of the move, whose
    review digest is `digest`. `look_at` is when something may have changed by itself. `changes` counts what became of
    it, so that who waits for news knows what they have seen.
    """

    __tablename__ = "transition_requests"

    id: Mapped[Id]
    model_id: Mapped[int] = mapped_column(BIG, ForeignKey("registered_models.id"))
    version_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("model_versions.id"))
    kind: Mapped[TargetKind] = mapped_column(stored_by_value(TargetKind))
    target: Mapped[Name]
    archive_existing: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str]
    not_before: Mapped[Millis | None]
    state: Mapped[RequestState] = mapped_column(stored_by_value(RequestState))
    opened_at: Mapped[Millis]
    opened_by_id: Mapped[int] = mapped_column(BIG, ForeignKey("principals.id"))
    expires_at: Mapped[Millis | None]
    closed_at: Mapped[Millis | None]
    closed_by_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("principals.id"))
    close_reason: Mapped[str] = mapped_column(default="", server_default="")
    changes: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    look_at: Mapped[Millis | None]
    # Something was found wanting, which no approval and no time mends.
    is_stuck: Mapped[bool] = mapped_column(default=False)
    digest: Mapped[str] = mapped_column(default="", server_default="")
    report: Mapped[dict[str, Any] | None] = mapped_column(_VALUES)
    # An override owes a review by somebody else.
    overridden_by_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("principals.id"))
    review_due_at: Mapped[Millis | None]
    reviewed_at: Mapped[Millis | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("principals.id"))
    review_note: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="open_or_closed"),
        CheckConstraint("version_id IS NOT NULL OR kind = 'deletion'", name="of_a_version"),
        _some(
            "uq_transition_requests_one_open_per_target",
            _OPEN,
            *("version_id", "kind", "target"),
            unique=True,
        ),
        _some("uq_transition_requests_one_open_for_a_model", _OPEN_FOR_A_MODEL, "model_id", unique=True),
        Index(None, "model_id", "id"),
        Index(None, "version_id", "id"),
        Index(None, "opened_by_id", "state", "id"),
        Index(None, "state", "id"),
        _some("ix_transition_requests_look_at", _OPEN, "look_at"),
        _some("ix_transition_requests_stuck", _STUCK, "id"),
        _some("ix_transition_requests_owing", _OWING, "model_id", "kind", "target"),
        at_most("comment", LONGEST_COMMENT),
        at_most("close_reason", LONGEST_COMMENT),
        at_most("review_note", LONGEST_COMMENT),
        {"sqlite_autoincrement": True},
    )


class Decision(Base):
    """What a reviewer said of a request, `in_place_of_id` where they decided as somebody's delegate.

    `digest` is the review digest, and `reviewed` all that went into it: so one can tell what changed since.
    """

    __tablename__ = "decisions"

    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(BIG, ForeignKey("transition_requests.id"))
    verdict: Mapped[Verdict] = mapped_column(stored_by_value(Verdict))
    decided_at: Mapped[Millis]
    decided_by_id: Mapped[int] = mapped_column(BIG, ForeignKey("principals.id"))
    in_place_of_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("principals.id"))
    delegation_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("delegations.id"))
    comment: Mapped[str]
    # How they signed: `password`, `sign_in`, or nothing.
    signature: Mapped[str]
    digest: Mapped[str]
    reviewed: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    ended_at: Mapped[Millis | None]
    ending: Mapped[Ending | None] = mapped_column(stored_by_value(Ending))

    __table_args__ = (
        CheckConstraint("(in_place_of_id IS NULL) = (delegation_id IS NULL)", name="delegated"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended"),
        _some("uq_decisions_one_each", _STANDING, "request_id", "decided_by_id", unique=True),
        _some("uq_decisions_one_for_each", _STANDING, "request_id", "in_place_of_id", unique=True),
        Index(None, "request_id", "id"),
        Index(None, "decided_by_id", "id"),
        at_most("comment", LONGEST_COMMENT),
        {"sqlite_autoincrement": True},
    )


class Awaited(Base):
    """Somebody whose approval an open request waits for: a principal, a group, or whoever may decide (neither)."""

    __tablename__ = "request_awaits"

    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(BIG, ForeignKey("transition_requests.id"))
    principal_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("principals.id"))
    group_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("groups.id"))

    __table_args__ = (
        CheckConstraint("principal_id IS NULL OR group_id IS NULL", name="one_of_them"),
        Index(None, "request_id"),
        Index(None, "principal_id"),
        Index(None, "group_id"),
        {"sqlite_autoincrement": True},
    )


class Barred(Base):
    """Somebody whose approval of an open request would not count, or counts already."""

    __tablename__ = "request_bars"

    request_id: Mapped[int] = mapped_column(BIG, ForeignKey("transition_requests.id"), primary_key=True)
    principal_id: Mapped[int] = mapped_column(BIG, ForeignKey("principals.id"), primary_key=True)


class Delegation(Base):
    """For a limited time a principal's delegate decides in their place."""

    __tablename__ = "delegations"

    id: Mapped[Id]
    principal_id: Mapped[int] = mapped_column(BIG, ForeignKey("principals.id"))
    delegate_id: Mapped[int] = mapped_column(BIG, ForeignKey("principals.id"))
    valid_from: Mapped[Millis]
    valid_until: Mapped[Millis]
    reason: Mapped[str]
    created_at: Mapped[Millis]
    revoked_at: Mapped[Millis | None]
    revoked_by_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("principals.id"))

    __table_args__ = (
        CheckConstraint("delegate_id <> principal_id", name="somebody_else"),
        CheckConstraint("valid_from < valid_until", name="for_a_while"),
        Index(None, "principal_id", "delegate_id"),
        Index(None, "delegate_id", "valid_until"),
        at_most("reason", LONGEST_COMMENT),
        {"sqlite_autoincrement": True},
    )
