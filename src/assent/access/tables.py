"""Principals, the groups that hold them, and what is granted to either."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from assent.access.policy.levels import Level
from assent.access.policy.names import NAME_LENGTH
from assent.access.policy.principals import Kind
from assent.kernel.orm import BIG, Base, Id, Millis, Name, at_most, stored_by_value

LONGEST_PAGE = 1000

_LIVE = text("deleted_at IS NULL")


class Account(Base):
    """A principal as it is stored: somebody who can sign in, or a service account."""

    __tablename__ = "principals"

    id: Mapped[Id]
    kind: Mapped[Kind] = mapped_column(stored_by_value(Kind), default=Kind.USER, server_default=Kind.USER)
    name: Mapped[Name]
    password_hash: Mapped[str | None]
    is_administrator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Millis]
    disabled_at: Mapped[Millis | None]

    __table_args__ = (
        Index("uq_principals_name", "name", unique=True),
        at_most("name", NAME_LENGTH),
        {"sqlite_autoincrement": True},
    )


class Identity(Base):
    """A user as an identity provider knows them: `subject` is the issuer's name for them, and never changes."""

    __tablename__ = "identities"

    id: Mapped[Id]
    principal_id: Mapped[int] = mapped_column(ForeignKey("principals.id"), index=True)
    issuer: Mapped[Name]
    subject: Mapped[Name]
    created_at: Mapped[Millis]

    __table_args__ = (
        Index("uq_identities_issuer_subject", "issuer", "subject", unique=True),
        {"sqlite_autoincrement": True},
    )


class Group(Base):
    """A name for several principals, or for groups of them. A deleted one keeps its row; its name is free."""

    __tablename__ = "groups"

    id: Mapped[Id]
    name: Mapped[Name]
    created_at: Mapped[Millis]
    deleted_at: Mapped[Millis | None]

    __table_args__ = (
        Index("uq_groups_live_name", "name", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        at_most("name", NAME_LENGTH),
        {"sqlite_autoincrement": True},
    )


class Membership(Base):
    """A principal or another group in a group. Where `issuer` is set, an identity provider keeps it in step."""

    __tablename__ = "memberships"

    id: Mapped[Id]
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    principal_id: Mapped[int | None] = mapped_column(ForeignKey("principals.id"))
    inner_group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    issuer: Mapped[Name | None]
    added_at: Mapped[Millis]

    __table_args__ = (
        CheckConstraint("(principal_id IS NULL) <> (inner_group_id IS NULL)", name="one_member"),
        CheckConstraint("inner_group_id <> group_id", name="not_in_itself"),
        Index("uq_memberships_principal", "principal_id", "group_id", unique=True),
        Index("uq_memberships_inner_group", "inner_group_id", "group_id", unique=True),
        Index(None, "group_id"),
        {"sqlite_autoincrement": True},
    )


class Grant(Base):
    """A level for a principal or a group: on one model, on a pattern of names, or on the whole registry."""

    __tablename__ = "grants"

    id: Mapped[Id]
    principal_id: Mapped[int | None] = mapped_column(ForeignKey("principals.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    model_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("registered_models.id"))
    pattern: Mapped[Name | None]
    level: Mapped[Level] = mapped_column(stored_by_value(Level))
    # Who and where in one text: one level for somebody at one place, and the right to create models beside it.
    one_level: Mapped[Name]
    given_at: Mapped[Millis]
    given_by_id: Mapped[int | None] = mapped_column(BIG)

    __table_args__ = (
        CheckConstraint("(principal_id IS NULL) <> (group_id IS NULL)", name="one_grantee"),
        CheckConstraint("model_id IS NULL OR pattern IS NULL", name="one_place"),
        CheckConstraint("model_id IS NULL OR level <> 'CAN_CREATE_REGISTERED_MODEL'", name="create_by_name"),
        CheckConstraint("(model_id IS NULL AND pattern IS NULL) OR level <> 'CAN_AUDIT'", name="audit_everything"),
        Index("uq_grants_one_level", "one_level", unique=True),
        Index(None, "model_id", "principal_id", "group_id"),
        Index(None, "principal_id"),
        Index(None, "group_id"),
        {"sqlite_autoincrement": True},
    )
