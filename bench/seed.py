"""Fills the two databases with one shape of data, each in its own tables, by bulk statements."""

import psycopg2

from bench.shape import BEGAN_AT, FEW, HOST, MEDIUM, Shape

# Every version has a run, which four share, and a ticket, which five share; a tenth is tagged as reviewed. The three
# highest of a model stand in the three stages, and two of these have an alias.
_PLAN = """
CREATE TEMP TABLE plan_models AS
SELECT n, 'model-' || lpad(n::text, 5, '0') AS name,
       CASE WHEN n < {large_models} THEN {large} WHEN n < {large_models} + {few_models} THEN {few} ELSE {medium} END
           AS versions
FROM generate_series(0, {models} - 1) AS n;

CREATE TEMP TABLE plan AS
SELECT i, name, number, {began_at} + (i * 7919 % {total}) * 1000 AS at, md5((i / 4)::text) AS run_id,
       '{host}/' || name || '/' || number AS source, 'T-' || i / 5 AS ticket, i % 10 = 0 AS reviewed,
       CASE versions - number WHEN 0 THEN 'Staging' WHEN 1 THEN 'Production' WHEN 2 THEN 'Archived' ELSE 'None' END
           AS stage,
       CASE versions - number WHEN 0 THEN 'challenger' WHEN 1 THEN 'champion' END AS alias
FROM (
    SELECT row_number() OVER (ORDER BY n, number) - 1 AS i, n, name, versions, number::int
    FROM plan_models, generate_series(1, versions) AS number
) AS numbered;
ANALYZE plan_models, plan;
"""

_ASSENT = """
-- Triggers and foreign keys are for changes; what follows is consistent as it is.
SET session_replication_role = replica;

INSERT INTO registered_models
    (name, description, created_at, created_by_id, last_updated_at, last_updated_by_id, last_number, revision)
SELECT name, 'a model', {began_at}, p.id, {began_at} + n, p.id, versions, 1
FROM plan_models, (SELECT min(id) AS id FROM principals) AS p ORDER BY n;

INSERT INTO model_names (model_id, name, valid_from, named_by_id)
SELECT id, name, created_at, created_by_id FROM registered_models ORDER BY id;

INSERT INTO model_versions
    (model_id, model_name, number, created_at, created_by_id, last_updated_at, last_updated_by_id, description, stage,
     source, download_uri, run_id, run_link, logged_model_id, revision, deleted_with_model)
SELECT m.id, name, number, at, m.created_by_id, at, m.created_by_id, 'a version', stage,
       source, source, run_id, '', '', 1, false
FROM plan JOIN registered_models AS m USING (name) ORDER BY i;

INSERT INTO stage_history (version_id, model_id, stage, valid_from, entered_by_id)
SELECT id, model_id, stage, created_at, created_by_id FROM model_versions ORDER BY id;

INSERT INTO lineage_edges (source, target, type, through, stated_at, stated_by_id)
SELECT 'run:' || run_id, 'version:' || id, 'registered', 'registration', created_at, created_by_id
FROM model_versions ORDER BY id;

INSERT INTO run_captures (version_id, state, attempts, problem) SELECT id, 'captured', 1, '' FROM model_versions;

CREATE TEMP TABLE placed AS
SELECT v.id, v.model_id, v.created_by_id, plan.*
FROM plan JOIN model_versions AS v ON v.model_name = plan.name AND v.number = plan.number;

INSERT INTO version_tags (version_id, key, value, model_id, last_updated_at)
SELECT id, key, value, model_id, at
FROM placed, LATERAL (VALUES ('ticket', ticket), ('reviewed', CASE WHEN reviewed THEN 'yes' END)) AS tags (key, value)
WHERE value IS NOT NULL ORDER BY i;

INSERT INTO aliases (model_id, alias, version_id, valid_from, set_by_id)
SELECT model_id, alias, id, at, created_by_id FROM placed WHERE alias IS NOT NULL ORDER BY i;

INSERT INTO audit_events
    (at, action, outcome, actor_id, actor, subject_kind, subject_id, subject, model_id, version, details, face,
     address, request_id)
SELECT at, 'model_version.registered', 'done', created_by_id, 'admin', 'model_version', id, name, model_id, number,
       jsonb_build_object('source', source, 'run_id', run_id), 'mlflow', '127.0.0.1', md5(i::text)
FROM placed ORDER BY i;
"""

_MLFLOW = """
SET session_replication_role = replica;

INSERT INTO registered_models (name, creation_time, last_updated_time, description)
SELECT name, {began_at}, {began_at} + n, 'a model' FROM plan_models ORDER BY n;

INSERT INTO model_versions
    (name, version, creation_time, last_updated_time, description, current_stage, source, storage_location, run_id,
     run_link, status)
SELECT name, number, at, at, 'a version', stage, source, source, run_id, '', 'READY' FROM plan ORDER BY i;

INSERT INTO model_version_tags (name, version, key, value)
SELECT name, number, key, value
FROM plan, LATERAL (VALUES ('ticket', ticket), ('reviewed', CASE WHEN reviewed THEN 'yes' END)) AS tags (key, value)
WHERE value IS NOT NULL ORDER BY i;

INSERT INTO registered_model_aliases (name, alias, version)
SELECT name, alias, number FROM plan WHERE alias IS NOT NULL ORDER BY i;
"""


def fill_assent(url: str, shape: Shape) -> None:
    """Fill the tables of an Assent that has started once, so that there is an administrator to own the models."""
    _fill(url, shape, _ASSENT)


def fill_mlflow(url: str, shape: Shape) -> None:
    """Fill the tables of an MLflow server."""
    _fill(url, shape, _MLFLOW)


def _fill(url: str, shape: Shape, statements: str) -> None:
    given = {
        "large_models": shape.large_models,
        "large": shape.large,
        "few_models": shape.few_models,
        "few": FEW,
        "medium": MEDIUM,
        "models": shape.models,
        "total": shape.versions,
        "began_at": BEGAN_AT,
        "host": HOST,
    }
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET work_mem = '256MB'; SET maintenance_work_mem = '512MB'")
            cursor.execute((_PLAN + statements).format(**given))
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")
    finally:
        connection.close()
