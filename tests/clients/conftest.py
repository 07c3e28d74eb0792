"""Fixtures: each line of the clients, in the environment that is built for it."""

import pytest

from support import clients
from support.clients import DATABRICKS, MLFLOW

LEFT_OUT = {
    (client, line): python
    for client in (MLFLOW, DATABRICKS)
    for line, python in clients.every_line(client).items()
    if not python.exists()
}


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which lines nobody has tried, so that a green end does not hide them."""
    for (client, line), python in LEFT_OUT.items():
        message = f"{client} {line} was LEFT OUT: there is no {python}. `make client-envs` builds it."
        terminalreporter.write_line(message, red=True, bold=True)


@pytest.fixture(scope="module", params=clients.every_line(MLFLOW))
def mlflow_line(request: pytest.FixtureRequest) -> str:
    """A line of MLflow's clients."""
    return _built(MLFLOW, str(request.param))


@pytest.fixture(scope="module", params=clients.every_line(DATABRICKS))
def databricks_line(request: pytest.FixtureRequest) -> str:
    """A line of Databricks' SDK."""
    return _built(DATABRICKS, str(request.param))


def _built(client: str, line: str) -> str:
    if (client, line) in LEFT_OUT:
        pytest.skip(f"{client} {line} is left out: its environment is not built")
    return line
