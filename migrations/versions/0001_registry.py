"""The registry, its accounts and its audit log."""

from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
DETAILS = sa.JSON().with_variant(JSONB(), "postgresql")

column = partial(sa.Column, nullable=False)


def only(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


LIVE = only("deleted_at IS NULL")
NOW = only("valid_until IS NULL")
PROMPT = only("key = 'mlflow.prompt.is_prompt' AND value = 'true'")


def upgrade() -> None:
    op.create_table(
        "audit_events",
        column("id", ID),
        column("at", sa.BigInteger()),
        column("action", sa.String(40)),
        column("outcome", sa.String(40)),
        sa.Column("actor_id", ID),
        column("actor", sa.Text()),
        sa.Column("token_id", ID),
        column("subject_kind", sa.Text()),
        sa.Column("subject_id", ID),
        column("subject", sa.Text()),
        sa.Column("model_id", ID),
        sa.Column("version", sa.Integer()),
        column("details", DETAILS),
        column("face", sa.Text()),
        column("address", sa.Text()),
        column("request_id", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_events_actor_id_id"), "audit_events", ["actor_id", "id"])
    op.create_index(op.f("ix_audit_events_at"), "audit_events", ["at"])
    op.create_index(op.f("ix_audit_events_model_id_id"), "audit_events", ["model_id", "id"])
    op.create_table(
        "principals",
        column("id", ID),
        column("name", NAME),
        sa.Column("password_hash", sa.Text()),
        column("level", sa.String(40)),
        column("is_administrator", sa.Boolean()),
        column("created_at", sa.BigInteger()),
        sa.Column("disabled_at", sa.BigInteger()),
        sa.CheckConstraint("length(name) <= 128", name=op.f("ck_principals_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_principals")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_principals_name", "principals", ["name"], unique=True)
    op.create_table(
        "registered_models",
        column("id", ID),
        column("name", NAME),
        column("description", sa.Text()),
        column("created_at", sa.BigInteger()),
        column("created_by_id", ID),
        column("last_updated_at", sa.BigInteger()),
        column("last_updated_by_id", ID),
        column("last_number", sa.Integer()),
        column("revision", sa.Integer()),
        sa.Column("deleted_at", sa.BigInteger()),
        sa.CheckConstraint("length(description) <= 5000", name=op.f("ck_registered_models_description_length")),
        sa.CheckConstraint("length(name) <= 256", name=op.f("ck_registered_models_name_length")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["principals.id"], name=op.f("fk_registered_models_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["last_updated_by_id"], ["principals.id"], name=op.f("fk_registered_models_last_updated_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registered_models")),
        sa.UniqueConstraint("id", "name", name=op.f("uq_registered_models_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_registered_models_created_at", "registered_models", ["created_at"], **LIVE)
    op.create_index("ix_registered_models_created_by_id", "registered_models", ["created_by_id", "name"], **LIVE)
    op.create_index("ix_registered_models_last_updated_at", "registered_models", ["last_updated_at", "name"], **LIVE)
    op.create_index("uq_registered_models_live_name", "registered_models", ["name"], unique=True, **LIVE)
    op.create_table(
        "tokens",
        column("id", ID),
        column("principal_id", ID),
        column("secret_hash", sa.Text()),
        column("created_at", sa.BigInteger()),
        sa.Column("expires_at", sa.BigInteger()),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_tokens_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_tokens_principal_id"), "tokens", ["principal_id"])
    op.create_index("uq_tokens_secret_hash", "tokens", ["secret_hash"], unique=True)
    op.create_table(
        "model_names",
        column("id", ID),
        column("model_id", ID),
        column("name", NAME),
        column("valid_from", sa.BigInteger()),
        sa.Column("valid_until", sa.BigInteger()),
        column("named_by_id", ID),
        sa.ForeignKeyConstraint(["model_id"], ["registered_models.id"], name=op.f("fk_model_names_model_id")),
        sa.ForeignKeyConstraint(["named_by_id"], ["principals.id"], name=op.f("fk_model_names_named_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_names")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_model_names_model_id_valid_from"), "model_names", ["model_id", "valid_from"])
    op.create_index(op.f("ix_model_names_name_valid_until"), "model_names", ["name", "valid_until"])
    op.create_index("uq_model_names_one_at_a_time", "model_names", ["model_id"], unique=True, **NOW)
    op.create_table(
        "model_tags",
        column("model_id", ID),
        column("key", NAME),
        column("value", NAME),
        sa.CheckConstraint("length(key) <= 250", name=op.f("ck_model_tags_key_length")),
        sa.CheckConstraint("length(value) <= 100000", name=op.f("ck_model_tags_value_length")),
        sa.ForeignKeyConstraint(["model_id"], ["registered_models.id"], name=op.f("fk_model_tags_model_id")),
        sa.PrimaryKeyConstraint("model_id", "key", name=op.f("pk_model_tags")),
    )
    op.create_index("ix_model_tags_value", "model_tags", ["key", sa.text("substr(value, 1, 128)"), "model_id"])
    op.create_table(
        "model_versions",
        column("id", ID),
        column("model_id", ID),
        column("model_name", NAME),
        column("number", sa.Integer()),
        column("created_at", sa.BigInteger()),
        column("created_by_id", ID),
        column("last_updated_at", sa.BigInteger()),
        column("last_updated_by_id", ID),
        column("description", sa.Text()),
        column("stage", sa.Text()),
        column("source", NAME),
        column("download_uri", sa.Text()),
        column("run_id", NAME),
        column("run_link", sa.Text()),
        column("logged_model_id", sa.Text()),
        column("revision", sa.Integer()),
        sa.Column("deleted_at", sa.BigInteger()),
        column("deleted_with_model", sa.Boolean()),
        sa.CheckConstraint("length(description) <= 5000", name=op.f("ck_model_versions_description_length")),
        sa.CheckConstraint("length(run_id) <= 32", name=op.f("ck_model_versions_run_id_length")),
        sa.CheckConstraint("length(run_link) <= 500", name=op.f("ck_model_versions_run_link_length")),
        sa.CheckConstraint("length(source) <= 500", name=op.f("ck_model_versions_source_length")),
        sa.ForeignKeyConstraint(["created_by_id"], ["principals.id"], name=op.f("fk_model_versions_created_by_id")),
        sa.ForeignKeyConstraint(
            ["last_updated_by_id"], ["principals.id"], name=op.f("fk_model_versions_last_updated_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["model_id", "model_name"],
            ["registered_models.id", "registered_models.name"],
            name="fk_model_versions_model_name",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_versions")),
        sa.UniqueConstraint("id", "model_id", "last_updated_at", name="uq_model_versions_seen_by_tags"),
        sa.UniqueConstraint("model_id", "number", name=op.f("uq_model_versions_model_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_model_versions_created_at", "model_versions", [sa.text("created_at DESC")], **LIVE)
    op.create_index(
        "ix_model_versions_created_by",
        "model_versions",
        ["created_by_id", sa.text("last_updated_at DESC")],
        **LIVE,
    )
    op.create_index(
        "ix_model_versions_model_stage",
        "model_versions",
        ["model_id", "stage", sa.text("number DESC")],
        **LIVE,
    )
    op.create_index(
        "ix_model_versions_name_newest",
        "model_versions",
        ["model_name", sa.text("last_updated_at DESC"), sa.text("number DESC")],
        **LIVE,
    )
    op.create_index(
        "ix_model_versions_newest",
        "model_versions",
        [sa.text("last_updated_at DESC"), "model_name", sa.text("number DESC")],
        **LIVE,
    )
    op.create_index("ix_model_versions_number", "model_versions", ["number"], **LIVE)
    op.create_index("ix_model_versions_run", "model_versions", ["run_id", sa.text("last_updated_at DESC")], **LIVE)
    op.create_index("ix_model_versions_source", "model_versions", ["source", sa.text("last_updated_at DESC")], **LIVE)
    op.create_index("ix_model_versions_stage", "model_versions", ["stage", sa.text("last_updated_at DESC")], **LIVE)
    op.create_index(
        "uq_model_versions_live_number",
        "model_versions",
        ["model_name", sa.text("number DESC")],
        unique=True,
        **LIVE,
    )
    op.create_table(
        "aliases",
        column("id", ID),
        column("model_id", ID),
        column("alias", NAME),
        column("version_id", ID),
        column("valid_from", sa.BigInteger()),
        sa.Column("valid_until", sa.BigInteger()),
        column("set_by_id", ID),
        sa.Column("ended_by_id", ID),
        sa.CheckConstraint("length(alias) <= 255", name=op.f("ck_aliases_alias_length")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["principals.id"], name=op.f("fk_aliases_ended_by_id")),
        sa.ForeignKeyConstraint(["model_id"], ["registered_models.id"], name=op.f("fk_aliases_model_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["principals.id"], name=op.f("fk_aliases_set_by_id")),
        sa.ForeignKeyConstraint(["version_id"], ["model_versions.id"], name=op.f("fk_aliases_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aliases")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_aliases_alias", "aliases", ["alias", "version_id"], **NOW)
    op.create_index(op.f("ix_aliases_model_id_alias_valid_from"), "aliases", ["model_id", "alias", "valid_from"])
    op.create_index("ix_aliases_version", "aliases", ["version_id", "alias"], **NOW)
    op.create_index("uq_aliases_one_version", "aliases", ["model_id", "alias"], unique=True, **NOW)
    op.create_table(
        "stage_history",
        column("id", ID),
        column("version_id", ID),
        column("model_id", ID),
        column("stage", sa.Text()),
        column("valid_from", sa.BigInteger()),
        sa.Column("valid_until", sa.BigInteger()),
        column("entered_by_id", ID),
        sa.ForeignKeyConstraint(["entered_by_id"], ["principals.id"], name=op.f("fk_stage_history_entered_by_id")),
        sa.ForeignKeyConstraint(["version_id"], ["model_versions.id"], name=op.f("fk_stage_history_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_history")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_stage_history_model_id_stage_valid_from"),
        "stage_history",
        ["model_id", "stage", "valid_from"],
    )
    op.create_index(op.f("ix_stage_history_stage_valid_from"), "stage_history", ["stage", "valid_from"])
    op.create_index(op.f("ix_stage_history_version_id_valid_from"), "stage_history", ["version_id", "valid_from"])
    op.create_index("uq_stage_history_one_at_a_time", "stage_history", ["version_id"], unique=True, **NOW)
    op.create_table(
        "version_tags",
        column("version_id", ID),
        column("key", NAME),
        column("value", NAME),
        column("model_id", ID),
        column("last_updated_at", sa.BigInteger()),
        sa.CheckConstraint("length(key) <= 250", name=op.f("ck_version_tags_key_length")),
        sa.CheckConstraint("length(value) <= 100000", name=op.f("ck_version_tags_value_length")),
        sa.ForeignKeyConstraint(
            ["version_id", "model_id", "last_updated_at"],
            ["model_versions.id", "model_versions.model_id", "model_versions.last_updated_at"],
            name="fk_version_tags_version",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "key", name=op.f("pk_version_tags")),
    )
    op.create_index("ix_version_tags_prompts", "version_tags", ["model_id"], **PROMPT)
    op.create_index(
        "ix_version_tags_value",
        "version_tags",
        ["key", sa.text("substr(value, 1, 128)"), sa.text("last_updated_at DESC")],
    )
