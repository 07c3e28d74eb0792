"""Many clients register versions of one model at the same moment, over HTTP, with real server processes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier

import pytest

from support.databases import PostgresDatabases, SqliteDatabases
from support.live import Client
from support.server import Server

CLIENTS = 100


@contextmanager
def serving(
    databases: SqliteDatabases | PostgresDatabases, count: int, folder: Path, workers: str
) -> Iterator[list[Client]]:
    """Clients of so many servers on one database."""
    with ExitStack() as opened:
        url = opened.enter_context(databases.copy())
        servers = [opened.enter_context(Server.start(url, folder, workers=workers)) for _ in range(count)]
        token = servers[0].token()
        yield [Client(server.url, token) for server in servers]


def registered_at_once(clients: list[Client]) -> list[int]:
    """The numbers that a hundred clients are given, who all wait for each other before they ask."""
    clients[0].post("/registered-models/create", name="m")
    start = Barrier(CLIENTS)

    def register(place: int) -> int:
        client = clients[place % len(clients)]
        start.wait()
        return client.register("m")

    with ThreadPoolExecutor(CLIENTS) as crowd:
        return sorted(crowd.map(register, range(CLIENTS)))


@pytest.mark.parametrize("processes", [1, 3])
def test_on_sqlite_each_gets_a_number_of_its_own(
    sqlite_databases: SqliteDatabases, tmp_path: Path, processes: int
) -> None:
    with serving(sqlite_databases, processes, tmp_path, workers="1") as clients:
        assert registered_at_once(clients) == list(range(1, CLIENTS + 1))


def test_on_postgresql_each_gets_a_number_of_its_own(postgres_databases: PostgresDatabases, tmp_path: Path) -> None:
    with serving(postgres_databases, 2, tmp_path, workers="2") as clients:
        assert registered_at_once(clients) == list(range(1, CLIENTS + 1))
