"""The graph of lineage, run snapshots, recalls and deployments; and the audit log in the order it is asked for."""

from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
VALUES = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

column = partial(sa.Column, nullable=False)


def where(condition: str) -> dict[str, Any]:
    """What makes an index hold some rows only."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


# A source may have named something longer, which is the id of no logged model.
LOGGED = "logged_model_id <> '' AND length(logged_model_id) <= 256"

# What a version comes from, as its row says.
EDGES_OF_VERSION = """
INSERT INTO lineage_edges (source, target, type, through, stated_at, stated_by_id)
SELECT made.source, 'version:' || {row}.id, made.type, 'registration', {row}.created_at, {row}.created_by_id
FROM (
    SELECT 'run:' || {row}.run_id AS source, 'registered' AS type WHERE {row}.run_id <> ''
    UNION ALL SELECT 'logged_model:' || {row}.logged_model_id, 'registered'
    WHERE {row}.logged_model_id <> '' AND length({row}.logged_model_id) <= 256
    UNION ALL SELECT 'version:' || {row}.copied_from_id, 'copied' WHERE {row}.copied_from_id IS NOT NULL
) AS made
WHERE NOT EXISTS (
    SELECT 1 FROM lineage_edges AS known
    WHERE known.source = made.source AND known.target = 'version:' || {row}.id
    AND known.type = made.type AND known.withdrawn_at IS NULL
)
"""
# A copy has the facts and the files of its original. How far the capture got is read before the snapshots are, which
# come in one transaction with it, so that no copy is captured without any.
FACTS_OF_COPY = """
INSERT INTO run_captures (version_id, state, attempts, next_attempt_at, problem, differences)
SELECT NEW.id, state, 0, CASE WHEN next_attempt_at IS NOT NULL THEN NEW.created_at END, '', differences
FROM run_captures WHERE version_id = NEW.copied_from_id AND state IN ('captured', 'contradicted');

INSERT INTO run_snapshots
    (version_id, way, digest, content, run_id, run_user, code_commit, datasets, taken_at, taken_by_id, server)
SELECT NEW.id, way, digest, content, run_id, run_user, code_commit, datasets, taken_at, taken_by_id, server
FROM run_snapshots WHERE version_id = NEW.copied_from_id;

INSERT INTO artifact_digests (version_id, digest, files, bytes, given_at, given_by_id)
SELECT NEW.id, digest, files, bytes, given_at, given_by_id
FROM artifact_digests WHERE version_id = NEW.copied_from_id
"""
CAPTURE_OF_VERSION = """
INSERT INTO run_captures (version_id, state, attempts, next_attempt_at, problem)
SELECT NEW.id, 'pending', 0, NEW.created_at, '' WHERE (NEW.run_id <> '' OR NEW.logged_model_id <> '')
AND NOT EXISTS (SELECT 1 FROM run_captures WHERE version_id = NEW.id)
"""

POSTGRESQL = (
    f"""
CREATE FUNCTION keep_lineage_of_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {EDGES_OF_VERSION.replace("{row}", "NEW")};
    IF TG_OP = 'INSERT' THEN
        IF NEW.copied_from_id IS NOT NULL THEN
            {FACTS_OF_COPY};
        END IF;
        {CAPTURE_OF_VERSION};
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER keep_lineage_of_new AFTER INSERT ON model_versions
FOR EACH ROW WHEN (NEW.run_id <> '' OR NEW.logged_model_id <> '' OR NEW.copied_from_id IS NOT NULL)
EXECUTE FUNCTION keep_lineage_of_version();

