"""What an MLflow client of each line makes of a model that gates guard."""

from pathlib import Path
from typing import Any

import pytest
import requests

from support import clients
from support.clients import MLFLOW, every_line
from support.databases import ADMINISTRATOR, PASSWORD, PostgresDatabases, SqliteDatabases
from support.gating import gate
from support.server import Server

STORY = Path(__file__).parent / "stories/mlflow_gated.py"
GATES = [
    gate(name="production", models=["gated"]),
    gate({"alias": "champion"}, name="champion", models=["gated"]),
    gate({"deletion": "version"}, name="deletion", models=["gated"]),
]
SCIENTIST, REVIEWER = "edith", "bob"

UP_TO_PRODUCTION = "(up to whoever has CAN_MANAGE_PRODUCTION_VERSIONS)"
EXPECTED = {
    "held": f"PERMISSION_DENIED: Version 1 of gated cannot enter Production yet: 0 of 1 approval {UP_TO_PRODUCTION}. "
    "Request 1 is open; the same call succeeds once it is applied.",
    "held again": True,
    "stage while it is held": "None",
    "in production while it is held": [],
    "stage after the decision": ["Production", "Production"],
    "calling again changed nothing": True,
    "in production": ["1"],
    "deletion held": "PERMISSION_DENIED: Version 2 of gated cannot be deleted yet: 0 of 1 approval "
    f"{UP_TO_PRODUCTION}. Request 2 is open, and deletes it once nothing is missing.",
    "after the deletion": "RESOURCE_DOES_NOT_EXIST: Model Version (name=gated, version=2) not found",
    "deletion of the model held": "PERMISSION_DENIED: The model gated cannot be deleted yet: 0 of 1 approval "
    f"{UP_TO_PRODUCTION}. Request 3 is open, and deletes it once nothing is missing.",
}
SINCE_ALIASES = {
    "alias held": "PERMISSION_DENIED: Version 1 of gated cannot become @champion yet: 0 of 1 approval "
    f"{UP_TO_PRODUCTION}. Request 4 is open; the same call succeeds once it is applied.",
    "alias while it is held": {},
    "alias after the decision": {"champion": "1"},
    "setting it again changed nothing": True,
    "copy": ["3", "None", []],
}


@pytest.fixture(scope="module")
def told(
    mlflow_line: str, databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """The facts of the story, as this line tells it to a new registry whose gates an administrator has applied."""
    folder = tmp_path_factory.mktemp(mlflow_line)
    with databases.copy() as url, Server.start(url, folder) as server:
        requests.post(
            f"{server.url}/api/v1/gates/apply", json={"gates": GATES}, auth=(ADMINISTRATOR, PASSWORD), timeout=60
        ).raise_for_status()
        login = server.password_login() | {"MLFLOW_TRACKING_USERNAME": SCIENTIST, "MLFLOW_TRACKING_URI": server.url}
        asked = {"reviewer": REVIEWER, "password": PASSWORD}
        return clients.tell(every_line(MLFLOW)[mlflow_line], STORY, login, folder, asked=asked)


@pytest.mark.parametrize("fact", EXPECTED)
def test_client_sees(told: Any, fact: str) -> None:
    assert told[fact] == EXPECTED[fact]


@pytest.mark.parametrize("fact", SINCE_ALIASES)
def test_client_that_knows_aliases_sees(told: Any, mlflow_line: str, fact: str) -> None:
    assert told.get(fact) == (None if mlflow_line == "1.30" else SINCE_ALIASES[fact])
