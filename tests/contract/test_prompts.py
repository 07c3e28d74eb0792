"""MLflow's prompts, which are models and versions to the registry, and neither to those who look for models."""

from collections.abc import Callable
from typing import Any

import pytest

EXPECTED = {
    "numbers": [1, 2],
    "by number": "Hello, {{name}}.",
    "by alias": 2,
    "by name": 2,
    "latest": 2,
    "chat": [{"role": "user", "content": "Dear {{name}},"}],
    "filled in": "Hello, Ada.",
    "commit message": "First.",
    "version's tags": {"tone": "plain"},
    "alias that is gone": None,
    "unknown": "RESOURCE_DOES_NOT_EXIST: Prompt with name=nobody not found",
    "unknown version": "RESOURCE_DOES_NOT_EXIST: Prompt (name=greeting, version=9) not found",
    "prompt's tags": {"owner": "ada", "tone": "polite"},
    "version's tags later": {"checked": "yes", "tone": "plain"},
    "found prompts": ["greeting"],
    "found prompts by name": ["greeting"],
    "found versions": [2, 1],
    "found models": ["model"],
    "found models by a filter": ["model"],
    "found versions of models": ["model"],
    "model with its name": "RESOURCE_ALREADY_EXISTS: Tried to create a registered model with name 'greeting', but "
    "the name is already taken by a prompt. MLflow does not allow creating a model and a prompt with the same name.",
    "prompt with a model's name": "Model 'model' exists with the same name. MLflow does not allow registering a "
    "prompt with the same name as an existing model. Please choose a different name for the prompt.",
    "versions that are left": [2],
    "prompts that are left": [],
}


@pytest.fixture(scope="module")
def told(login: dict[str, str], tell: Callable[..., Any]) -> Any:
    """The facts of the story."""
    return tell("prompts", login)


@pytest.mark.parametrize("fact", EXPECTED)
def test_client_sees(told: Any, fact: str) -> None:
    assert told[fact] == EXPECTED[fact]


def test_every_fact_is_expected(told: Any) -> None:
    assert told.keys() == EXPECTED.keys()
