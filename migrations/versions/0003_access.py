"""Groups, grants, sessions, trusted publishers; the level that a user had becomes a grant on the whole registry."""

from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
DETAILS = sa.JSON().with_variant(JSONB(), "postgresql")
WORDS = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
LIVE: dict[str, Any] = {
    "sqlite_where": sa.text("deleted_at IS NULL"),
    "postgresql_where": sa.text("deleted_at IS NULL"),
}

column = partial(sa.Column, nullable=False)

# Whoever could edit could create models, too.
LEVELS_BECOME_GRANTS = """
INSERT INTO grants (principal_id, level, one_level, given_at)
SELECT id, level, 'principal:' || id || ' registry', created_at FROM principals
"""
EDITORS_CREATE = """
INSERT INTO grants (principal_id, level, one_level, given_at)
SELECT id, 'CAN_CREATE_REGISTERED_MODEL', 'create principal:' || id || ' registry', created_at FROM principals
WHERE level IN ('CAN_EDIT', 'CAN_MANAGE_STAGING_VERSIONS', 'CAN_MANAGE_PRODUCTION_VERSIONS')
"""


def upgrade() -> None:
    op.create_table(
        "attempts",
        column("key", NAME),
        column("began_at", sa.BigInteger()),
        column("tries", sa.Integer()),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_began_at"), "attempts", ["began_at"])
    op.create_table(
        "groups",
        column("id", ID),
        column("name", NAME),
        column("created_at", sa.BigInteger()),
        sa.Column("deleted_at", sa.BigInteger()),
        sa.CheckConstraint("length(name) <= 128", name=op.f("ck_groups_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_groups_live_name", "groups", ["name"], unique=True, **LIVE)
    op.create_table(
        "keys",
        column("purpose", NAME),
        column("value", sa.Text()),
        column("created_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("purpose", name=op.f("pk_keys")),
    )
    op.create_table(
        "spent_assertions",
        column("issuer", NAME),
        column("jti", NAME),
        column("expires_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("issuer", "jti", name=op.f("pk_spent_assertions")),
    )
    op.create_index(op.f("ix_spent_assertions_expires_at"), "spent_assertions", ["expires_at"])
    op.create_table(
        "familiar_addresses",
        column("principal_id", ID),
        column("address", NAME),
        column("last_seen_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_familiar_addresses_principal_id")),
        sa.PrimaryKeyConstraint("principal_id", "address", name=op.f("pk_familiar_addresses")),
    )
    op.create_table(
        "identities",
        column("id", ID),
        column("principal_id", ID),
        column("issuer", NAME),
        column("subject", NAME),
        column("created_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_identities_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_identities_principal_id"), "identities", ["principal_id"])
    op.create_index("uq_identities_issuer_subject", "identities", ["issuer", "subject"], unique=True)
    op.create_table(
        "memberships",
        column("id", ID),
        column("group_id", ID),
        sa.Column("principal_id", ID),
        sa.Column("inner_group_id", ID),
        sa.Column("issuer", NAME),
        column("added_at", sa.BigInteger()),
        sa.CheckConstraint(
            "(principal_id IS NULL) <> (inner_group_id IS NULL)", name=op.f("ck_memberships_one_member")
        ),
        sa.CheckConstraint("inner_group_id <> group_id", name=op.f("ck_memberships_not_in_itself")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_memberships_group_id")),
        sa.ForeignKeyConstraint(["inner_group_id"], ["groups.id"], name=op.f("fk_memberships_inner_group_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_memberships_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_memberships_group_id"), "memberships", ["group_id"])
    op.create_index("uq_memberships_inner_group", "memberships", ["inner_group_id", "group_id"], unique=True)
    op.create_index("uq_memberships_principal", "memberships", ["principal_id", "group_id"], unique=True)
    op.create_table(
        "publishers",
        column("id", ID),
        column("name", NAME),
        column("issuer", NAME),
        column("claims", DETAILS),
        column("principal_id", ID),
        sa.Column("model_id", ID),
        sa.Column("pattern", NAME),
        sa.Column("scopes", WORDS),
        sa.Column("targets", WORDS),
        column("created_at", sa.BigInteger()),
        sa.Column("created_by_id", ID),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.CheckConstraint("(model_id IS NULL) <> (pattern IS NULL)", name=op.f("ck_publishers_one_place")),
        sa.CheckConstraint("length(name) <= 128", name=op.f("ck_publishers_name_length")),
        sa.ForeignKeyConstraint(["model_id"], ["registered_models.id"], name=op.f("fk_publishers_model_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_publishers_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publishers")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_publishers_issuer"), "publishers", ["issuer"])
    op.create_index(op.f("ix_publishers_model_id"), "publishers", ["model_id"])
    op.create_index(op.f("ix_publishers_principal_id"), "publishers", ["principal_id"])
    op.create_index(
        "uq_publishers_live_name",
        "publishers",
        ["name"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "sessions",
        column("id", ID),
        column("principal_id", ID),
        column("secret_hash", sa.Text()),
        sa.Column("issuer", NAME),
        column("address", sa.Text()),
        column("user_agent", sa.Text()),
        column("created_at", sa.BigInteger()),
        column("last_used_at", sa.BigInteger()),
        column("expires_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_sessions_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sessions_principal_id"), "sessions", ["principal_id"])
    op.create_index("uq_sessions_secret_hash", "sessions", ["secret_hash"], unique=True)
    op.create_table(
        "grants",
        column("id", ID),
        sa.Column("principal_id", ID),
        sa.Column("group_id", ID),
        sa.Column("model_id", ID),
        sa.Column("pattern", NAME),
        column("level", sa.String(40)),
        column("one_level", NAME),
        column("given_at", sa.BigInteger()),
        sa.Column("given_by_id", ID),
        sa.CheckConstraint(
            "model_id IS NULL OR level <> 'CAN_CREATE_REGISTERED_MODEL'", name=op.f("ck_grants_create_by_name")
        ),
        sa.CheckConstraint("(principal_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_grants_one_grantee")),
        sa.CheckConstraint("model_id IS NULL OR pattern IS NULL", name=op.f("ck_grants_one_place")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_grants_group_id")),
        sa.ForeignKeyConstraint(["model_id"], ["registered_models.id"], name=op.f("fk_grants_model_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_grants_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_grants_group_id"), "grants", ["group_id"])
    op.create_index(
        op.f("ix_grants_model_id_principal_id_group_id"), "grants", ["model_id", "principal_id", "group_id"]
    )
    op.create_index(op.f("ix_grants_principal_id"), "grants", ["principal_id"])
    op.create_index("uq_grants_one_level", "grants", ["one_level"], unique=True)
    op.execute(LEVELS_BECOME_GRANTS)
    op.execute(EDITORS_CREATE)
    op.add_column("principals", column("kind", sa.String(40), server_default="user"))
    op.drop_column("principals", "level")
    op.add_column("tokens", column("label", sa.Text(), server_default=""))
    op.add_column("tokens", sa.Column("scopes", WORDS))
    op.add_column("tokens", sa.Column("pattern", NAME))
    op.add_column("tokens", sa.Column("targets", WORDS))
    op.add_column("tokens", sa.Column("last_used_at", sa.BigInteger()))
    # SQLite adds a column with its foreign key, and no foreign key or check afterwards.
    number = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    for name, referred in (("publisher_id", "publishers"), ("parent_id", "tokens")):
        op.execute(
            f"ALTER TABLE tokens ADD COLUMN {name} {number} CONSTRAINT fk_tokens_{name} REFERENCES {referred} (id)"
        )
        op.create_index(op.f(f"ix_tokens_{name}"), "tokens", [name])
