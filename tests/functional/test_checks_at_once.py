"""Several clients post results of one check at the same moment, through several server processes."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from threading import Barrier

import pytest
import requests

from support.databases import PostgresDatabases, SqliteDatabases
from support.live import Client
from support.server import Server

CLIENTS = 20


@pytest.fixture
def clients(databases: SqliteDatabases | PostgresDatabases, tmp_path: Path) -> Iterator[list[Client]]:
    """Clients of two servers on one database, in which there is a version."""
    with ExitStack() as opened:
        url = opened.enter_context(databases.copy())
        servers = [opened.enter_context(Server.start(url, tmp_path / str(each), workers="1")) for each in range(2)]
        served = [Client(server.url, servers[0].token()) for server in servers]
        served[0].post("/registered-models/create", name="m")
        served[0].register("m")
        yield served


def call(client: Client, method: str, query: str = "", **options: object) -> requests.Response:
    url = f"{client.url}/api/v1/models/m/versions/1/checks{query}"
    return requests.request(method, url, headers={"Authorization": f"Bearer {client.token}"}, timeout=60, **options)  # type: ignore[arg-type]  # what the test says


def test_one_result_counts_and_each_is_kept(clients: list[Client]) -> None:
    start = Barrier(CLIENTS)

    def post(place: int) -> int:
        start.wait()
        body = {"name": "ci/evaluation", "state": "passed", "summary": str(place)}
        return call(clients[place % 2], "POST", json=body).status_code

    with ThreadPoolExecutor(CLIENTS) as crowd:
        assert Counter(crowd.map(post, range(CLIENTS))) == {200: CLIENTS}
    found = call(clients[0], "GET", "?history=true").json()["checks"]
    assert {each["summary"] for each in found} == {str(place) for place in range(CLIENTS)}
    assert all(one["valid_until"] == other["posted_at"] for one, other in pairwise(found))
    assert call(clients[1], "GET").json()["checks"] == [found[-1]]
