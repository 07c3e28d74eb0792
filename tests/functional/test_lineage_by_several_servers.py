"""Two servers of one database are told things that do not go together, all at once."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import cycle
from typing import Any

import pytest
import requests

from support.databases import PostgresDatabases, SqliteDatabases
from support.server import Server

VERSIONS = range(1, 6)
Send = Callable[[str, str, dict[str, Any]], requests.Response]


@pytest.fixture(scope="module")
def send(databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Send]:
    """Sends requests to two servers in turn, which know a model with five versions."""
    with ExitStack() as running:
        url = running.enter_context(databases.copy())
        servers = [running.enter_context(Server.start(url, tmp_path_factory.mktemp("server"))) for _ in range(2)]
        headers = {"Authorization": f"Bearer {servers[0].token()}"}
        addresses = cycle([server.url for server in servers])

        def make(method: str, path: str, body: dict[str, Any]) -> requests.Response:
            how = {"params": body} if method == "GET" else {"json": body}
            return requests.request(method, next(addresses) + path, headers=headers, timeout=60, **how)  # type: ignore[arg-type]  # one of the two

        make("POST", "/api/2.0/mlflow/registered-models/create", {"name": "m"}).raise_for_status()
        for _ in VERSIONS:
            fields = {"name": "m", "source": "s3://bucket/m"}
            make("POST", "/api/2.0/mlflow/model-versions/create", fields).raise_for_status()
        yield make


def _at_once(send: Send, calls: list[tuple[str, str, dict[str, Any]]]) -> set[int]:
    with ThreadPoolExecutor(6) as pool:
        return set(pool.map(lambda call: send(*call).status_code, calls))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_declared_parents_make_no_circle(send: Send, seed: int) -> None:
    chosen = random.Random(seed)  # noqa: S311 (which of them does not matter, but that it is the same again)
    calls: list[tuple[str, str, dict[str, Any]]] = []
    for _ in range(60):
        child, parent = chosen.sample(VERSIONS, 2)
        body = {"relation": "distilled", "model": "m", "version": parent}
        method = chosen.choice(["POST", "POST", "DELETE"])
        calls.append((method, f"/api/v1/models/m/versions/{child}/parents", body))
    assert _at_once(send, calls) <= {200, 409}
    above: dict[int, set[int]] = {}
    for child in VERSIONS:
        found = send("GET", f"/api/v1/models/m/versions/{child}/parents", {}).json()["parents"]
        above[child] = {each["version"]["number"] for each in found}
    for _ in VERSIONS:
        above = {child: found.union(*(above[parent] for parent in found)) for child, found in above.items()}
    assert all(child not in found for child, found in above.items())


def test_a_deployment_serves_what_one_of_its_reports_said(send: Send) -> None:
    reports = [[1], [2], [1, 2], [3], [], [2, 3]] * 5
    serves = [[{"model": "m", "version": number} for number in numbers] for numbers in reports]
    send("PUT", "/api/v1/deployments/d", {"serves": serves[0]}).raise_for_status()
    assert _at_once(send, [("PUT", "/api/v1/deployments/d", {"serves": each}) for each in serves]) == {200}
    found = send("GET", "/api/v1/deployments/d", {}).json()
    assert [each["version"] for each in found["serves"]] in reports
    intervals = [*found["serves"], *found["history"]]
    for one in intervals:
        later = [each for each in intervals if each["version"] == one["version"] and each is not one]
        assert not any(_overlap(one, other) for other in later)


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    ends = [each["valid_until"] if each["valid_until"] is not None else 2**62 for each in (one, other)]
    return bool(max(one["valid_from"], other["valid_from"]) < min(ends))


def test_a_deployment_that_two_report_first_is_one(send: Send) -> None:
    for number in range(5):
        body = {"serves": [{"model": "m", "version": 1}]}
        assert _at_once(send, [("PUT", f"/api/v1/deployments/new{number}", body)] * 6) == {200}
    names = [each["name"] for each in send("GET", "/api/v1/deployments", {}).json()["deployments"]]
    assert len(names) == len(set(names))
    assert {f"new{number}" for number in range(5)} <= set(names)


def test_an_event_that_comes_twice_at_once_is_known_once(send: Send) -> None:
    event = {
        "eventTime": "2026-11-23T12:00:00Z",
        "producer": "urn:example",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": "01234567-89ab-4def-8123-456789abcdef"},
        "job": {"namespace": "airflow", "name": "features"},
        "inputs": [{"namespace": "s3://bucket", "name": "orders"}],
    }
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: send("POST", "/api/v1/lineage", event).json()["known"], range(12)))
    assert sorted(answers) == [False] + [True] * 11
