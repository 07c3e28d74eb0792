"""Fixtures: each line of MLflow's clients, in the environment that is built for it."""

from pathlib import Path
from typing import Any

import pytest

from support import clients
from support.databases import PostgresDatabases, SqliteDatabases
from support.server import Server

STORY = Path(__file__).parent / "stories/registry.py"
LEFT_OUT = {line: python for line, python in clients.every_line().items() if not python.exists()}


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which lines nobody has tried, so that a green end does not hide them."""
    for line, python in LEFT_OUT.items():
        message = f"MLflow {line} was LEFT OUT: there is no {python}. `make client-envs` builds it."
        terminalreporter.write_line(message, red=True, bold=True)


@pytest.fixture(scope="module", params=clients.every_line())
def line(request: pytest.FixtureRequest) -> str:
    """A line of MLflow's clients."""
    found = str(request.param)
    if found in LEFT_OUT:
        pytest.skip(f"MLflow {found} is left out: its environment is not built")
    return found


@pytest.fixture(scope="module")
def told(line: str, databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The facts of the story, as this line tells it to a new registry."""
    folder = tmp_path_factory.mktemp(line)
    with databases.copy() as url, Server.start(url, folder) as server:
        # Nothing is tracked, and no line wants a tracking server before it is.
        environment = server.password_login() | {"MLFLOW_TRACKING_URI": server.url}
        return clients.tell(clients.every_line()[line], STORY, environment, folder)
