"""Fixtures: live servers, and the real client to tell stories with."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support import clients
from support.databases import PostgresDatabases, SqliteDatabases
from support.processes import Service
from support.server import Server
from support.tracking import start_tracking

STORIES = Path(__file__).parent / "stories"


@pytest.fixture(scope="session")
def mlflow_python() -> Path:
    """The Python that has MLflow."""
    return clients.mlflow_python()


@pytest.fixture(scope="session")
def tracking_uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A tracking store in a local file, as MLflow has it where no server is named."""
    return f"sqlite:///{tmp_path_factory.mktemp('tracking')}/mlflow.db"


@pytest.fixture(scope="session")
def tracking(mlflow_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A tracking server with proxied artifacts, of MLflow's own."""
    with start_tracking(mlflow_python, tmp_path_factory.mktemp("tracking")) as server:
        yield server


@pytest.fixture(scope="module")
def registry(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A live server, for the tests of one file."""
    with databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="module", params=["", "assent+"], ids=["as it is", "with the plug-in"])
def login(
    request: pytest.FixtureRequest,
    databases: SqliteDatabases | PostgresDatabases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, str]]:
    """What a client has in its environment to use a live server of its own, as MLflow is and with the plug-in."""
    with databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as server:
        yield server.password_login() | {"MLFLOW_REGISTRY_URI": f"{request.param}{server.url}"}


@pytest.fixture(scope="session")
def tell(mlflow_python: Path, tracking_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Let the real client run a story with some environment, and give its facts. A story may be asked things."""

    def run(story: str, environment: dict[str, str], asked: Any = None) -> Any:
        around = {"MLFLOW_TRACKING_URI": tracking_uri} | environment
        folder = tmp_path_factory.mktemp(story)
        return clients.tell(mlflow_python, STORIES / f"{story}.py", around, folder, asked=asked)

    return run
