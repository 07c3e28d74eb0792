"""With the plug-in, what is known of a run is with its version from the registration on, and outlives the run."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assent.cli.remote import Registry, segment
from assent.lineage.runs import digesting
from support import clients
from support.checkouts import checked_out
from support.databases import ADMINISTRATOR, PostgresDatabases, SqliteDatabases
from support.server import Server

STORIES = Path(__file__).parent / "stories"
# The versions in the order in which the story registers them.
LOGGED, WITHIN, OF_RUN, OF_LOGGED_MODEL, BY_CLIENT, OF_NOTHING = range(1, 7)


@dataclass(frozen=True)
class Told:
    """What the story told of one tracking store, and the registry it told of it."""

    name: str
    facts: dict[str, Any]
    registry: Registry
    commit: str

    def answer(self, number: int, about: str = "/snapshot", *, name: str | None = None) -> dict[str, Any]:
        return self.registry.call("GET", f"/models/{segment(name or self.name)}/versions/{number}{about}")

    def pushed(self, number: int, *, name: str | None = None) -> dict[str, Any]:
        (snapshot,) = self.answer(number, name=name)["snapshots"]
        assert isinstance(snapshot, dict)
        return snapshot

    def everything(self) -> list[dict[str, Any]]:
        """What the registry answers of each version, and of what was made from the run, its code and its data."""
        abouts = ("", "/history", "/snapshot", "/lineage", "/story")
        (dataset,) = self.pushed(LOGGED)["facts"]["datasets"]
        nodes = (f"run:{self.facts['run']}", f"commit:{self.commit}", f"dataset:{dataset['digest']}")
        return [
            *(self.answer(number, about) for number in range(LOGGED, OF_NOTHING + 1) for about in abouts),
            *(self.registry.call("GET", "/lineage/made-from", of=node) for node in nodes),
        ]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Tracking stores, by the names of the models that are registered from them."""
    folder = tmp_path_factory.mktemp("stores")
    return {"of a database": f"sqlite:///{folder}/mlflow.db", "of files": f"file://{folder}/mlruns"}


