"""What the plug-in pushes of a run and what the worker pulls of it from the tracking server agree."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assent.cli.remote import Registry
from assent.lineage.runs import digesting
from support import clients
from support.checkouts import checked_out
from support.databases import SqliteDatabases
from support.processes import Service
from support.server import Server

STORY = Path(__file__).parent / "stories/pushed.py"
MODEL = "Flowers"
# As the story registers them: during the run, of a nested run, of the run, of the logged model, and by the client.
OF_RUNS = range(1, 6)


@pytest.fixture(scope="module")
def told(
    sqlite_databases: SqliteDatabases,
    tracking: Service,
    mlflow_python: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[dict[str, Any], dict[int, dict[str, Any]]]]:
    """What the story told, and what the registry says of its versions after it pulled their runs."""
    folder = tmp_path_factory.mktemp("agreed")
    script, _ = checked_out(STORY, folder / "code")
    (folder / "tracking.yaml").write_text(f"servers:\n  - url: {tracking.url}\n")
    with (
        sqlite_databases.copy() as url,
        Server.start(url, folder / "server", tracking_file=str(folder / "tracking.yaml")) as server,
    ):
        token = server.token()
        environment = {"MLFLOW_REGISTRY_URI": f"assent+{server.url}", "ASSENT_TOKEN": token}
        story = clients.tell(mlflow_python, script, environment, folder / "work", asked={MODEL: tracking.url})
        api = Registry(server.url, f"Bearer {token}")
        yield story[MODEL], {number: _pulled(api, number) for number in OF_RUNS}


@pytest.mark.parametrize("number", OF_RUNS)
def test_nothing_contradicts(told: tuple[Any, dict[int, dict[str, Any]]], number: int) -> None:
    answer = told[1][number]
    assert (answer["state"], answer["counts"], answer["differences"]) == ("captured", "pulled", [])


def test_facts_of_a_run_that_has_ended_are_the_same(told: tuple[Any, dict[int, dict[str, Any]]]) -> None:
    pulled, pushed = (_facts(told[1][3], way) for way in ("pulled", "pushed"))
    # The server has the model's files, too, and the plug-in could tell whether the code was as committed.
    pulled["model"] = {name: pulled["model"][name] for name in pushed["model"]}
    assert pushed["code"].pop("dirty") is False
    assert pushed == pulled


def test_files_of_the_model_say_the_same(told: tuple[Any, dict[int, dict[str, Any]]]) -> None:
    assert _facts(told[1][1], "pushed")["model"] == _facts(told[1][1], "pulled")["model"]


def test_files_are_hashed_where_they_are_at_hand(told: tuple[dict[str, Any], dict[int, dict[str, Any]]]) -> None:
    story, answers = told
    assert answers[1]["artifact_digest"]["digest"] == digesting.of(story["downloaded"]).digest
    # Nothing is downloaded for a digest.
    assert answers[3]["artifact_digest"] is None


def _facts(answer: dict[str, Any], way: str) -> dict[str, Any]:
    (facts,) = (each["facts"] for each in answer["snapshots"] if each["way"] == way)
    assert isinstance(facts, dict)
    return facts


def _pulled(api: Registry, number: int) -> dict[str, Any]:
    until = time.monotonic() + 120
    while True:
        answer = api.call("GET", f"/models/{MODEL}/versions/{number}/snapshot")
        if len(answer["snapshots"]) == 2:
            return answer
        assert time.monotonic() < until, f"The run of version {number} is not pulled: {answer['problem']}"
        time.sleep(0.2)
