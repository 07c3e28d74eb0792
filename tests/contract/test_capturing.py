"""`assent lineage capture`, with an MLflow beside it: what a registration did not tell is told later."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.clients import mlflow_environment
from support.databases import SqliteDatabases
from support.server import Server

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A live server."""
    with sqlite_databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="module")
def runs(registry: Server, tell: Callable[..., Any]) -> list[str]:
    """The runs of versions of a model that were registered without the plug-in; the last is known nowhere."""
    unknown = {"source": "s3://bucket/model", "run_id": "a" * 32}
    told = tell("registering", registry.token_login(), {"model": "churn", "runs": 3, "origins": [unknown]})
    return [run for _, run in told["versions"]]


@pytest.fixture
def capture(registry: Server, mlflow_python: Path, tracking_uri: str) -> Command:
    """The command, in somebody's hands."""

    def run(*words: str | Path, by: str = "admin") -> subprocess.CompletedProcess[str]:
        environment = mlflow_environment(mlflow_python, ASSENT_URL=registry.url, ASSENT_TOKEN=registry.token(by))
        command = [mlflow_python, "-c", "from assent.cli import main; main()", "lineage", "capture", *words]
        where = ["--tracking-uri", tracking_uri]
        return subprocess.run(
            [*command, *where], env=environment, check=False, capture_output=True, text=True, timeout=180
        )

    return run


def test_facts_are_pushed_by_whoever_captures(capture: Command, runs: list[str]) -> None:
    done = capture("churn", "1", "--json", by="alice")
    assert done.returncode == 0, done.stderr
    (pushed,) = json.loads(done.stdout)["snapshots"]
    assert (pushed["way"], pushed["taken_by"], pushed["facts"]["run"]["id"]) == ("pushed", "alice", runs[0])


@pytest.mark.usefixtures("runs")
def test_the_same_again_changes_nothing(capture: Command) -> None:
    first, second = capture("churn", "2"), capture("churn", "2")
    assert (first.returncode, first.stdout) == (0, second.stdout)
    assert first.stdout.startswith("churn 2 is captured: sha256:")


def test_files_are_digested_where_they_are(capture: Command, runs: list[str], tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text("flavors: {}\n")
    told = json.loads(capture("churn", "3", "--artifacts", tmp_path, "--json").stdout)
    assert told["artifact_digest"]["digest"].startswith("sha256:8427ddce")
    assert told["snapshots"][0]["facts"]["run"]["id"] == runs[2]


@pytest.mark.usefixtures("runs")
def test_reader_may_not(capture: Command) -> None:
    assert capture("churn", "1", by="rita").returncode == 5


def test_run_that_is_known_nowhere_is_a_mistake(capture: Command, runs: list[str]) -> None:
    done = capture("churn", "4")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        2,
        f"assent: The tracking store does not tell of the run: Run with id={runs[3]} not found.",
    )