@pytest.fixture(scope="module")
def registry(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A live server, which takes sources on the clients' machines."""
    folder = tmp_path_factory.mktemp("server")
    with databases.copy() as url, Server.start(url, folder, allow_local_sources="true") as server:
        yield server


@pytest.fixture(scope="module")
def all_told(
    registry: Server, stores: dict[str, str], mlflow_python: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Told]:
    """What the story told, by model."""
    folder = tmp_path_factory.mktemp("pushed")
    script, commit = checked_out(STORIES / "pushed.py", folder / "code")
    token = registry.token()
    environment = {
        "MLFLOW_REGISTRY_URI": f"assent+{registry.url}",
        "ASSENT_TOKEN": token,
        "MLFLOW_ALLOW_FILE_STORE": "true",
    }
    told = clients.tell(mlflow_python, script, environment, folder / "work", asked=stores)
    api = Registry(registry.url, f"Bearer {token}")
    return {name: Told(name, facts, api, commit) for name, facts in told.items()}


@pytest.fixture(scope="module", params=["of a database", "of files"])
def told(request: pytest.FixtureRequest, all_told: dict[str, Told]) -> Told:
    """What the story told of one tracking store."""
    return all_told[request.param]


@pytest.mark.parametrize("number", [LOGGED, OF_RUN, OF_LOGGED_MODEL, BY_CLIENT])
def test_version_is_of_its_run(told: Told, number: int) -> None:
    assert told.facts["runs"][str(number)] == told.facts["run"]


def test_version_of_a_nested_run_is_of_that(told: Told) -> None:
    assert told.facts["runs"][str(WITHIN)] == told.facts["within"]


@pytest.mark.parametrize("number", [LOGGED, WITHIN, OF_RUN, OF_LOGGED_MODEL, BY_CLIENT])
def test_snapshot_says_who_pushed_it(told: Told, number: int) -> None:
    pushed = told.pushed(number)
    assert (pushed["way"], pushed["taken_by"], pushed["server"]) == ("pushed", ADMINISTRATOR, "")


def test_version_is_captured(told: Told) -> None:
    assert told.answer(LOGGED)["state"] == "captured"


def test_version_of_nothing_is_not_waited_for(told: Told) -> None:
    answer = told.answer(OF_NOTHING)
    assert (answer["state"], answer["snapshots"], answer["artifact_digest"]) == (None, [], None)


def test_params_metrics_and_tags_are_facts(told: Told) -> None:
    facts = told.pushed(LOGGED)["facts"]
    assert facts["params"] == {"max_iter": "1000", "solver": "lbfgs"}
    assert {key: (each["value"], each["step"]) for key, each in facts["metrics"].items()} == {
        "auc": (0.99, 2),
        "lost": ("NaN", 0),
    }
    assert facts["tags"]["owner"] == "ada"


def test_dataset_is_a_fact(told: Told) -> None:
    (dataset,) = told.pushed(LOGGED)["facts"]["datasets"]
    assert (dataset["name"], dataset["context"], len(dataset["digest"])) == ("iris", "training", 8)
    assert dataset["schema"]["mlflow_colspec"][0]["name"] == "sepal length (cm)"


def test_code_is_a_fact(told: Told) -> None:
    code = told.pushed(LOGGED)["facts"]["code"]
    assert (code["commit"], code["dirty"], Path(code["entry_point"]).name) == (told.commit, False, "pushed.py")


def test_code_that_was_changed_since_is_told(
    registry: Server, mlflow_python: Path, tracking_uri: str, tmp_path: Path
) -> None:
    script, commit = checked_out(STORIES / "registering.py", tmp_path / "code")
    with script.open("a") as changed:
        changed.write("# What nobody has committed.\n")
    token = registry.token()
    environment = {
        "MLFLOW_REGISTRY_URI": f"assent+{registry.url}",
        "MLFLOW_TRACKING_URI": tracking_uri,
        "ASSENT_TOKEN": token,
    }
    clients.tell(mlflow_python, script, environment, tmp_path / "work", asked={"model": "changed", "runs": 1})
    told = Told("changed", {}, Registry(registry.url, f"Bearer {token}"), commit)
    code = told.pushed(1)["facts"]["code"]
    assert (code["commit"], code["dirty"]) == (commit, True)


def test_run_was_running_when_it_was_registered_and_ended_later(told: Told) -> None:
    (during, after) = (told.pushed(number)["facts"]["run"] for number in (LOGGED, OF_RUN))
    assert (during["status"], "ended_at" in during) == ("RUNNING", False)
    assert (after["status"], "ended_at" in after) == ("FINISHED", True)


def test_experiment_is_named(told: Told) -> None:
    assert told.pushed(LOGGED)["facts"]["run"]["experiment_name"] == "iris"


@pytest.mark.parametrize("number", [LOGGED, OF_RUN, OF_LOGGED_MODEL])
def test_model_is_a_fact(told: Told, number: int) -> None:
    model = told.pushed(number)["facts"]["model"]
    assert model["id"] == told.facts["logged model"]
    assert model["flavors"].keys() == {"python_function", "sklearn"}
    assert model["signature"]["inputs"][0]["name"] == "sepal length (cm)"
    assert any(each.startswith("scikit-learn==") for each in model["dependencies"])


@pytest.mark.parametrize("number", [LOGGED, OF_RUN, OF_LOGGED_MODEL])
def test_digest_is_that_of_what_is_downloaded(told: Told, number: int) -> None:
    downloaded = digesting.of(told.facts["downloaded"])
    given = told.answer(number)["artifact_digest"]
    assert (given["digest"], given["files"], given["bytes"]) == (
        downloaded.digest,
        downloaded.files,
        downloaded.bytes,
    )


def test_copy_has_the_facts_and_the_digest_of_its_original(told: Told) -> None:
    copy, original = told.answer(1, name=f"{told.name} copied"), told.answer(LOGGED)
    assert copy["artifact_digest"]["digest"] == original["artifact_digest"]["digest"]
    assert [each["digest"] for each in copy["snapshots"]] == [each["digest"] for each in original["snapshots"]]


def test_model_is_loaded_as_before(told: Told) -> None:
    assert told.facts["predicts"] is True


# The last: from here on the tracking stores know nothing.
def test_every_answer_outlives_the_run(
    all_told: dict[str, Told], stores: dict[str, str], mlflow_python: Path, tmp_path: Path
) -> None:
    before = {name: told.everything() for name, told in all_told.items()}
    asked = [
        (stores[name], told.facts["experiment"], [told.facts["run"], told.facts["within"]])
        for name, told in all_told.items()
    ]
    environment = {"MLFLOW_ALLOW_FILE_STORE": "true"}
    left = clients.tell(mlflow_python, STORIES / "forgotten.py", environment, tmp_path, asked=asked)
    assert left == [["RESOURCE_DOES_NOT_EXIST"] * 2] * len(stores)
    assert {name: told.everything() for name, told in all_told.items()} == before
