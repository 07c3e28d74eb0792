"""The plug-in in the clients of MLflow that it is for."""

import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from assent.cli.remote import Registry
from assent.lineage.runs import digesting
from support import clients
from support.clients import MLFLOW, every_line
from support.databases import SqliteDatabases
from support.server import Server

STORY = Path(__file__).parent / "stories/plugin.py"
LINES = [line for line in every_line(MLFLOW) if line not in ("1.30", "2.9")]

pytestmark = pytest.mark.parametrize("mlflow_line", LINES, indirect=True, scope="module")


class Told(NamedTuple):
    """What the story told, and what the registry keeps of its versions."""

    facts: dict[str, Any]
    snapshots: list[dict[str, Any]]
    folder: Path


@pytest.fixture(scope="module")
def told(mlflow_line: str, sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The story, as this line tells it."""
    folder = tmp_path_factory.mktemp("plugin")
    with sqlite_databases.copy() as url, Server.start(url, folder, allow_local_sources="true") as server:
        token = server.token()
        environment = {
            "MLFLOW_REGISTRY_URI": f"assent+{server.url}",
            "ASSENT_TOKEN": token,
            "MLFLOW_TRACKING_URI": f"file://{folder}/mlruns",
            "MLFLOW_ALLOW_FILE_STORE": "true",
        }
        facts = clients.tell(every_line(MLFLOW)[mlflow_line], STORY, environment, folder / "work")
        api = Registry(server.url, f"Bearer {token}")
        numbers = range(1, 4 if "of the logged model" in facts else 3)
        snapshots = [api.call("GET", f"/models/plugged in/versions/{number}/snapshot") for number in numbers]
    return Told(facts, snapshots, folder / "work/model")


def test_versions_are_of_their_runs(told: Told) -> None:
    facts = told.facts
    assert (facts["of the run"], facts["by the client"], facts["copy"]) == (facts["run"],) * 3
    assert facts.get("of the logged model") == facts.get("run of the logged model")


def test_facts_are_pushed(told: Told) -> None:
    facts = told.snapshots[0]["snapshots"][0]["facts"]
    assert (facts["params"], facts["metrics"]["auc"]["value"]) == ({"depth": "3"}, 0.9)
    assert facts["model"]["signature"] == {"inputs": [{"name": "age", "type": "long"}]}
    assert facts["model"]["dependencies"] == ["cloudpickle==3.1.0"]


def test_digest_is_that_of_the_files(told: Told) -> None:
    digests = [each["artifact_digest"]["digest"] for each in told.snapshots[:2]]
    assert digests == [digesting.of(told.folder).digest] * 2


def test_every_run_is_captured(told: Told) -> None:
    assert {each["state"] for each in told.snapshots} == {"captured"}


def test_commands_need_nothing_of_the_server(told: Told, mlflow_line: str) -> None:
    command = "from assent.cli import main; main()"
    done = subprocess.run(
        [every_line(MLFLOW)[mlflow_line], "-c", command, "lineage", "digest", told.folder],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"{digesting.of(told.folder).digest}\n"


def test_the_rest_of_the_client_is_as_before(told: Told) -> None:
    assert told.facts["by alias"] == "1"
