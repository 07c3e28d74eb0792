"""History that the database keeps by itself, and a past that it lets nobody alter."""

from alembic import op

revision = "0002"
down_revision = "0001"

# A closed interval is the past; of an open one nothing may change but its end: not these columns.
INTERVALS = {
    "model_names": "id, model_id, name, valid_from, named_by_id",
    "stage_history": "id, version_id, model_id, stage, valid_from, entered_by_id",
    "aliases": "id, model_id, alias, version_id, valid_from, set_by_id",
}

POSTGRESQL = (
    """
CREATE FUNCTION keep_stage_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE stage_history SET valid_until = NEW.last_updated_at
        WHERE version_id = NEW.id AND valid_until IS NULL;
    END IF;
    IF NEW.deleted_at IS NULL THEN
        INSERT INTO stage_history (version_id, model_id, stage, valid_from, entered_by_id)
        VALUES (NEW.id, NEW.model_id, NEW.stage, NEW.last_updated_at, NEW.last_updated_by_id);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER keep_stage_history_of_new AFTER INSERT ON model_versions
FOR EACH ROW EXECUTE FUNCTION keep_stage_history();

CREATE TRIGGER keep_stage_history_of_moved AFTER UPDATE OF stage, deleted_at ON model_versions
FOR EACH ROW WHEN (OLD.stage <> NEW.stage OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at)
EXECUTE FUNCTION keep_stage_history();

CREATE FUNCTION refuse_to_alter_the_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% keeps the past: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_events
FOR EACH ROW EXECUTE FUNCTION refuse_to_alter_the_past();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_events
FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_alter_the_past();
""",
)

POSTGRESQL_INTERVALS = (
    """
CREATE TRIGGER past_is_kept BEFORE UPDATE ON {table}
FOR EACH ROW WHEN (OLD.valid_until IS NOT NULL)
EXECUTE FUNCTION refuse_to_alter_the_past();

CREATE TRIGGER only_ended BEFORE UPDATE OF {columns} ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_to_alter_the_past();

CREATE TRIGGER never_deleted BEFORE DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_to_alter_the_past();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_alter_the_past();
""",
)

SQLITE = (
    """
    CREATE TRIGGER keep_stage_history_of_new AFTER INSERT ON model_versions WHEN NEW.deleted_at IS NULL
    BEGIN
        INSERT INTO stage_history (version_id, model_id, stage, valid_from, entered_by_id)
        VALUES (NEW.id, NEW.model_id, NEW.stage, NEW.last_updated_at, NEW.last_updated_by_id);
    END
    """,
    """
    CREATE TRIGGER keep_stage_history_of_moved AFTER UPDATE OF stage, deleted_at ON model_versions
    WHEN OLD.stage <> NEW.stage OR OLD.deleted_at IS NOT NEW.deleted_at
    BEGIN
        UPDATE stage_history SET valid_until = NEW.last_updated_at
        WHERE version_id = NEW.id AND valid_until IS NULL;
        INSERT INTO stage_history (version_id, model_id, stage, valid_from, entered_by_id)
        SELECT NEW.id, NEW.model_id, NEW.stage, NEW.last_updated_at, NEW.last_updated_by_id
        WHERE NEW.deleted_at IS NULL;
    END
    """,
    """
    CREATE TRIGGER audit_events_never_updated BEFORE UPDATE ON audit_events
    BEGIN SELECT RAISE(ABORT, 'audit_events keeps the past: UPDATE is refused'); END
    """,
    """
    CREATE TRIGGER audit_events_never_deleted BEFORE DELETE ON audit_events
    BEGIN SELECT RAISE(ABORT, 'audit_events keeps the past: DELETE is refused'); END
    """,
    # INSERT OR REPLACE deletes without firing what watches deletions.
    """
    CREATE TRIGGER audit_events_never_replaced BEFORE INSERT ON audit_events
    WHEN EXISTS (SELECT 1 FROM audit_events WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'audit_events keeps the past: REPLACE is refused'); END
    """,
)

SQLITE_INTERVALS = (
    """
    CREATE TRIGGER {table}_past_is_kept BEFORE UPDATE ON {table}
    WHEN OLD.valid_until IS NOT NULL
    BEGIN SELECT RAISE(ABORT, '{table} keeps the past: UPDATE is refused'); END
    """,
    """
    CREATE TRIGGER {table}_only_ended BEFORE UPDATE OF {columns} ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} keeps the past: UPDATE is refused'); END
    """,
    """
    CREATE TRIGGER {table}_never_deleted BEFORE DELETE ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} keeps the past: DELETE is refused'); END
    """,
    """
    CREATE TRIGGER {table}_never_replaced BEFORE INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, '{table} keeps the past: REPLACE is refused'); END
    """,
)


def upgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    shared, of_each = (POSTGRESQL, POSTGRESQL_INTERVALS) if on_postgresql else (SQLITE, SQLITE_INTERVALS)
    for statement in shared:
        op.execute(statement)
    for table, columns in INTERVALS.items():
        for statement in of_each:
            op.execute(statement.format(table=table, columns=columns))
