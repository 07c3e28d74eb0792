"""What every registry call of MLflow's client comes to."""

from collections.abc import Callable
from typing import Any

import pytest

EXPECTED = {
    "created model": ["model", {"team": "shop"}, "Tells who buys."],
    "got model": ["model", {"team": "shop"}, "Tells who buys."],
    "model is as new as when it was made": True,
    "described model": "Tells who buys what.",
    "description cleared": "",
    "model's tags": {"team": "sales"},
    "registered version": ["1", "READY", "None"],
    "got version": ["s3://bucket/model", "a" * 32, "run/1", {"data": "july"}, "First."],
    "download uri": "s3://bucket/model",
    "described version": "The first.",
    "version's tags": {"data": "august", "by stage": "yes"},
    "new name": "new name",
    "versions under the new name": ["1", "2"],
    "alias under the new name": "2",
    "old name is free": "renamed",
    "deleted model is found": [],
    "numbers after a deleted model": ["1"],
    "versions that are left": ["1"],
    "number after a deleted version": "3",
    "two in production": {"1": "Staging", "2": "Production", "3": "Production", "4": "None"},
    "latest of each stage": ["1", "3", "4"],
    "latest in production": ["3"],
    "latest versions of a model": ["1", "3", "4"],
    "the others archived": {"1": "Staging", "2": "Archived", "3": "Archived", "4": "Production"},
    "aliases of a model": {"champion": "2", "Champion": "1"},
    "aliases of a version": ["champion"],
    "version of an alias": "2",
    "copy": ["copy", "1", "models:/model/1", "a" * 32, {"by stage": "yes", "data": "august"}, "The first."],
    "copy of a copy": ["2", "models:/copy/1"],
    "download uri of a copy of a copy": "s3://bucket/model",
}


@pytest.fixture(scope="module")
def told(login: dict[str, str], tell: Callable[..., Any]) -> Any:
    """The facts of the story."""
    return tell("client_calls", login)


@pytest.mark.parametrize("fact", EXPECTED)
def test_client_sees(told: Any, fact: str) -> None:
    assert told[fact] == EXPECTED[fact]


def test_every_fact_is_expected(told: Any) -> None:
    assert told.keys() == EXPECTED.keys()
