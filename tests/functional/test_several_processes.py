"""What several server processes do together."""

import re
from pathlib import Path

import requests

from support.databases import ADMINISTRATOR, PASSWORD, PostgresDatabases
from support.server import Server


def test_metrics_are_those_of_all_processes(postgres_databases: PostgresDatabases, tmp_path: Path) -> None:
    with postgres_databases.copy() as url, Server.start(url, tmp_path, workers="2") as server:
        auth = (ADMINISTRATOR, PASSWORD)
        for _ in range(20):
            # A connection each, so that both processes get some.
            assert requests.get(f"{server.url}/api/v1/me", auth=auth, timeout=10).status_code == 200
        text = requests.get(f"{server.url}/metrics", auth=auth, timeout=10).text
    counted = re.search(r'assent_requests_total\{method="GET",route="/api/v1/me",status="200"\} (\S+)', text)
    assert counted is not None
    assert float(counted[1]) == 20
