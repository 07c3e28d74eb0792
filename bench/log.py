"""Questions to an audit log that is long: by model, by actor, by time; the first page, and the thousandth."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
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

SMALL = 200_000
LARGE = 10_000_000

_DATABASE = "bench_log"
_STEP = 1_000
_HOUR = 3_600_000
_TURNS = 40
_PAGE = 100

# Of ten events one is of the first model, one is by the first actor, and the others are anybody's of anything: what
# is asked for has a thousand pages, or a few. One event in a hundred was refused.
_FILL = """
SET session_replication_role = replica;
SET maintenance_work_mem = '1GB';

INSERT INTO principals (kind, name, is_administrator, created_at)
SELECT 'user', 'actor-' || n, false, {began_at} FROM generate_series(1, 1000) AS n;

INSERT INTO registered_models
    (name, description, created_at, created_by_id, last_updated_at, last_updated_by_id, last_number, revision)
SELECT 'model-' || n, '', {began_at}, p.id, {began_at}, p.id, 0, 1
FROM generate_series(1, 10000) AS n, (SELECT min(id) AS id FROM principals) AS p;

INSERT INTO model_names (model_id, name, valid_from, named_by_id)
SELECT id, name, created_at, created_by_id FROM registered_models;

-- Built at once when the events are there, indexes take a tenth of the time.
CREATE TEMP TABLE indexes AS
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'audit_events' AND indexname LIKE 'ix%';
DO $$ DECLARE each record; BEGIN
    FOR each IN SELECT * FROM indexes LOOP EXECUTE 'DROP INDEX ' || each.indexname; END LOOP;
END $$;

INSERT INTO audit_events
    (at, action, outcome, actor_id, actor, subject_kind, subject_id, subject, model_id, version, details, face,
     address, request_id)
SELECT {began_at} + n::bigint * {step},
       CASE WHEN n % 100 = 0 THEN 'access.denied' ELSE
           (ARRAY['model_version.registered', 'model_version.transitioned', 'model_version.tag_set', 'alias.set',
                  'registered_model.updated'])[1 + n % 5] END,
       CASE WHEN n % 100 = 0 THEN 'refused' ELSE 'done' END,
       p.id, p.name, CASE WHEN n % 100 = 0 THEN 'registered_model' ELSE 'model_version' END, n, m.name,
       CASE WHEN n % 100 > 0 THEN m.id END, CASE WHEN n % 100 > 0 THEN 1 + n % 9 END,
       '{{"before": {{"stage": "Staging"}}, "after": {{"stage": "Production"}}}}',
       'mlflow', '10.0.' || n % 250 || '.' || n % 13, md5(n::text)
FROM generate_series(1, {events}) AS n
JOIN registered_models AS m
    ON m.name = 'model-' || CASE n % 10 WHEN 1 THEN 1 ELSE 1 + n::bigint * 7919 % 10000 END
JOIN principals AS p ON p.name = 'actor-' || CASE n % 10 WHEN 2 THEN 1 ELSE 1 + n::bigint * 104729 % 1000 END
ORDER BY n;

DO $$ DECLARE each record; BEGIN
    FOR each IN SELECT * FROM indexes LOOP EXECUTE each.indexdef; END LOOP;
END $$;
"""


@dataclass(frozen=True)
class Asked:
    """What a question takes, p50: its first page, and its thousandth or one in the middle."""

    question: str
    first_ms: float
    deep_ms: float


@dataclass(frozen=True)
class Log:
    """How many events there are, and what each question takes."""

    events: int
    asked: list[Asked]


def measure(postgres: Postgres, folder: Path, events: int) -> Log:
    """Fill a database with so many events, and ask."""
    postgres.create_database(_DATABASE)
    url = postgres.url(_DATABASE)
    with servers.assent(url, folder) as server:
        fill(url, _FILL.format(began_at=BEGAN_AT, step=_STEP, events=events))
        client = Client(server.port, server.headers)
        measured = Log(events, list(_asked(client, events)))
        client.close()
    postgres.drop_database(_DATABASE)
    return measured


def _asked(client: Client, events: int) -> Iterator[Asked]:
    # A tenth of the log are the first model's and the first actor's: their thousandth page begins so far on.
    deep = min(10 * 1_000 * _PAGE, events // 2)
    half = BEGAN_AT + events // 2 * _STEP
    turns = range(_TURNS)
    yield _measured(client, "of a model of a tenth of them", [{"model": "model-1"} for _ in turns], deep)
    yield _measured(client, "by an actor of a tenth of them", [{"actor": "actor-1"} for _ in turns], deep)
    yield _measured(client, "of all times", [{"since": BEGAN_AT} for _ in turns], deep // 10)
    yield _measured(client, "of some model", [{"model": f"model-{2 + turn}"} for turn in turns], events // 2)
    yield _measured(client, "by some actor", [{"actor": f"actor-{2 + turn}"} for turn in turns], events // 2)
    hours = [{"since": half + turn * _HOUR, "until": half + (turn + 24) * _HOUR} for turn in turns]
    yield _measured(client, "of a day", hours, events // 2 + _HOUR // _STEP)


def _measured(client: Client, question: str, asked: Sequence[Mapping[str, object]], deep: int) -> Asked:
    first = [_request(each) for each in asked]
    later = [_request({**each, "after": f"{BEGAN_AT + deep * _STEP}-0"}) for each in asked]
    if not orjson.loads(client.send(later[0]))["events"]:
        raise RuntimeError(f"{question}: there is no page after {deep} events")
    for each in (*first, *later):
        client.send(each)
    # One after the other, so that what disturbs the machine disturbs both alike.
    taken = [(p50(client, [one]), p50(client, [other])) for one, other in zip(first, later, strict=True)]
    return Asked(question, *map(statistics.median, zip(*taken, strict=True)))


def _request(asked: Mapping[str, object]) -> Request:
    query = urlencode({"order": "oldest", "limit": _PAGE, **asked})
    return Request("GET", f"/api/v1/audit/events?{query}")
