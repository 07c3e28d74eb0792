"""Comments on versions and requests, and the cards of models. No text is ever lost: an edit keeps the one before."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from assent.kernel.orm import BIG, Base, Id, Millis, at_most

LONGEST_COMMENT = 20_000
LONGEST_CARD = 100_000

_NOW = text("valid_until IS NULL")
_OPEN = text("resolved_at IS NULL AND deleted_at IS NULL AND parent_id IS NULL")


class Comment(Base):
    """A remark on a version or, more closely, on a request for one; without a parent it begins a thread.

    `body` is the text as it is now, `revision` counts its edits.
    """

    __tablename__ = "comments"

    id: Mapped[Id]
    model_id: Mapped[int] = mapped_column(BIG, ForeignKey("registered_models.id"))
    version_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("model_versions.id"))
    request_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("transition_requests.id"))
    parent_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("comments.id"))
    body: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    written_at: Mapped[Millis]
    author_id: Mapped[int] = mapped_column(BIG, ForeignKey("principals.id"))
    edited_at: Mapped[Millis | None]
    # A thread is resolved at its beginning.
    resolved_at: Mapped[Millis | None]
    resolved_by_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("principals.id"))
    deleted_at: Mapped[Millis | None]
    deleted_by_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("principals.id"))

    __table_args__ = (
        Index(None, "version_id", "id"),
        Index(None, "request_id", "id"),
        Index(None, "parent_id"),
        Index("ix_comments_open", "version_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        at_most("body", LONGEST_COMMENT),
        {"sqlite_autoincrement": True},
    )


class CommentRevision(Base):
    """A text that a comment had, the first one too."""

    __tablename__ = "comment_revisions"

    comment_id: Mapped[int] = mapped_column(BIG, ForeignKey("comments.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]
    written_at: Mapped[Millis]


class CommentMention(Base):
    """Somebody whom a comment mentions now."""

    __tablename__ = "comment_mentions"

    comment_id: Mapped[int] = mapped_column(BIG, ForeignKey("comments.id"), primary_key=True)
    principal_id: Mapped[int] = mapped_column(BIG, ForeignKey("principals.id"), primary_key=True)

    __table_args__ = (Index(None, "principal_id", "comment_id"),)


class ModelCard(Base):
    """A card that a model had for a while; the one without `valid_until` is its card now."""

    __tablename__ = "model_cards"

    id: Mapped[Id]
    model_id: Mapped[int] = mapped_column(BIG)
    revision: Mapped[int]
    text: Mapped[str]
    written_at: Mapped[Millis]
    written_by_id: Mapped[int] = mapped_column(BIG)
    valid_until: Mapped[Millis | None]

    __table_args__ = (
        ForeignKeyConstraint(["model_id"], ["registered_models.id"], name="fk_model_cards_model_id"),
        ForeignKeyConstraint(["written_by_id"], ["principals.id"], name="fk_model_cards_written_by_id"),
        UniqueConstraint("model_id", "revision"),
        Index("uq_model_cards_one_at_a_time", "model_id", unique=True, sqlite_where=_NOW, postgresql_where=_NOW),
        at_most("text", LONGEST_CARD),
        {"sqlite_autoincrement": True},
    )
