"""What lets principals in, as it is stored: tokens, sessions, trusted publishers; and attempts that failed."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from assent.kernel.orm import BIG, Base, Id, Millis, Name, at_most

LONGEST_LABEL = 128

_WORDS = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_LIVE = text("revoked_at IS NULL")


class Token(Base):
    """A secret that stands for a principal; only its hash is kept.

    `scopes`, `pattern` and `targets` limit what it lets through; null is no limit.
    """

    __tablename__ = "tokens"

    id: Mapped[Id]
    principal_id: Mapped[int] = mapped_column(ForeignKey("principals.id"), index=True)
    secret_hash: Mapped[str]
    label: Mapped[str] = mapped_column(default="", server_default="")
    scopes: Mapped[list[str] | None] = mapped_column(_WORDS)
    pattern: Mapped[Name | None]
    targets: Mapped[list[str] | None] = mapped_column(_WORDS)
    # Where a trusted publisher's token was exchanged for this one.
    publisher_id: Mapped[int | None] = mapped_column(ForeignKey("publishers.id"), index=True)
    # The token that was shown to get this one, which ends with it.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("tokens.id"), index=True)
    created_at: Mapped[Millis]
    expires_at: Mapped[Millis | None]
    revoked_at: Mapped[Millis | None]
    # To the minute.
    last_used_at: Mapped[Millis | None]

    __table_args__ = (
        Index("uq_tokens_secret_hash", "secret_hash", unique=True),
        {"sqlite_autoincrement": True},
    )


class SignInSession(Base):
    """A browser that somebody signed in with; only the hash of what its cookie holds is kept."""

    __tablename__ = "sessions"

    id: Mapped[Id]
    principal_id: Mapped[int] = mapped_column(ForeignKey("principals.id"), index=True)
    secret_hash: Mapped[str]
    # The issuer of the identity that was shown; null where it was a password.
    issuer: Mapped[Name | None]
    address: Mapped[str]
    user_agent: Mapped[str]
    created_at: Mapped[Millis]
    # To the minute.
    last_used_at: Mapped[Millis]
    expires_at: Mapped[Millis]
    ended_at: Mapped[Millis | None]

    __table_args__ = (
        Index("uq_sessions_secret_hash", "secret_hash", unique=True),
        {"sqlite_autoincrement": True},
    )


class Publisher(Base):
    """Whose tokens are exchanged: those of an issuer with these claims act as a service account, within limits."""

    __tablename__ = "publishers"

    id: Mapped[Id]
    name: Mapped[Name]
    issuer: Mapped[Name]
    # Claim by claim the pattern that its value must match.
    claims: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    principal_id: Mapped[int] = mapped_column(ForeignKey("principals.id"), index=True)
    # For one model, whatever it is called, or for all whose names match.
    model_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("registered_models.id"), index=True)
    pattern: Mapped[Name | None]
    scopes: Mapped[list[str] | None] = mapped_column(_WORDS)
    targets: Mapped[list[str] | None] = mapped_column(_WORDS)
    created_at: Mapped[Millis]
    created_by_id: Mapped[int | None] = mapped_column(BIG)
    revoked_at: Mapped[Millis | None]

    __table_args__ = (
        Index(None, "issuer"),
        CheckConstraint("(model_id IS NULL) <> (pattern IS NULL)", name="one_place"),
        Index("uq_publishers_live_name", "name", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        at_most("name", LONGEST_LABEL),
        {"sqlite_autoincrement": True},
    )


class SpentAssertion(Base):
    """An issuer's token that was exchanged, kept until it expires, so that nobody exchanges it again."""

    __tablename__ = "spent_assertions"

    issuer: Mapped[Name] = mapped_column(primary_key=True)
    jti: Mapped[Name] = mapped_column(primary_key=True)
    expires_at: Mapped[Millis]

    __table_args__ = (Index(None, "expires_at"),)


class Attempts(Base):
    """How often somebody tried to sign in within a stretch of time. `key` is a hash of who, from where, or both."""

    __tablename__ = "attempts"

    key: Mapped[Name] = mapped_column(primary_key=True)
    began_at: Mapped[Millis]
    tries: Mapped[int]

    __table_args__ = (Index(None, "began_at"),)


class FamiliarAddress(Base):
    """From where a principal has signed in by password before: a stranger's failures elsewhere do not shut it out."""

    __tablename__ = "familiar_addresses"

    principal_id: Mapped[int] = mapped_column(BIG, ForeignKey("principals.id"), primary_key=True)
    address: Mapped[Name] = mapped_column(primary_key=True)
    last_seen_at: Mapped[Millis]


class Key(Base):
    """A secret that all servers of this registry share: it signs what browsers keep before anybody signed in."""

    __tablename__ = "keys"

    purpose: Mapped[Name] = mapped_column(primary_key=True)
    value: Mapped[str]
    created_at: Mapped[Millis]
