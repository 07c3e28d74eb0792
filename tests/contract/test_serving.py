"""A registry beside a tracking server: the client fetches artifacts through the one and names through the other."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.clients import mlflow_environment
from support.processes import Service, free_port
from support.server import Server


@pytest.fixture(scope="module")
def environment(registry: Server, tracking: Service) -> dict[str, str]:
    """What the client has in its environment."""
    return registry.password_login() | {"MLFLOW_TRACKING_URI": tracking.url}


@pytest.fixture(scope="module")
def told(environment: dict[str, str], tell: Callable[..., Any]) -> Any:
    """The facts of the story of the first model."""
    return tell("first_model", environment)


@pytest.fixture(scope="module")
def scoring(
    told: Any,  # noqa: ARG001 (there must be a model to serve)
    environment: dict[str, str],
    mlflow_python: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Service]:
    """`mlflow models serve` with the version in production."""
    port = free_port()
    command: list[str | Path] = [
        *(mlflow_python, "-m", "mlflow", "models", "serve", "--env-manager", "local"),
        *("--model-uri", "models:/Ecommerce Model/Production", "--port", str(port)),
    ]
    with Service.start(
        command,
        name="scoring",
        port=port,
        environment=mlflow_environment(mlflow_python, **environment),
        folder=tmp_path_factory.mktemp("scoring"),
        ready="/ping",
    ) as server:
        yield server


@pytest.mark.parametrize("name", ["/1", "/Production", "/latest", "@champion"])
def test_model_is_loaded_through_both_servers(told: Any, name: str) -> None:
    assert told["predicted"][f"models:/Ecommerce Model{name}"] == told["learned"]


def test_version_in_production_is_served(scoring: Service) -> None:
    setosa = json.dumps({"inputs": [[5.1, 3.5, 1.4, 0.2]]}).encode()
    asked = urllib.request.Request(  # noqa: S310 (our own server)
        f"{scoring.url}/invocations", setosa, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
        assert json.load(answer) == {"predictions": [0]}
