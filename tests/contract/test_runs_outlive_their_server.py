"""Runs of a real tracking server are captured, and stay known here after they are gone there."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from support import clients
from support.databases import ADMINISTRATOR, PASSWORD, PostgresDatabases, SqliteDatabases
from support.processes import Service
from support.server import Server
from support.tracking import collect_garbage, start_tracking

STORY = Path(__file__).parent / "stories/tracked_run.py"
# A client shows the same name and password to the registry and to the tracking server; the worker has others.
OF_CLIENT = (ADMINISTRATOR, PASSWORD)
OF_WORKER = ("assent", "a password of the worker")
REPOSITORY = "https://git.example.com/shop/flowers.git"


class Outlived:
    """A registered run whose tracking server has forgotten it, and the registry that has not."""

    def __init__(self, registry: Server, told: dict[str, str], answers_there: list[int]) -> None:
        self.told = told
        self.answers_there = answers_there
        self._registry = registry

    def get(self, path: str, **query: str) -> Any:
        """What the registry answers."""
        answer = requests.get(f"{self._registry.url}{path}", params=query, auth=OF_CLIENT, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def facts(self) -> Any:
        """The facts of the run."""
        [pulled] = self.get("/api/v1/models/Flowers/versions/1/snapshot")["snapshots"]
        return pulled["facts"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository with the training code, and a remote."""
    folder = tmp_path_factory.mktemp("flowers")
    shutil.copy(STORY, folder / "train.py")
    for words in (
        ["init", "--quiet"],
        ["remote", "add", "origin", REPOSITORY],
        ["add", "."],
        ["-c", "user.name=carol", "-c", "user.email=carol@example.com", "commit", "--quiet", "--message", "Train"],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
    return folder


@dataclass(frozen=True)
class Guarded:
    """A tracking server that lets only users in, where its data are, and a file that lists it for a worker."""

    server: Service
    folder: Path
    listed: Path


@pytest.fixture(scope="module")
def guarded(mlflow_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """The tracking server, which forgets each run before the next database's turn."""
    folder = tmp_path_factory.mktemp("guarded")
    with start_tracking(mlflow_python, folder, password=PASSWORD) as server:
        yield Guarded(server, folder, _listed(server, folder))


@pytest.fixture(scope="module")
def outlived(
    databases: SqliteDatabases | PostgresDatabases,
    mlflow_python: Path,
    guarded: Guarded,
    repository: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Outlived]:
    """A run that was registered and captured, and then deleted at its tracking server for ever."""
    folder, tracking = tmp_path_factory.mktemp("outlived"), guarded.server
    with (
        databases.copy() as url,
        Server.start(url, folder, tracking_file=str(guarded.listed)) as registry,
    ):
        environment = registry.password_login() | {"MLFLOW_TRACKING_URI": tracking.url}
        told = clients.tell(
            mlflow_python, repository / "train.py", environment, folder / "client", asked={"model": "Flowers"}
        )
        _pull(registry)
        yield Outlived(registry, told, _deleted_there(mlflow_python, tracking, guarded.folder, told))


def _listed(tracking: Service, folder: Path) -> Path:
    """The file of tracking servers, with an account for the worker."""
    name, password = OF_WORKER
    _ask("POST", f"{tracking.url}/api/2.0/mlflow/users/create", username=name, password=password).raise_for_status()
    (folder / "password").write_text(password)
    file = folder / "tracking.yaml"
    file.write_text(f"servers:\n  - url: {tracking.url}\n    username: {name}\n    password_file: password\n")
    return file


def _ask(method: str, url: str, **fields: str) -> requests.Response:
    """Ask the tracking server."""
    sent = {"params": fields} if method == "GET" else {"json": fields}
    return requests.request(method, url, auth=OF_CLIENT, timeout=30, **sent)  # type: ignore[arg-type]  # either is one


def _pull(registry: Server) -> None:
    """Let the run be captured: by the server's own thread, or by a worker beside it."""
    registry.command("worker", "--once")
    deadline = time.monotonic() + 60
    snapshot = f"{registry.url}/api/v1/models/Flowers/versions/1/snapshot"
    while True:
        answer = requests.get(snapshot, auth=OF_CLIENT, timeout=30).json()
        if answer["state"] == "captured":
            return
        if time.monotonic() > deadline:
            raise TimeoutError(str(answer))
        time.sleep(0.2)


def _deleted_there(python: Path, tracking: Service, folder: Path, told: dict[str, str]) -> list[int]:
    """Delete the run, its model and its experiment for ever; what the server answers then about each."""
    api = f"{tracking.url}/api/2.0/mlflow"
    logged_model = f"{api}/logged-models/{told['logged_model']}"
    _ask("POST", f"{api}/runs/delete", run_id=told["run"]).raise_for_status()
    _ask("DELETE", logged_model).raise_for_status()
    _ask("POST", f"{api}/experiments/delete", experiment_id=told["experiment"]).raise_for_status()
    name, password = OF_CLIENT
    collect_garbage(python, tracking, folder, MLFLOW_TRACKING_USERNAME=name, MLFLOW_TRACKING_PASSWORD=password)
    return [
        _ask("GET", f"{api}/runs/get", run_id=told["run"]).status_code,
        _ask("GET", logged_model).status_code,
        _ask("GET", f"{api}/experiments/get", experiment_id=told["experiment"]).status_code,
    ]


def test_run_model_and_experiment_are_gone_there(outlived: Outlived) -> None:
    assert outlived.answers_there == [404, 404, 404]


def test_the_version_has_the_run_that_logged_its_model(outlived: Outlived) -> None:
    version = outlived.get("/api/2.0/mlflow/model-versions/get", name="Flowers", version="1")["model_version"]
    assert version["source"] == f"models:/{outlived.told['logged_model']}"
    assert version["run_id"] == outlived.told["run"]


def test_the_version_is_found_by_its_run(outlived: Outlived) -> None:
    found = outlived.get("/api/2.0/mlflow/model-versions/search", filter=f"run_id = '{outlived.told['run']}'")
    assert [each["name"] for each in found["model_versions"]] == ["Flowers"]


def test_parameters_and_tags_are_known(outlived: Outlived) -> None:
    facts = outlived.facts()
    assert facts["params"] == {"max_iter": "1000", "penalty": "l2"}
    assert facts["tags"]["team"] == "shop"


def test_metrics_have_their_last_value_and_step(outlived: Outlived) -> None:
    auc = outlived.facts()["metrics"]["auc"]
    assert (auc["value"], auc["step"]) == (0.95, 2)


def test_the_dataset_is_known_with_digest_schema_and_context(outlived: Outlived) -> None:
    [dataset] = outlived.facts()["datasets"]
    assert (dataset["name"], len(dataset["digest"]), dataset["context"]) == ("iris", 8, "training")
    assert "petal length (cm)" in str(dataset["schema"])


def test_the_code_is_known(outlived: Outlived) -> None:
    code = outlived.facts()["code"]
    assert code["commit"] == outlived.told["commit"]
    assert code["repository"] == REPOSITORY
    assert code["entry_point"].endswith("train.py")


def test_who_ran_it_when_and_in_which_experiment_is_known(outlived: Outlived) -> None:
    run = outlived.facts()["run"]
    assert (run["user"], run["experiment_name"]) == (outlived.told["user"], "flowers")
    # It registers while it runs: when it is asked about, it may not have ended.
    assert run.get("ended_at", run["started_at"]) >= run["started_at"] > 0


def test_signature_flavors_and_dependencies_of_the_model_are_known(outlived: Outlived) -> None:
    model = outlived.facts()["model"]
    assert model["id"] == outlived.told["logged_model"]
    assert len(model["signature"]["inputs"]) == 4
    assert "sklearn" in model["flavors"]
    assert any(each.startswith("scikit-learn==") for each in model["dependencies"])


def test_the_worker_says_where_it_was_pulled_from(outlived: Outlived) -> None:
    [pulled] = outlived.get("/api/v1/models/Flowers/versions/1/snapshot")["snapshots"]
    assert pulled["way"] == "pulled"
    assert pulled["server"].startswith("http://127.0.0.1:")


def test_the_graph_names_run_dataset_and_commit(outlived: Outlived) -> None:
    found = outlived.get("/api/v1/models/Flowers/versions/1/lineage")
    nodes = {each["node"] for each in found["nodes"]}
    [dataset] = outlived.facts()["datasets"]
    assert nodes >= {
        f"run:{outlived.told['run']}",
        f"logged_model:{outlived.told['logged_model']}",
        f"commit:{outlived.told['commit']}",
        f"dataset:{dataset['digest']}:iris",
    }


@pytest.mark.parametrize("kind", ["dataset", "run", "commit", "logged_model"])
def test_what_was_made_from_it_is_answered(outlived: Outlived, kind: str) -> None:
    [dataset] = outlived.facts()["datasets"]
    named = {"dataset": dataset["digest"]} | outlived.told
    found = outlived.get("/api/v1/lineage/made-from", of=f"{kind}:{named[kind]}")
    assert [(each["model"], each["number"]) for each in found["versions"]] == [("Flowers", 1)]
