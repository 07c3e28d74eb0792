"""What the access client of MLflow's earlier lines, in which permissions on models have calls of their own, sees."""

from pathlib import Path
from typing import Any

import pytest

from support import clients
from support.clients import MLFLOW, every_line
from support.databases import PostgresDatabases, SqliteDatabases
from support.server import Server

STORY = Path(__file__).parent / "stories/mlflow_access.py"

# The newest line, which has other calls, runs in tests/contract.
LINES = ("2.22", "3.1")

MISSING, INVALID = "RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"

EXPECTED = {
    "created user": ["carol", False, []],
    "created permission": ["model", True, "READ"],
    "got permission": ["model", True, "READ"],
    "permissions": {"EDIT": "EDIT", "MANAGE": "MANAGE", "NO_PERMISSIONS": "NO_PERMISSIONS", "READ": "READ"},
    "permissions of the user": [["model", "READ"]],
    "created again": "RESOURCE_ALREADY_EXISTS",
    "deleted": MISSING,
    "deleted again": MISSING,
    "updated though there is none": MISSING,
    "unknown user": MISSING,
    "unknown model": MISSING,
    "unknown permission": INVALID,
    "permission on an experiment": "ENDPOINT_NOT_FOUND",
    "own user": "carol",
    "model without a grant": MISSING,
}


@pytest.fixture(scope="module")
def told(
    mlflow_line: str, databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """The facts of the story, as this line tells it to a new registry."""
    folder = tmp_path_factory.mktemp(mlflow_line)
    with databases.copy() as url, Server.start(url, folder) as server:
        environment = server.password_login() | {"MLFLOW_TRACKING_URI": server.url}
        return clients.tell(every_line(MLFLOW)[mlflow_line], STORY, environment, folder)


@pytest.mark.parametrize("mlflow_line", LINES, indirect=True)
@pytest.mark.parametrize("fact", EXPECTED)
def test_client_sees(told: Any, fact: str) -> None:
    assert told[fact] == EXPECTED[fact]


@pytest.mark.parametrize("mlflow_line", LINES, indirect=True)
def test_every_fact_is_expected(told: Any) -> None:
    assert told.keys() == EXPECTED.keys() | {"release"}
