"""What serving loads while a guarded move waits, and after it was made."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from support.databases import ADMINISTRATOR, PASSWORD
from support.gating import gate

HELD = ["PERMISSION_DENIED", 1]
EXPECTED = {
    "promoting 1": [HELD, HELD],
    "served while 1 waits": ["nothing", "nothing"],
    "served after 1 was approved": ["first", "first"],
    "promoting 2": [HELD, HELD],
    "served while 2 waits": ["first", "first"],
    "served after 2 was approved": ["second", "second"],
    "served after calling again": ["second", "second"],
}


@pytest.fixture(scope="module")
def told(login: dict[str, str], tell: Callable[..., Any]) -> Any:
    """The facts of the story, told by a data scientist to a registry that has gates."""
    registry = login["MLFLOW_REGISTRY_URI"].removeprefix("assent+")
    gates = [gate(), gate({"alias": "champion"}, name="champion")]
    applied = requests.post(
        f"{registry}/api/v1/gates/apply", json={"gates": gates}, auth=(ADMINISTRATOR, PASSWORD), timeout=60
    )
    applied.raise_for_status()
    return tell("gated", login | {"MLFLOW_TRACKING_USERNAME": "edith"}, {"reviewer": ["bob", PASSWORD]})


@pytest.mark.parametrize("fact", EXPECTED)
def test_client_sees(told: Any, fact: str) -> None:
    assert told[fact] == EXPECTED[fact]


def test_every_fact_is_expected(told: Any) -> None:
    assert told.keys() == EXPECTED.keys()
