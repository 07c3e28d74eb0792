"""Several clients push facts of one version at the same moment, through several server processes."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import requests

from assent.lineage.runs import facts
from support import runs
from support.databases import PostgresDatabases, SqliteDatabases
from support.live import Client
from support.server import Server

CLIENTS = 20
DIGEST = {"digest": f"sha256:{'ab' * 32}", "files": 7, "bytes": 12_154}


@pytest.fixture
def clients(databases: SqliteDatabases | PostgresDatabases, tmp_path: Path) -> Iterator[list[Client]]:
    """Clients of two servers on one database, in which there is a version."""
    with _served(databases, tmp_path) as served:
        served[0].post("/registered-models/create", name="m")
        served[0].register("m")
        yield served


@contextmanager
def _served(databases: SqliteDatabases | PostgresDatabases, folder: Path) -> Iterator[list[Client]]:
    with ExitStack() as opened:
        url = opened.enter_context(databases.copy())
        servers = [opened.enter_context(Server.start(url, folder, workers="1")) for _ in range(2)]
        token = servers[0].token()
        yield [Client(server.url, token) for server in servers]


def pushed_at_once(clients: list[Client], *told: dict[str, Any]) -> Counter[int]:
    """How often each status was answered, where everybody waits for everybody before they push."""
    start = Barrier(CLIENTS)

    def push(place: int) -> int:
        client = clients[place % len(clients)]
        start.wait()
        return call(client, "PUT", json=told[place % len(told)]).status_code

    with ThreadPoolExecutor(CLIENTS) as crowd:
        return Counter(crowd.map(push, range(CLIENTS)))


def call(client: Client, method: str, **options: Any) -> requests.Response:
    url = f"{client.url}/api/v1/models/m/versions/1/snapshot"
    return requests.request(method, url, headers={"Authorization": f"Bearer {client.token}"}, timeout=60, **options)


def body(**changed: Any) -> dict[str, Any]:
    return {"facts": facts.of(runs.run()) | changed, "artifact_digest": DIGEST}


def test_the_same_is_kept_once_and_answered_to_all(clients: list[Client]) -> None:
    assert pushed_at_once(clients, body()) == {200: CLIENTS}
    assert len(call(clients[0], "GET").json()["snapshots"]) == 1


def test_of_different_facts_those_of_one_are_kept(clients: list[Client]) -> None:
    told = [body(params={"C": str(place)}) for place in range(CLIENTS)]
    assert pushed_at_once(clients, *told) == {200: 1, 409: CLIENTS - 1}
    [snapshot] = call(clients[1], "GET").json()["snapshots"]
    assert snapshot["facts"] in [each["facts"] for each in told]