CREATE TRIGGER keep_lineage_of_found AFTER UPDATE OF run_id ON model_versions
FOR EACH ROW WHEN (OLD.run_id <> NEW.run_id)
EXECUTE FUNCTION keep_lineage_of_version();
""",
)
SQLITE = (
    f"""
    CREATE TRIGGER keep_lineage_of_new AFTER INSERT ON model_versions
    WHEN NEW.run_id <> '' OR NEW.logged_model_id <> '' OR NEW.copied_from_id IS NOT NULL
    BEGIN
        {EDGES_OF_VERSION.replace("{row}", "NEW")};
        {FACTS_OF_COPY};
        {CAPTURE_OF_VERSION};
    END
    """,
    f"""
    CREATE TRIGGER keep_lineage_of_found AFTER UPDATE OF run_id ON model_versions
    WHEN OLD.run_id <> NEW.run_id
    BEGIN
        {EDGES_OF_VERSION.replace("{row}", "NEW")};
    END
    """,
)

# Of a standing row nothing may change but its end; of an ended one nothing at all. No row goes.
ENDED_BY = {
    "lineage_edges": ("withdrawn_at", "id, source, target, type, through, stated_at, stated_by_id"),
    "recalls": ("lifted_at", "id, node, reason, recalled_at, recalled_by_id"),
    "servings": ("valid_until", "id, deployment_id, version_id, valid_from"),
}
NEVER_ALTERED = {"run_snapshots": "id", "artifact_digests": "version_id", "openlineage_events": "id"}

POSTGRESQL_ENDED = """
CREATE TRIGGER past_is_kept BEFORE UPDATE ON {table}
FOR EACH ROW WHEN (OLD.{ended} IS NOT NULL) EXECUTE FUNCTION refuse_to_alter_the_past();

