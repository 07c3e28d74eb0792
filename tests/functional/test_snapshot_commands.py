"""`assent lineage snapshot` and `retry` on a live registry."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import requests

from assent.lineage.runs import facts
from support import runs
from support.commands import Assent
from support.databases import SqliteDatabases
from support.server import Server

DIGEST = {"digest": f"sha256:{'ab' * 32}", "files": 7, "bytes": 12_154}
# Printable it is not, and yet part of what is hashed.
TOLD = facts.of(runs.run(), runs.logged_model(), runs.MLMODEL, runs.REQUIREMENTS) | {"params": {"C": "\u200b"}}


@pytest.fixture(scope="module")
def assent(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assent]:
    """The command in an administrator's hands, and a registry with a captured version, and one that waits."""
    with (
        sqlite_databases.copy() as url,
        Server.start(url, tmp_path_factory.mktemp("server")) as server,
        requests.Session() as client,
    ):
        token = server.token()
        client.headers["Authorization"] = f"Bearer {token}"
        mlflow = f"{server.url}/api/2.0/mlflow"
        client.post(f"{mlflow}/registered-models/create", json={"name": "churn"}).raise_for_status()
        for run_id in ("", "4f2c"):
            version = {"name": "churn", "source": "s3://bucket/churn", "run_id": run_id}
            client.post(f"{mlflow}/model-versions/create", json=version).raise_for_status()
        told = {"facts": TOLD, "artifact_digest": DIGEST}
        client.put(f"{server.url}/api/v1/models/churn/versions/1/snapshot", json=told).raise_for_status()
        yield Assent({"ASSENT_URL": server.url, "ASSENT_TOKEN": token})


@pytest.mark.parametrize(
    "line",
    [
        "churn/1: captured, what was pushed counts.",
        f"Artifacts: {DIGEST['digest']} (7 files, 12154 bytes; by admin)",
        f"  run      {runs.RUN} first; ada; FINISHED; 2026-11-23 12:08Z to 2026-11-23 12:08Z",
        f"  code     {runs.COMMIT}; https://git.example/churn.git; main; train.py",
        "  data     train b247ca65; training",
        "  metrics  auc=0.93 (step 2), loss=NaN (step 0)",
        f"  model    {runs.LOGGED_MODEL}; model; python_function, sklearn",
        "  requires mlflow==3.17.2, scikit-learn==1.9.1",
    ],
)
def test_facts_are_told(assent: Assent, line: str) -> None:
    assert line in assent("lineage", "snapshot", "churn", "1").stdout.splitlines()


def test_facts_are_written_as_they_are_hashed(assent: Assent, tmp_path: Path) -> None:
    told = assent.json("lineage", "snapshot", "churn", "1", "--facts-to", str(tmp_path / "facts.json"))
    content = (tmp_path / "facts.json").read_bytes()
    assert f"sha256:{sha256(content).hexdigest()}" == told["snapshots"][0]["digest"]


def test_a_version_that_waits_says_so(assent: Assent) -> None:
    assert assent("lineage", "snapshot", "churn", "2").stdout == "churn/2: pending.\n"


def test_without_facts_there_are_none_to_write(assent: Assent, tmp_path: Path) -> None:
    told = assent.told("lineage", "snapshot", "churn", "2", "--facts-to", str(tmp_path / "facts.json"), code=2)
    assert told == "assent: No facts count for version 2 of churn: pending.\n"


def test_a_file_that_cannot_be_written_is_a_mistake(assent: Assent, tmp_path: Path) -> None:
    told = assent.told("lineage", "snapshot", "churn", "1", "--facts-to", str(tmp_path / "no" / "facts"), code=2)
    assert "cannot be written: No such file or directory." in told


def test_another_attempt_is_asked_for(assent: Assent) -> None:
    told = assent("lineage", "retry", "churn", "2").stdout
    assert told == "The run of churn/2 is pulled as soon as a worker gets to it.\n"
