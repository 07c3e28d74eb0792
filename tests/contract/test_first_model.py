"""Training code that nobody changed registers a model, and serving code loads it by every name it has."""

from collections.abc import Callable
from typing import Any

import pytest

from support.databases import PostgresDatabases, SqliteDatabases
from support.server import Server

LOGINS = {"password": Server.password_login, "token": Server.token_login}


@pytest.fixture(scope="module", params=LOGINS)
def told(
    request: pytest.FixtureRequest,
    databases: SqliteDatabases | PostgresDatabases,
    tell: Callable[..., Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Any:
    """The facts of the story, told to a new registry with one kind of credentials."""
    with databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as registry:
        return tell("first_model", LOGINS[request.param](registry))


def test_first_version_is_number_one(told: Any) -> None:
    assert told["version"] == "1"


def test_model_is_described_and_tagged(told: Any) -> None:
    assert told["model"] == {"description": "Tells what a visitor will buy.", "tags": {"team": "shop"}}


def test_version_is_described_and_tagged(told: Any) -> None:
    assert told["first"] == {"description": "The first one.", "tags": {"data": "2026-07"}}


def test_version_goes_through_staging_to_production(told: Any) -> None:
    assert told["stages"] == ["Staging", "Production"]


def test_version_is_champion(told: Any) -> None:
    assert told["aliases"] == ["champion"]


@pytest.mark.parametrize("name", ["/1", "/Production", "/latest", "@champion"])
def test_loaded_model_predicts_what_the_trained_one_does(told: Any, name: str) -> None:
    assert told["predicted"][f"models:/Ecommerce Model{name}"] == told["learned"]
