"""What several server processes do together."""

import re
from pathlib import Path

import requests

from assent.registry.tiers import Stage, Tier
from support import lifecycles
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


def _asked(server: Server, path: str, **fields: object) -> requests.Response:
    """A call of MLflow's protocol, whatever comes of it."""
    url, auth = f"{server.url}/api/2.0/mlflow{path}", (ADMINISTRATOR, PASSWORD)
    if path.endswith("/search"):
        return requests.get(url, params=fields, auth=auth, timeout=10)  # type: ignore[arg-type]  # what the test says
    return requests.post(url, json=fields, auth=auth, timeout=10)


def test_a_stage_that_one_process_adds_is_known_to_all_others_at_once(database_url: str, tmp_path: Path) -> None:
    move = {"name": "m", "version": "1", "stage": "uat"}
    with (
        Server.start(database_url, tmp_path / "one") as one,
        Server.start(database_url, tmp_path / "other") as other,
    ):
        _asked(one, "/registered-models/create", name="m")
        _asked(one, "/model-versions/create", name="m", source="s3://bucket/m")
        for server in (one, other):
            # From now on it remembers which stages there are.
            assert _asked(server, "/model-versions/transition-stage", **move).status_code == 400
        lifecycles.bring(one, Stage("UAT", Tier.STAGING))
        assert _asked(one, "/model-versions/transition-stage", **move).status_code == 200
        for path, asked in (
            ("/registered-models/get-latest-versions", {"name": "m"}),
            ("/registered-models/get-latest-versions", {"name": "m", "stages": ["UAT"]}),
            ("/model-versions/search", {"filter": "current_stage = 'uat'"}),
        ):
            (found,) = _asked(other, path, **asked).json()["model_versions"]
            assert found["current_stage"] == "UAT"
