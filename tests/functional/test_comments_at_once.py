"""Several clients write, edit and resolve at the same moment, through several server processes."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from typing import Any

import pytest
import requests

from support.databases import PostgresDatabases, SqliteDatabases
from support.live import Client
from support.server import Server

CLIENTS = 20
ON_1 = "/models/m/versions/1/comments"


@pytest.fixture(scope="module")
def clients(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Client]]:
    """Clients of two servers on one database, in which there is a version."""
    with ExitStack() as opened:
        url = opened.enter_context(databases.copy())
        folders = [tmp_path_factory.mktemp("server") for _ in range(2)]
        servers = [opened.enter_context(Server.start(url, folder, workers="1")) for folder in folders]
        served = [Client(server.url, servers[0].token()) for server in servers]
        served[0].post("/registered-models/create", name="m")
        served[0].register("m")
        yield served


def call(client: Client, method: str, path: str, **fields: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {client.token}"}
    return requests.request(method, f"{client.url}/api/v1{path}", headers=headers, timeout=60, json=fields)


def at_once(clients: list[Client], do: Callable[[Client, int], requests.Response]) -> Counter[int]:
    """How often each status was answered, where everybody waits for everybody."""
    start = Barrier(CLIENTS)

    def run(place: int) -> int:
        start.wait()
        return do(clients[place % len(clients)], place).status_code

    with ThreadPoolExecutor(CLIENTS) as crowd:
        return Counter(crowd.map(run, range(CLIENTS)))


def events(client: Client, comment: int) -> list[str]:
    headers = {"Authorization": f"Bearer {client.token}"}
    asked = {"model": "m", "action": "comment.*", "order": "oldest"}
    told = requests.get(f"{client.url}/api/v1/audit/events", params=asked, headers=headers, timeout=60).json()
    return [each["action"] for each in told["events"] if each["subject_id"] == comment]


def test_of_edits_of_one_revision_one_counts(clients: list[Client]) -> None:
    path = f"/comments/{call(clients[0], 'POST', ON_1, text='Why?').json()['id']}"
    edited = at_once(clients, lambda each, n: call(each, "PATCH", path, text=f"Why {n}?", revision=1))
    assert edited == {200: 1, 409: CLIENTS - 1}
    assert len(call(clients[1], "GET", f"{path}/revisions").json()["revisions"]) == 2


def test_edits_that_mind_no_revision_are_all_kept(clients: list[Client]) -> None:
    comment = call(clients[0], "POST", ON_1, text="Why?").json()["id"]

    def edit(client: Client, place: int) -> requests.Response:
        url = f"{client.url}/api/2.0/mlflow/comments/update"
        headers = {"Authorization": f"Bearer {client.token}"}
        body = {"id": str(comment), "comment": f"@admin {place}"}
        return requests.patch(url, json=body, headers=headers, timeout=60)

    assert at_once(clients, edit) == {200: CLIENTS}
    kept = call(clients[0], "GET", f"/comments/{comment}/revisions").json()["revisions"]
    assert [each["revision"] for each in kept] == list(range(1, CLIENTS + 2))
    assert {each["text"] for each in kept[1:]} == {f"@admin {place}" for place in range(CLIENTS)}


def test_a_thread_is_resolved_and_a_comment_deleted_once(clients: list[Client]) -> None:
    comment = call(clients[0], "POST", ON_1, text="Why?").json()["id"]
    path = f"/comments/{comment}"
    assert at_once(clients, lambda each, _: call(each, "POST", f"{path}/resolve")) == {200: CLIENTS}
    assert at_once(clients, lambda each, _: call(each, "DELETE", path)) == {200: CLIENTS}
    assert events(clients[0], comment) == ["comment.written", "comment.resolved", "comment.deleted"]


def test_replies_to_a_thread_that_is_deleted_meanwhile_come_before_or_not_at_all(clients: list[Client]) -> None:
    first = call(clients[0], "POST", ON_1, text="Why?").json()["id"]

    def reply_or_delete(client: Client, place: int) -> requests.Response:
        if place == CLIENTS // 2:
            return call(client, "DELETE", f"/comments/{first}")
        return call(client, "POST", ON_1, text="Because.", reply_to=first)

    answered = at_once(clients, reply_or_delete)
    found = call(clients[0], "GET", ON_1).json()["comments"]
    replies = [each for each in found if each["thread"] == first != each["id"]]
    assert answered[200] == len(replies) + 1
    assert answered[200] + answered[404] == CLIENTS