CREATE TRIGGER only_ended BEFORE UPDATE OF {columns} ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_to_alter_the_past();
"""
POSTGRESQL_NEVER_ALTERED = """
CREATE TRIGGER never_altered BEFORE UPDATE ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_to_alter_the_past();
"""
POSTGRESQL_NEVER_DELETED = """
CREATE TRIGGER never_deleted BEFORE DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_to_alter_the_past();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_alter_the_past();
"""
SQLITE_REFUSAL = """
CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} {when}
BEGIN SELECT RAISE(ABORT, '{table} keeps the past: {what} is refused'); END
"""

REPLACING = "WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"

# A copy's source named a version by the name that its model had then.
COPIES = """
UPDATE model_versions SET copied_from_id = (
    SELECT original.id FROM model_names
    JOIN model_versions AS original ON original.model_id = model_names.model_id
    WHERE model_names.name = substr(
        rtrim(model_versions.source, '0123456789'), 9, length(rtrim(model_versions.source, '0123456789')) - 9
    )
    AND model_names.valid_from <= model_versions.created_at
    AND (model_names.valid_until IS NULL OR model_names.valid_until > model_versions.created_at)
    AND model_versions.source = 'models:/' || model_names.name || '/' || original.number
    AND original.id < model_versions.id
    LIMIT 1
)
WHERE source LIKE 'models:/%/%'
"""
CAPTURES = """
INSERT INTO run_captures (version_id, state, attempts, next_attempt_at, problem)
SELECT id, 'pending', 0, created_at, '' FROM model_versions WHERE run_id <> '' OR logged_model_id <> ''
"""
# Setting an alias left no trace on the model's row so far.
ALIASED = """
UPDATE registered_models SET aliased_at = coalesce((
    SELECT max(coalesce(valid_until, valid_from)) FROM aliases WHERE aliases.model_id = registered_models.id
), 0)
"""

AUDITS_EVERYTHING = "(model_id IS NULL AND pattern IS NULL) OR level <> 'CAN_AUDIT'"


def upgrade() -> None:
    _follow_lineage()
    _capture_runs()
    _order_the_audit_log()
    _find_the_past()
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    _hold_auditors_to_the_registry(on_postgresql=on_postgresql)
    number = "BIGINT" if on_postgresql else "INTEGER"
    op.execute(
        f"ALTER TABLE model_versions ADD COLUMN copied_from_id {number} "
        "CONSTRAINT fk_model_versions_copied_from_id REFERENCES model_versions (id)"
    )
    op.create_index(
        "ix_model_versions_logged_model", "model_versions", ["logged_model_id"], **where("deleted_at IS NULL")
    )
    op.execute(COPIES)
    op.execute(_edges_of_all())
    op.execute(CAPTURES)
    for statement in POSTGRESQL if on_postgresql else SQLITE:
        op.execute(statement)
    for statement in _guards_on_postgresql() if on_postgresql else _guards_on_sqlite():
        op.execute(statement)


def _edges_of_all() -> str:
    """Three plain statements in one, since a derived table sees no row beside it on SQLite."""
    edge = (
        "SELECT {source}, 'version:' || id, '{type}', 'registration', created_at, created_by_id "
        "FROM model_versions WHERE {present}"
    )
    parts = (
        edge.format(source="'run:' || run_id", type="registered", present="run_id <> ''"),
        edge.format(source="'logged_model:' || logged_model_id", type="registered", present=LOGGED),
        edge.format(source="'version:' || copied_from_id", type="copied", present="copied_from_id IS NOT NULL"),
    )
    into = "INSERT INTO lineage_edges (source, target, type, through, stated_at, stated_by_id) "
    return into + " UNION ALL ".join(parts)


def _guards_on_postgresql() -> list[str]:
    guards = [
        POSTGRESQL_ENDED.format(table=table, ended=ended, columns=columns)
        for table, (ended, columns) in ENDED_BY.items()
    ]
    guards += [POSTGRESQL_NEVER_ALTERED.format(table=table) for table in NEVER_ALTERED]
    return guards + [POSTGRESQL_NEVER_DELETED.format(table=table) for table in (*ENDED_BY, *NEVER_ALTERED)]


def _guards_on_sqlite() -> list[str]:
    guards = []
    for table, (ended, columns) in ENDED_BY.items():
        when = f"WHEN OLD.{ended} IS NOT NULL"
        guards += [
            _refusal(table, "past_is_kept", "UPDATE", when),
            _refusal(table, "only_ended", f"UPDATE OF {columns}"),
        ]
    guards += [_refusal(table, "never_altered", "UPDATE") for table in NEVER_ALTERED]
    for table, key in {**dict.fromkeys(ENDED_BY, "id"), **NEVER_ALTERED}.items():
        guards.append(_refusal(table, "never_deleted", "DELETE"))
        # INSERT OR REPLACE deletes without firing what watches deletions.
        guards.append(_refusal(table, "never_replaced", "INSERT", REPLACING.format(table=table, key=key), "REPLACE"))
    return guards


def _refusal(table: str, name: str, event: str, when: str = "", what: str = "") -> str:
    return SQLITE_REFUSAL.format(table=table, name=name, event=event, when=when, what=what or event[:6])


def _follow_lineage() -> None:
    op.create_table(
        "lineage_edges",
        column("id", ID),
        column("source", NAME),
        column("target", NAME),
        column("type", sa.String(40)),
        column("through", sa.String(40)),
        column("stated_at", sa.BigInteger()),
        sa.Column("stated_by_id", ID),
        sa.Column("withdrawn_at", sa.BigInteger()),
        sa.CheckConstraint("length(source) <= 500", name=op.f("ck_lineage_edges_source_length")),
        sa.CheckConstraint("length(target) <= 500", name=op.f("ck_lineage_edges_target_length")),
        sa.ForeignKeyConstraint(["stated_by_id"], ["principals.id"], name=op.f("fk_lineage_edges_stated_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lineage_edges")),
        sqlite_autoincrement=True,
    )
    standing = where("withdrawn_at IS NULL")
    op.create_index(
        "uq_lineage_edges_standing", "lineage_edges", ["source", "target", "type"], unique=True, **standing
    )
    op.create_index("ix_lineage_edges_target", "lineage_edges", ["target", "source"], **standing)
    op.create_table(
        "recalls",
        column("id", ID),
        column("node", NAME),
        column("reason", sa.Text()),
        column("recalled_at", sa.BigInteger()),
        sa.Column("recalled_by_id", ID),
        sa.Column("lifted_at", sa.BigInteger()),
        sa.Column("lifted_by_id", ID),
        sa.Column("lift_reason", sa.Text()),
        sa.CheckConstraint("length(reason) <= 5000", name=op.f("ck_recalls_reason_length")),
        sa.CheckConstraint("length(lift_reason) <= 5000", name=op.f("ck_recalls_lift_reason_length")),
        sa.ForeignKeyConstraint(["recalled_by_id"], ["principals.id"], name=op.f("fk_recalls_recalled_by_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["principals.id"], name=op.f("fk_recalls_lifted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalls")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_recalls_one_active", "recalls", ["node"], unique=True, **where("lifted_at IS NULL"))
    op.create_index(op.f("ix_recalls_node"), "recalls", ["node"])
    op.create_table(
        "deployments",
        column("id", ID),
        column("name", NAME),
        column("environment", sa.Text()),
        column("url", sa.Text()),
        column("reported_by_id", ID),
        column("first_seen_at", sa.BigInteger()),
        column("last_seen_at", sa.BigInteger()),
        sa.CheckConstraint("length(name) <= 256", name=op.f("ck_deployments_name_length")),
        sa.CheckConstraint("length(environment) <= 256", name=op.f("ck_deployments_environment_length")),
        sa.CheckConstraint("length(url) <= 2000", name=op.f("ck_deployments_url_length")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["principals.id"], name=op.f("fk_deployments_reported_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployments")),
        sa.UniqueConstraint("name", name=op.f("uq_deployments_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "servings",
        column("id", ID),
        column("deployment_id", ID),
        column("version_id", ID),
        column("valid_from", sa.BigInteger()),
        column("last_seen_at", sa.BigInteger()),
        sa.Column("valid_until", sa.BigInteger()),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployments.id"], name=op.f("fk_servings_deployment_id")),
        sa.ForeignKeyConstraint(["version_id"], ["model_versions.id"], name=op.f("fk_servings_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_servings")),
        sqlite_autoincrement=True,
    )
    one = where("valid_until IS NULL")
    op.create_index("uq_servings_one_at_a_time", "servings", ["deployment_id", "version_id"], unique=True, **one)
    op.create_index(op.f("ix_servings_deployment_id_valid_from"), "servings", ["deployment_id", "valid_from"])
    op.create_index(op.f("ix_servings_version_id_valid_from"), "servings", ["version_id", "valid_from"])
    op.create_table(
        "openlineage_events",
        column("id", ID),
        column("digest", NAME),
        column("run_id", NAME),
        column("event_type", sa.Text()),
        column("event_time", sa.BigInteger()),
        column("received_at", sa.BigInteger()),
        column("received_by_id", ID),
        column("content", sa.Text()),
        sa.ForeignKeyConstraint(
            ["received_by_id"], ["principals.id"], name=op.f("fk_openlineage_events_received_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openlineage_events")),
        sa.UniqueConstraint("digest", name=op.f("uq_openlineage_events_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_openlineage_events_run_id"), "openlineage_events", ["run_id"])


def _capture_runs() -> None:
    op.create_table(
        "run_snapshots",
        column("id", ID),
        column("version_id", ID),
        column("way", sa.String(40)),
        column("digest", NAME),
        column("content", sa.Text()),
        column("run_id", NAME),
        column("run_user", sa.Text()),
        column("code_commit", NAME),
        sa.Column("datasets", VALUES),
        column("taken_at", sa.BigInteger()),
        sa.Column("taken_by_id", ID),
        column("server", sa.Text()),
        sa.ForeignKeyConstraint(["version_id"], ["model_versions.id"], name=op.f("fk_run_snapshots_version_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["principals.id"], name=op.f("fk_run_snapshots_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_snapshots")),
        sa.UniqueConstraint("version_id", "way", name=op.f("uq_run_snapshots_version_id_way")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "run_captures",
        column("version_id", ID),
        column("state", sa.String(40)),
        column("attempts", sa.Integer()),
        sa.Column("next_attempt_at", sa.BigInteger()),
        column("problem", sa.Text()),
        sa.Column("differences", VALUES),
        sa.ForeignKeyConstraint(["version_id"], ["model_versions.id"], name=op.f("fk_run_captures_version_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_run_captures")),
    )
    op.create_index(
        "ix_run_captures_waiting", "run_captures", ["next_attempt_at"], **where("next_attempt_at IS NOT NULL")
    )
    op.create_table(
        "artifact_digests",
        column("version_id", ID),
        column("digest", NAME),
        column("files", sa.Integer()),
        column("bytes", ID),
        column("given_at", sa.BigInteger()),
        column("given_by_id", ID),
        sa.CheckConstraint("length(digest) <= 200", name=op.f("ck_artifact_digests_digest_length")),
        sa.ForeignKeyConstraint(["version_id"], ["model_versions.id"], name=op.f("fk_artifact_digests_version_id")),
        sa.ForeignKeyConstraint(["given_by_id"], ["principals.id"], name=op.f("fk_artifact_digests_given_by_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_artifact_digests")),
    )


def _order_the_audit_log() -> None:
    for former in ("model_id_id", "actor_id_id", "at"):
        op.drop_index(op.f(f"ix_audit_events_{former}"), "audit_events")
    for columns in (["at", "id"], ["model_id", "at", "id"], ["actor_id", "at", "id"], ["action", "at", "id"]):
        op.create_index(op.f(f"ix_audit_events_{'_'.join(columns)}"), "audit_events", columns)
    of_version = ["model_id", "version", "at", "id"]
    op.create_index("ix_audit_events_version", "audit_events", of_version, **where("model_id IS NOT NULL"))
    op.create_index(op.f("ix_audit_events_request_id"), "audit_events", ["request_id"])
    op.create_index("ix_audit_events_refused", "audit_events", ["at", "id"], **where("outcome = 'refused'"))
    op.create_index(
        "ix_audit_events_subject",
        "audit_events",
        ["subject_kind", sa.text("substr(subject, 1, 128)"), "at", "id"],
        **where("model_id IS NULL"),
    )


def _find_the_past() -> None:
    op.add_column("registered_models", column("aliased_at", sa.BigInteger(), server_default="0"))
    op.execute(ALIASED)
    op.drop_index(op.f("ix_stage_history_stage_valid_from"), "stage_history")
    held = ["stage", "model_id", "version_id", "valid_from", "valid_until", "entered_by_id"]
    op.create_index("ix_stage_history_held", "stage_history", held)
    held = ["alias", "model_id", "valid_from", "valid_until", "version_id", "set_by_id"]
    op.create_index("ix_aliases_held", "aliases", held)


def _hold_auditors_to_the_registry(*, on_postgresql: bool) -> None:
    name = op.f("ck_grants_audit_everything")
    if on_postgresql:
        op.create_check_constraint(name, "grants", AUDITS_EVERYTHING)
        return
    # SQLite adds no check to a table that is there: the table is made anew, with all that it had.
    of_grants = sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = 'grants' AND sql IS NOT NULL")
    made = op.get_bind().execute(of_grants).all()
    whole = next(sql for kind, sql in made if kind == "table")
    op.execute("ALTER TABLE grants RENAME TO former_grants")
    op.execute(f"{whole.rstrip().removesuffix(')')}, CONSTRAINT {name} CHECK ({AUDITS_EVERYTHING}))")
    op.execute("INSERT INTO grants SELECT * FROM former_grants")
    op.execute("DROP TABLE former_grants")
    for kind, sql in made:
        if kind == "index":
            op.execute(sql)
