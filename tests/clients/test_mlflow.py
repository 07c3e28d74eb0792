"""What an MLflow client of each line sees of the registry."""

from pathlib import Path
from typing import Any

import pytest

from assent.registry.tiers import Stage, Tier
from support import clients, lifecycles
from support.clients import MLFLOW, every_line
from support.databases import PostgresDatabases, SqliteDatabases
from support.server import Server

STORY = Path(__file__).parent / "stories/mlflow_registry.py"

RUN = "0123456789abcdef" * 2
OF_A_RUN = f"mlflow-artifacts:/0/{RUN}/artifacts/model"
OF_A_LOGGED_MODEL = f"models:/m-{RUN}"

EXPECTED = {
    "model": ["model", {"team": "shop", "owner": "ada"}, "Tells who buys what."],
    "registered": ["1", "READY", "None"],
    "version": ["1", {"data": "july", "checked": "yes"}, "The first."],
    "stages": {"1": "Staging", "2": "Production", "3": "None"},
    "latest": ["1", "2", "3"],
    "in production": ["2"],
    "stages with the others archived": {"1": "Staging", "2": "Archived", "3": "Production"},
    "moved to a stage of another name": "UAT",
    "in that stage": ["1"],
    "found": ["other", "model"],
    "found newest first": ["third", "other", "model"],
    "found by tag": ["other", "third"],
    "pages": [["model", "other"], ["third"]],
    "versions of the renamed": 3,
    "number after a deleted version": "4",
    "after its deletion": "RESOURCE_DOES_NOT_EXIST: Registered Model with name=renamed not found",
}
SINCE_ALIASES = {
    "aliases": {"champion": "2"},
    "champion": "2",
    "copy": ["copy", "1", "models:/model/1", {"data": "july", "checked": "yes"}],
}


@pytest.fixture(scope="module")
def told(
    mlflow_line: str, databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """The facts of the story, as this line tells it to a new registry."""
    folder = tmp_path_factory.mktemp(mlflow_line)
    with databases.copy() as url, Server.start(url, folder) as server:
        lifecycles.bring(server, Stage("UAT", Tier.STAGING))
        # Nothing is tracked, and no line wants a tracking server before it is.
        environment = server.password_login() | {"MLFLOW_TRACKING_URI": server.url}
        return clients.tell(every_line(MLFLOW)[mlflow_line], STORY, environment, folder)


@pytest.fixture
def is_of_a_run(mlflow_line: str) -> bool:
    """Whether the line's `log_model` names the run that it logs to; from 3 on it names the logged model alone."""
    return mlflow_line.startswith(("1.", "2."))


def test_newest_line_is_never_left_out() -> None:
    assert every_line(MLFLOW)["newest"].exists()


def test_environment_has_the_line(told: Any, mlflow_line: str) -> None:
    assert mlflow_line == "newest" or told["release"].startswith(f"{mlflow_line}.")


@pytest.mark.parametrize("fact", EXPECTED)
def test_client_sees(told: Any, fact: str) -> None:
    assert told[fact] == EXPECTED[fact]


def test_source_is_kept(told: Any, is_of_a_run: bool) -> None:
    assert told["source"] == (OF_A_RUN if is_of_a_run else OF_A_LOGGED_MODEL)


def test_download_uri_is_the_source(told: Any) -> None:
    assert told["download uri"] == told["source"]


def test_versions_are_found_by_the_run_that_they_name(told: Any, is_of_a_run: bool) -> None:
    assert told["found by run"] == (3 if is_of_a_run else 0)


@pytest.mark.parametrize("fact", SINCE_ALIASES)
def test_client_that_knows_aliases_sees(told: Any, mlflow_line: str, fact: str) -> None:
    expected = None if mlflow_line == "1.30" else SINCE_ALIASES[fact]
    assert told.get(fact) == expected


def test_copy_leads_to_the_original(told: Any, mlflow_line: str) -> None:
    expected = None if mlflow_line == "1.30" else told["source"]
    assert told.get("download uri of the copy") == expected


def test_oldest_client_lists_models(told: Any, mlflow_line: str) -> None:
    expected = ["model", "other", "third"] if mlflow_line == "1.30" else None
    assert told.get("listed") == expected
