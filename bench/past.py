"""How things stood at a moment, where there is much of a past: a million rows of the history of stages."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import orjson

from bench import servers
from bench.driving import Client
from bench.questions import fill, p50
from bench.requests import Request
from bench.shape import BEGAN_AT
from support.postgres import Postgres

MODELS = 10_000
VERSIONS_OF_EACH = 20
ROWS = 5 * MODELS * VERSIONS_OF_EACH

_DATABASE = "bench_past"
_STEP = 100_000
_MOMENT = BEGAN_AT + VERSIONS_OF_EACH // 2 * _STEP
_TURNS = 20

# One version after the other is in production, in every model.
_FILL = """
SET session_replication_role = replica;

INSERT INTO registered_models
    (name, description, created_at, created_by_id, last_updated_at, last_updated_by_id, last_number, revision)
SELECT 'model-' || n, '', {began_at}, p.id, {began_at}, p.id, {versions}, 1
FROM generate_series(1, {models}) AS n, (SELECT min(id) AS id FROM principals) AS p;

INSERT INTO model_names (model_id, name, valid_from, named_by_id)
SELECT id, name, created_at, created_by_id FROM registered_models;

INSERT INTO model_versions
    (model_id, model_name, number, created_at, created_by_id, last_updated_at, last_updated_by_id, description, stage,
     source, download_uri, run_id, run_link, logged_model_id, revision, deleted_with_model)
SELECT id, name, number, at, created_by_id, at, created_by_id, '', 'Archived',
       's3://models/' || id || '/' || number, '', md5(id || '/' || number), '', '', 1, false
FROM (
    SELECT m.*, number, {began_at} + number * {step} + m.id % 100 * 1000 AS at
    FROM registered_models AS m, generate_series(1, {versions}) AS number
) AS numbered;

INSERT INTO stage_history (version_id, model_id, stage, valid_from, valid_until, entered_by_id)
SELECT id, model_id, held.stage, at + began, at + ended, created_by_id
FROM (SELECT *, created_at AS at FROM model_versions) AS v, LATERAL (VALUES
    ('None', 0, 100), ('Staging', 100, 200), ('None', 200, 300),
    ('Production', 300, 300 + {step}), ('Archived', 300 + {step}, NULL)
) AS held (stage, began, ended);
"""


@dataclass(frozen=True)
class Past:
    """What "everything in production at a moment" takes: a first page and a last one, p50, and all pages together."""

    rows: int
    found: int
    first_ms: float
    last_ms: float
    all_ms: float


def measure(postgres: Postgres, folder: Path) -> Past:
    """Fill a database with a past, and ask for what was in production half of the way."""
    postgres.create_database(_DATABASE)
    url = postgres.url(_DATABASE)
    with servers.assent(url, folder) as server:
        given = {"began_at": BEGAN_AT, "models": MODELS, "versions": VERSIONS_OF_EACH, "step": _STEP}
        fill(url, _FILL.format(**given))
        client = Client(server.port, server.headers)
        pages = list(_pages(client))
        first, last = pages[0][0], pages[-1][0]
        found = sum(held for _, held in pages)
        began = time.perf_counter()
        list(_pages(client))
        took = (time.perf_counter() - began) * 1000
        measured = Past(ROWS, found, p50(client, [first] * _TURNS), p50(client, [last] * _TURNS), took)
        client.close()
    postgres.drop_database(_DATABASE)
    return measured


def _pages(client: Client) -> Iterator[tuple[Request, int]]:
    """Every page: how it is asked for, and how much is on it."""
    after: str | None = ""
    while after is not None:
        asked = Request("GET", f"/api/v1/at?{urlencode({'time': _MOMENT, 'tier': 'production', 'after': after})}")
        answer = orjson.loads(client.send(asked))
        yield asked, len(answer["held"])
        after = answer["next"]
