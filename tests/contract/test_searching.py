"""What MLflow's client finds."""

from collections.abc import Callable
from typing import Any

import pytest

from support.server import Server

ALL_MODELS = ["Churn 2", "churn", "fraud", "o'clock"]
NEWEST_FIRST = ["churn/1", "o'clock/1", "fraud/1", "churn/2"]

MODELS = {
    "": ALL_MODELS,
    "name = 'fraud'": ["fraud"],
    "attribute.name = 'fraud'": ["fraud"],
    "name != 'fraud'": ["Churn 2", "churn", "o'clock"],
    "name LIKE 'churn%'": ["churn"],
    "name ILIKE 'churn%'": ["Churn 2", "churn"],
    "name IN ('fraud', 'churn')": ["churn", "fraud"],
    "name NOT IN ('fraud', 'churn')": ["Churn 2", "o'clock"],
    'name = "o\'clock"': ["o'clock"],
    "tags.team = 'crm'": ["churn"],
    "tag.team ILIKE 'crm'": ["Churn 2", "churn"],
    "tags.team != 'crm'": ["Churn 2", "fraud"],
    "tags.tier.one = 'yes'": ["churn"],
    "tags.`tier.one` = 'yes'": ["churn"],
    "tags.\"team\" LIKE '%' and name != 'fraud'": ["Churn 2", "churn"],
}
VERSIONS = {
    "": NEWEST_FIRST,
    "name = 'churn'": ["churn/1", "churn/2"],
    f"run_id = '{'a' * 32}'": ["churn/1", "fraud/1"],
    f"run_id IN ('{'a' * 32}', '{'b' * 32}')": ["churn/1", "fraud/1", "churn/2"],
    "source_path = 's3://bucket/fraud'": ["fraud/1"],
    "source_path LIKE 's3://bucket/c%'": ["churn/1", "churn/2"],
    "version_number = 2": ["churn/2"],
    "version_number > 1": ["churn/2"],
    "version_number <= '1' AND name != 'fraud'": ["churn/1", "o'clock/1"],
    "tags.run = 'a'": ["churn/1", "fraud/1"],
    "tags.run != 'a' AND name LIKE 'c%'": ["churn/2"],
}
ORDERS_OF_MODELS = {
    "name": ALL_MODELS,
    "name DESC": ALL_MODELS[::-1],
    "last_updated_timestamp ASC": ["Churn 2", "churn", "fraud", "o'clock"],
    "timestamp desc": ["o'clock", "fraud", "churn", "Churn 2"],
}
ORDERS_OF_VERSIONS = {
    "name ASC": ["churn/2", "churn/1", "fraud/1", "o'clock/1"],
    "version_number DESC": ["churn/2", "churn/1", "fraud/1", "o'clock/1"],
    "creation_timestamp DESC": ["o'clock/1", "fraud/1", "churn/2", "churn/1"],
    "attribute.last_updated_timestamp ASC": NEWEST_FIRST[::-1],
}


@pytest.fixture(scope="module")
def told(registry: Server, tell: Callable[..., Any]) -> Any:
    """The facts of the story."""
    asked = {
        "models": list(MODELS),
        "versions": list(VERSIONS),
        "orders of models": list(ORDERS_OF_MODELS),
        "orders of versions": list(ORDERS_OF_VERSIONS),
    }
    return tell("searching", registry.password_login(), asked)


@pytest.mark.parametrize("text", MODELS)
def test_models_are_found_by(told: Any, text: str) -> None:
    assert told["models"][text] == MODELS[text]


@pytest.mark.parametrize("text", VERSIONS)
def test_versions_are_found_by(told: Any, text: str) -> None:
    assert told["versions"][text] == VERSIONS[text]


@pytest.mark.parametrize("order", ORDERS_OF_MODELS)
def test_models_are_sorted_by(told: Any, order: str) -> None:
    assert told["orders of models"][order] == ORDERS_OF_MODELS[order]


@pytest.mark.parametrize("order", ORDERS_OF_VERSIONS)
def test_versions_are_sorted_by(told: Any, order: str) -> None:
    assert told["orders of versions"][order] == ORDERS_OF_VERSIONS[order]


@pytest.mark.parametrize("entity", ["models", "versions"])
@pytest.mark.parametrize(("size", "pages"), [("1", [1, 1, 1, 1]), ("2", [2, 2]), ("3", [3, 1]), ("4", [4])])
def test_pages_are_full_and_the_last_one_has_no_token(told: Any, entity: str, size: str, pages: list[int]) -> None:
    assert told[f"pages of {entity}"][size] == pages
