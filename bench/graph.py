"""What it takes to ask a large graph where a version comes from: a million edges, ten generations of versions."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import orjson

from bench import servers
from bench.driving import Client
from bench.questions import fill, p50
from bench.requests import Request
from bench.shape import BEGAN_AT
from support.postgres import Postgres

MODELS = 2_000
GENERATIONS = 10
OF_A_GENERATION = 20_800
VERSIONS = GENERATIONS * OF_A_GENERATION
# Three from what each version is made of, and two from those before, which the first generation does not have.
EDGES = 3 * VERSIONS + 2 * (VERSIONS - OF_A_GENERATION)

_DATABASE = "bench_graph"
_TURNS = 20

# Every version comes of a run over a dataset that many share, by a commit that some share; and of two versions of the
# generation before.
_FILL = """
SET session_replication_role = replica;

INSERT INTO registered_models
    (id, name, description, created_at, created_by_id, last_updated_at, last_updated_by_id, last_number, revision)
SELECT 1000 + n, 'model-' || n, '', {began_at}, p.id, {began_at}, p.id, {versions} / {models}, 1
FROM generate_series(0, {models} - 1) AS n, (SELECT min(id) AS id FROM principals) AS p;

INSERT INTO model_names (model_id, name, valid_from, named_by_id)
SELECT id, name, created_at, created_by_id FROM registered_models;

INSERT INTO model_versions
    (id, model_id, model_name, number, created_at, created_by_id, last_updated_at, last_updated_by_id, description,
     stage, source, download_uri, run_id, run_link, logged_model_id, revision, deleted_with_model)
SELECT n + 1, m.id, m.name, n / {models} + 1, {began_at} + n, m.created_by_id, {began_at} + n, m.created_by_id, '',
       'None', 's3://models/' || n, '', md5(n::text), '', '', 1, false
FROM generate_series(0, {versions} - 1) AS n JOIN registered_models AS m ON m.id = 1000 + n % {models};

INSERT INTO lineage_edges (source, target, type, through, stated_at, stated_by_id)
SELECT edge.source, edge.target, edge.type, 'snapshot', {began_at} + n, p.id
FROM generate_series(0, {versions} - 1) AS n, (SELECT min(id) AS id FROM principals) AS p, LATERAL (VALUES
    ('run:' || md5(n::text), 'version:' || n + 1, 'registered'),
    ('dataset:' || md5((n % 5000)::text) || ':train', 'run:' || md5(n::text), 'input'),
    ('commit:' || md5((n % 20000)::text), 'run:' || md5(n::text), 'code'),
    ('version:' || n + 1 - {generation}, 'version:' || n + 1, 'fine_tuned'),
    ('version:' || n / {generation} * {generation} - {generation} + (n + 1) % {generation} + 1, 'version:' || n + 1,
     'distilled')
) AS edge (source, target, type)
WHERE n >= {generation} OR edge.type NOT IN ('fine_tuned', 'distilled');
"""


@dataclass(frozen=True)
class Walks:
    """What a walk takes, p50: up from a version of the last generation, and down from a dataset."""

    edges: int
    nodes: int
    up_ms: float
    made: int
    down_ms: float


def measure(postgres: Postgres, folder: Path) -> Walks:
    """Fill a database with a graph, and ask it for what versions are made of and what was made from datasets."""
    postgres.create_database(_DATABASE)
    url = postgres.url(_DATABASE)
    with servers.assent(url, folder) as server:
        given = {"began_at": BEGAN_AT, "models": MODELS, "versions": VERSIONS, "generation": OF_A_GENERATION}
        fill(url, _FILL.format(**given))
        client = Client(server.port, server.headers)
        up, down = ([ask(turn) for turn in range(_TURNS)] for ask in (_version, _dataset))
        nodes = len(orjson.loads(client.send(up[0]))["nodes"])
        made = len(orjson.loads(client.send(down[0]))["versions"])
        measured = Walks(EDGES, nodes, p50(client, up), made, p50(client, down))
        client.close()
    postgres.drop_database(_DATABASE)
    return measured


def _version(turn: int) -> Request:
    place = OF_A_GENERATION * (GENERATIONS - 1) + turn * 37
    return Request("GET", f"/api/v1/models/model-{place % MODELS}/versions/{place // MODELS + 1}/lineage")


def _dataset(turn: int) -> Request:
    digest = hashlib.md5(str(turn).encode(), usedforsecurity=False).hexdigest()
    return Request("GET", f"/api/v1/lineage/made-from?of=dataset:{digest}")
