"""Governance: rules, requests and decisions, checks; comments and model cards; and messages to be delivered."""

from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
VALUES = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
WORD = sa.String(40)

column = partial(sa.Column, nullable=False)


def where(condition: str) -> dict[str, Any]:
    """What makes an index hold some rows only."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


STAGES = """
INSERT INTO stages (name, folded, tier, position) VALUES
('None', 'none', 'none', 0), ('Staging', 'staging', 'staging', 1),
('Production', 'production', 'production', 2), ('Archived', 'archived', 'archived', 3)
"""
POLICY = "INSERT INTO policy (id, revision, changed_at, stamp) VALUES (1, 0, 0, '')"

# Of a standing row nothing may change but its end; of an ended one nothing at all. No row goes.
ENDED_BY = {
    "rule_revisions": ("valid_until", "id, kind, name, revision, position, content, valid_from, set_by_id"),
    "decisions": (
        "ended_at",
        "id, request_id, verdict, decided_at, decided_by_id, in_place_of_id, delegation_id, comment, signature, "
        "digest, reviewed",
    ),
    "checks": ("valid_until", "id, version_id, name, state, summary, url, metrics, posted_at, posted_by_id"),
    "model_cards": ("valid_until", "id, model_id, revision, text, written_at, written_by_id"),
    "delegations": ("revoked_at", "id, principal_id, delegate_id, valid_from, valid_until, reason, created_at"),
}
# What was closed is closed: only the review that an override owes comes after.
CLOSED = (
    "id, model_id, version_id, kind, target, archive_existing, comment, not_before, state, opened_at, opened_by_id, "
    "expires_at, closed_at, closed_by_id, close_reason, digest, report, overridden_by_id, review_due_at"
)
# What is asked for, by whom, when and until when is so from the beginning; but for what a first approval may archive.
ASKED = "id, model_id, version_id, kind, target, comment, not_before, opened_at, opened_by_id, expires_at"
REVIEW = "reviewed_at, reviewed_by_id, review_note"
NEVER_ALTERED = {"comment_revisions": "comment_id = NEW.comment_id AND revision", "stages": "name"}
KEPT = {"transition_requests": "id", "comments": "id", "policy": "id"}

POSTGRESQL = """
CREATE TRIGGER {name} BEFORE {event} ON {table}
FOR EACH {each} {when} EXECUTE FUNCTION refuse_to_alter_the_past()
"""
SQLITE = """
CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} {when}
BEGIN SELECT RAISE(ABORT, '{table} keeps the past: {what} is refused'); END
"""
REPLACING = "EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{column})"


def upgrade() -> None:
    _set_rules()
    _ask_and_decide()
    _show_that_it_is_fit()
    _write_beside()
    _queue()
    op.execute(STAGES)
    op.execute(POLICY)
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for table, (ended, columns) in ENDED_BY.items():
        _refuse(table, "past_is_kept", "UPDATE", f"OLD.{ended} IS NOT NULL")
        _refuse(table, "only_ended", f"UPDATE OF {columns}")
    _refuse("transition_requests", "closed_is_closed", f"UPDATE OF {CLOSED}", "OLD.closed_at IS NOT NULL")
    _refuse("transition_requests", "asked_is_asked", f"UPDATE OF {ASKED}")
    _refuse("transition_requests", "reviewed_is_reviewed", f"UPDATE OF {REVIEW}", "OLD.reviewed_at IS NOT NULL")
    for table in NEVER_ALTERED:
        _refuse(table, "never_altered", "UPDATE")
    for table, key in {**dict.fromkeys(ENDED_BY, "id"), **NEVER_ALTERED, **KEPT}.items():
        _refuse(table, "never_deleted", "DELETE")
        if on_postgresql:
            _refuse(table, "never_emptied", "TRUNCATE")
        else:
            # INSERT OR REPLACE deletes without firing what watches deletions.
            named = key.rpartition(" ")[2]
            _refuse(
                table, "never_replaced", "INSERT", REPLACING.format(table=table, key=key, column=named), "REPLACE"
            )


def _refuse(table: str, name: str, event: str, when: str = "", what: str = "") -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    condition = when and (f"WHEN ({when})" if on_postgresql else f"WHEN {when}")
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    refusal = POSTGRESQL if on_postgresql else SQLITE
    op.execute(refusal.format(table=table, name=name, event=event, each=each, when=condition, what=what or event[:6]))


def _set_rules() -> None:
    op.create_table(
        "stages",
        column("name", sa.Text()),
        column("folded", sa.Text()),
        column("tier", sa.Text()),
        column("position", sa.Integer()),
        sa.CheckConstraint("length(name) <= 64", name=op.f("ck_stages_name_length")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_stages")),
        sa.UniqueConstraint("folded", name=op.f("uq_stages_folded")),
        sa.UniqueConstraint("position", name=op.f("uq_stages_position")),
    )
    op.create_table(
        "policy",
        column("id", sa.Integer(), autoincrement=False),
        column("revision", sa.Integer()),
        column("changed_at", sa.BigInteger()),
        column("stamp", sa.Text()),
        sa.CheckConstraint("id = 1", name=op.f("ck_policy_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
    )
    op.create_table(
        "rule_revisions",
        column("id", ID),
        column("kind", WORD),
        column("name", NAME),
        column("revision", sa.Integer()),
        column("position", sa.Integer()),
        column("content", VALUES),
        column("valid_from", sa.BigInteger()),
        sa.Column("valid_until", sa.BigInteger()),
        sa.Column("set_by_id", ID),
        sa.Column("ended_by_id", ID),
        sa.CheckConstraint("length(name) <= 128", name=op.f("ck_rule_revisions_name_length")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["principals.id"], name=op.f("fk_rule_revisions_ended_by_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["principals.id"], name=op.f("fk_rule_revisions_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_revisions")),
        sa.UniqueConstraint("kind", "name", "revision", name=op.f("uq_rule_revisions_kind_name_revision")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_rule_revisions_one_at_a_time",
        "rule_revisions",
        ["kind", "name"],
        unique=True,
        **where("valid_until IS NULL"),
    )


def _ask_and_decide() -> None:
    op.create_table(
        "delegations",
        column("id", ID),
        column("principal_id", ID),
        column("delegate_id", ID),
        column("valid_from", sa.BigInteger()),
        column("valid_until", sa.BigInteger()),
        column("reason", sa.Text()),
        column("created_at", sa.BigInteger()),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.Column("revoked_by_id", ID),
        sa.CheckConstraint("delegate_id <> principal_id", name=op.f("ck_delegations_somebody_else")),
        sa.CheckConstraint("length(reason) <= 5000", name=op.f("ck_delegations_reason_length")),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_delegations_for_a_while")),
        sa.ForeignKeyConstraint(["delegate_id"], ["principals.id"], name=op.f("fk_delegations_delegate_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_delegations_principal_id")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["principals.id"], name=op.f("fk_delegations_revoked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_delegations_delegate_id_valid_until"), "delegations", ["delegate_id", "valid_until"])
    op.create_index(op.f("ix_delegations_principal_id_delegate_id"), "delegations", ["principal_id", "delegate_id"])
    op.create_table(
        "transition_requests",
        column("id", ID),
        column("model_id", ID),
        sa.Column("version_id", ID),
        column("kind", WORD),
        column("target", NAME),
        column("archive_existing", sa.Boolean()),
        column("comment", sa.Text()),
        sa.Column("not_before", sa.BigInteger()),
        column("state", WORD),
        column("opened_at", sa.BigInteger()),
        column("opened_by_id", ID),
        sa.Column("expires_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("closed_by_id", ID),
        column("close_reason", sa.Text(), server_default=""),
        column("changes", sa.Integer(), server_default=sa.text("1")),
        sa.Column("look_at", sa.BigInteger()),
        column("is_stuck", sa.Boolean()),
        column("digest", sa.Text(), server_default=""),
        sa.Column("report", VALUES),
        sa.Column("overridden_by_id", ID),
        sa.Column("review_due_at", sa.BigInteger()),
        sa.Column("reviewed_at", sa.BigInteger()),
        sa.Column("reviewed_by_id", ID),
        column("review_note", sa.Text(), server_default=""),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL)", name=op.f("ck_transition_requests_open_or_closed")
        ),
        sa.CheckConstraint(
            "version_id IS NOT NULL OR kind = 'deletion'", name=op.f("ck_transition_requests_of_a_version")
        ),
        sa.CheckConstraint("length(close_reason) <= 5000", name=op.f("ck_transition_requests_close_reason_length")),
        sa.CheckConstraint("length(comment) <= 5000", name=op.f("ck_transition_requests_comment_length")),
        sa.CheckConstraint("length(review_note) <= 5000", name=op.f("ck_transition_requests_review_note_length")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["principals.id"], name=op.f("fk_transition_requests_closed_by_id")
        ),
        sa.ForeignKeyConstraint(["model_id"], ["registered_models.id"], name=op.f("fk_transition_requests_model_id")),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["principals.id"], name=op.f("fk_transition_requests_opened_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["overridden_by_id"], ["principals.id"], name=op.f("fk_transition_requests_overridden_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["principals.id"], name=op.f("fk_transition_requests_reviewed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["model_versions.id"], name=op.f("fk_transition_requests_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transition_requests")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_transition_requests_stuck", "transition_requests", ["id"], **where("state = 'open' AND is_stuck")
    )
    op.create_index("ix_transition_requests_look_at", "transition_requests", ["look_at"], **where("state = 'open'"))
    op.create_index(op.f("ix_transition_requests_model_id_id"), "transition_requests", ["model_id", "id"])
    op.create_index(
        op.f("ix_transition_requests_opened_by_id_state_id"), "transition_requests", ["opened_by_id", "state", "id"]
    )
    op.create_index(
        "uq_transition_requests_one_open_per_target",
        "transition_requests",
        ["version_id", "kind", "target"],
        unique=True,
        **where("state = 'open'"),
    )
    op.create_index(
        "uq_transition_requests_one_open_for_a_model",
        "transition_requests",
        ["model_id"],
        unique=True,
        **where("state = 'open' AND version_id IS NULL"),
    )
    op.create_index(
        "ix_transition_requests_owing",
        "transition_requests",
        ["model_id", "kind", "target"],
        **where("review_due_at IS NOT NULL AND reviewed_at IS NULL"),
    )
    op.create_index(op.f("ix_transition_requests_state_id"), "transition_requests", ["state", "id"])
    op.create_index(op.f("ix_transition_requests_version_id_id"), "transition_requests", ["version_id", "id"])
    op.create_table(
        "decisions",
        column("id", ID),
        column("request_id", ID),
        column("verdict", WORD),
        column("decided_at", sa.BigInteger()),
        column("decided_by_id", ID),
        sa.Column("in_place_of_id", ID),
        sa.Column("delegation_id", ID),
        column("comment", sa.Text()),
        column("signature", sa.Text()),
        column("digest", sa.Text()),
        column("reviewed", VALUES),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ending", WORD),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_decisions_ended")),
        sa.CheckConstraint("(in_place_of_id IS NULL) = (delegation_id IS NULL)", name=op.f("ck_decisions_delegated")),
        sa.CheckConstraint("length(comment) <= 5000", name=op.f("ck_decisions_comment_length")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["principals.id"], name=op.f("fk_decisions_decided_by_id")),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegations.id"], name=op.f("fk_decisions_delegation_id")),
        sa.ForeignKeyConstraint(["in_place_of_id"], ["principals.id"], name=op.f("fk_decisions_in_place_of_id")),
        sa.ForeignKeyConstraint(["request_id"], ["transition_requests.id"], name=op.f("fk_decisions_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_decisions_decided_by_id_id"), "decisions", ["decided_by_id", "id"])
    op.create_index(op.f("ix_decisions_request_id_id"), "decisions", ["request_id", "id"])
    op.create_index(
        "uq_decisions_one_each",
        "decisions",
        ["request_id", "decided_by_id"],
        unique=True,
        **where("ended_at IS NULL"),
    )
    op.create_index(
        "uq_decisions_one_for_each",
        "decisions",
        ["request_id", "in_place_of_id"],
        unique=True,
        **where("ended_at IS NULL"),
    )
    op.create_table(
        "request_awaits",
        column("id", ID),
        column("request_id", ID),
        sa.Column("principal_id", ID),
        sa.Column("group_id", ID),
        sa.CheckConstraint("principal_id IS NULL OR group_id IS NULL", name=op.f("ck_request_awaits_one_of_them")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_request_awaits_group_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_request_awaits_principal_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["transition_requests.id"], name=op.f("fk_request_awaits_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_awaits")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_request_awaits_group_id"), "request_awaits", ["group_id"])
    op.create_index(op.f("ix_request_awaits_principal_id"), "request_awaits", ["principal_id"])
    op.create_index(op.f("ix_request_awaits_request_id"), "request_awaits", ["request_id"])
    op.create_table(
        "request_bars",
        column("request_id", ID),
        column("principal_id", ID),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_request_bars_principal_id")),
        sa.ForeignKeyConstraint(["request_id"], ["transition_requests.id"], name=op.f("fk_request_bars_request_id")),
        sa.PrimaryKeyConstraint("request_id", "principal_id", name=op.f("pk_request_bars")),
    )


def _show_that_it_is_fit() -> None:
    op.create_table(
        "checks",
        column("id", ID),
        column("version_id", ID),
        column("name", NAME),
        column("state", WORD),
        column("summary", sa.Text()),
        column("url", sa.Text()),
        column("metrics", VALUES),
        column("posted_at", sa.BigInteger()),
        column("posted_by_id", ID),
        sa.Column("valid_until", sa.BigInteger()),
        sa.CheckConstraint("length(name) <= 128", name=op.f("ck_checks_name_length")),
        sa.CheckConstraint("length(summary) <= 5000", name=op.f("ck_checks_summary_length")),
        sa.CheckConstraint("length(url) <= 2000", name=op.f("ck_checks_url_length")),
        sa.ForeignKeyConstraint(["posted_by_id"], ["principals.id"], name=op.f("fk_checks_posted_by_id")),
        sa.ForeignKeyConstraint(["version_id"], ["model_versions.id"], name=op.f("fk_checks_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_checks_version_id_id"), "checks", ["version_id", "id"])
    op.create_index(
        "uq_checks_one_at_a_time", "checks", ["version_id", "name"], unique=True, **where("valid_until IS NULL")
    )


def _write_beside() -> None:
    op.create_table(
        "comments",
        column("id", ID),
        column("model_id", ID),
        sa.Column("version_id", ID),
        sa.Column("request_id", ID),
        sa.Column("parent_id", ID),
        column("body", sa.Text()),
        column("revision", sa.Integer(), server_default=sa.text("1")),
        column("written_at", sa.BigInteger()),
        column("author_id", ID),
        sa.Column("edited_at", sa.BigInteger()),
        sa.Column("resolved_at", sa.BigInteger()),
        sa.Column("resolved_by_id", ID),
        sa.Column("deleted_at", sa.BigInteger()),
        sa.Column("deleted_by_id", ID),
        sa.CheckConstraint("length(body) <= 20000", name=op.f("ck_comments_body_length")),
        sa.ForeignKeyConstraint(["author_id"], ["principals.id"], name=op.f("fk_comments_author_id")),
        sa.ForeignKeyConstraint(["deleted_by_id"], ["principals.id"], name=op.f("fk_comments_deleted_by_id")),
        sa.ForeignKeyConstraint(["model_id"], ["registered_models.id"], name=op.f("fk_comments_model_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["comments.id"], name=op.f("fk_comments_parent_id")),
        sa.ForeignKeyConstraint(["request_id"], ["transition_requests.id"], name=op.f("fk_comments_request_id")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["principals.id"], name=op.f("fk_comments_resolved_by_id")),
        sa.ForeignKeyConstraint(["version_id"], ["model_versions.id"], name=op.f("fk_comments_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_comments_open",
        "comments",
        ["version_id"],
        **where("resolved_at IS NULL AND deleted_at IS NULL AND parent_id IS NULL"),
    )
    op.create_index(op.f("ix_comments_parent_id"), "comments", ["parent_id"])
    op.create_index(op.f("ix_comments_request_id_id"), "comments", ["request_id", "id"])
    op.create_index(op.f("ix_comments_version_id_id"), "comments", ["version_id", "id"])
    op.create_table(
        "comment_revisions",
        column("comment_id", ID),
        column("revision", sa.Integer()),
        column("body", sa.Text()),
        column("written_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_comment_revisions_comment_id")),
        sa.PrimaryKeyConstraint("comment_id", "revision", name=op.f("pk_comment_revisions")),
    )
    op.create_table(
        "comment_mentions",
        column("comment_id", ID),
        column("principal_id", ID),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_comment_mentions_comment_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_comment_mentions_principal_id")),
        sa.PrimaryKeyConstraint("comment_id", "principal_id", name=op.f("pk_comment_mentions")),
    )
    op.create_index(
        op.f("ix_comment_mentions_principal_id_comment_id"), "comment_mentions", ["principal_id", "comment_id"]
    )
    op.create_table(
        "model_cards",
        column("id", ID),
        column("model_id", ID),
        column("revision", sa.Integer()),
        column("text", sa.Text()),
        column("written_at", sa.BigInteger()),
        column("written_by_id", ID),
        sa.Column("valid_until", sa.BigInteger()),
        sa.CheckConstraint("length(text) <= 100000", name=op.f("ck_model_cards_text_length")),
        sa.ForeignKeyConstraint(["model_id"], ["registered_models.id"], name="fk_model_cards_model_id"),
        sa.ForeignKeyConstraint(["written_by_id"], ["principals.id"], name="fk_model_cards_written_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_cards")),
        sa.UniqueConstraint("model_id", "revision", name=op.f("uq_model_cards_model_id_revision")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_model_cards_one_at_a_time", "model_cards", ["model_id"], unique=True, **where("valid_until IS NULL")
    )


def _queue() -> None:
    op.create_table(
        "outbox_messages",
        column("id", ID),
        column("topic", NAME),
        column("content", VALUES),
        column("queued_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_messages")),
        sqlite_autoincrement=True,
    )
