"""`make demo` fills a running registry with models."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.clients import mlflow_environment
from support.databases import SqliteDatabases
from support.server import Server

FILL = Path(__file__).parents[2] / "demo/fill.py"


def printed(python: Path, login: dict[str, str], folder: Path) -> list[str]:
    """What it prints, and nothing else, so that warnings and progress are seen here."""
    environment = mlflow_environment(python, **login)
    done = subprocess.run(
        [python, FILL],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def twice(
    mlflow_python: Path, sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[list[str]]]:
    """What the demonstration says when it runs, and when it runs again."""
    folder = tmp_path_factory.mktemp("demo")
    with sqlite_databases.copy() as url, Server.start(url, folder) as registry:
        login = registry.password_login()
        yield [printed(mlflow_python, login, folder)[:-1] for _ in range(2)]


def test_a_new_registry_is_filled(twice: list[list[str]]) -> None:
    assert twice[0] == [
        "Customer Churn: 4 versions made; 3 in Production, 4 in Staging, @challenger is 4, @champion is 3",
        "Card Fraud: 3 versions made; 2 in Production, @champion is 2",
        "Demand Forecast: 2 versions made; 1 in Production, 2 in Staging, @challenger is 2, @champion is 1",
    ]


def test_what_is_there_is_left_as_it_is(twice: list[list[str]]) -> None:
    assert twice[1] == [
        "Customer Churn: was there already; 3 in Production, 4 in Staging, @challenger is 4, @champion is 3",
        "Card Fraud: was there already; 2 in Production, @champion is 2",
        "Demand Forecast: was there already; 1 in Production, 2 in Staging, @challenger is 2, @champion is 1",
    ]
