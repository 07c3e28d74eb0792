"""Accounts and the tokens that stand for them."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from assent.access.levels import Level
from assent.kernel.orm import Base, Id, Millis, Name, at_most, stored_by_value

NAME_LENGTH = 128


class Account(Base):
    """A principal as it is stored: somebody who can sign in."""

    __tablename__ = "principals"

    id: Mapped[Id]
    name: Mapped[Name]
    password_hash: Mapped[str | None]
    level: Mapped[Level] = mapped_column(stored_by_value(Level))
    is_administrator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Millis]
    disabled_at: Mapped[Millis | None]

    __table_args__ = (
        Index("uq_principals_name", "name", unique=True),
        at_most("name", NAME_LENGTH),
        {"sqlite_autoincrement": True},
    )


class Token(Base):
    """A secret that stands for an account; only its hash is kept."""

    __tablename__ = "tokens"

    id: Mapped[Id]
    principal_id: Mapped[int] = mapped_column(ForeignKey("principals.id"), index=True)
    secret_hash: Mapped[str]
    created_at: Mapped[Millis]
    expires_at: Mapped[Millis | None]
    revoked_at: Mapped[Millis | None]

    __table_args__ = (
        Index("uq_tokens_secret_hash", "secret_hash", unique=True),
        {"sqlite_autoincrement": True},
    )
