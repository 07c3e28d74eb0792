"""Searches of MLflow's client, for the filters and orders that it is asked, and page by page."""

import json
import sys
from typing import Any

from mlflow import MlflowClient

MODELS: dict[str, dict[str, str]] = {
    "churn": {"team": "crm", "tier.one": "yes"},
    "Churn 2": {"team": "CRM"},
    "fraud": {"team": "risk"},
    "o'clock": {},
}
VERSIONS = [("churn", "a"), ("churn", "b"), ("fraud", "a"), ("o'clock", "")]

client = MlflowClient()


def names(found: Any) -> list[str]:
    """The names of models."""
    return [model.name for model in found]


def numbers(found: Any) -> list[str]:
    """The names and numbers of versions."""
    return [f"{version.name}/{version.version}" for version in found]


def page_sizes(search: Any, size: int) -> list[int]:
    """How many are on each page, until there is none."""
    pages = [search(max_results=size)]
    while pages[-1].token:
        pages.append(search(max_results=size, page_token=pages[-1].token))
    return [len(page) for page in pages]


def run_id(letter: str) -> str:
    """A run's id."""
    return letter * 32


for name, tags in MODELS.items():
    client.create_registered_model(name, tags=tags)
for name, run in VERSIONS:
    client.create_model_version(name, f"s3://bucket/{name}", run_id=run_id(run), tags={"run": run or "none"})
client.update_model_version("churn", "1", "Touched last.")

asked = json.loads(sys.argv[1])
print(
    json.dumps(
        {
            "models": {text: names(client.search_registered_models(text)) for text in asked["models"]},
            "versions": {text: numbers(client.search_model_versions(text)) for text in asked["versions"]},
            "orders of models": {
                order: names(client.search_registered_models(order_by=[order])) for order in asked["orders of models"]
            },
            "orders of versions": {
                order: numbers(client.search_model_versions(order_by=[order]))
                for order in asked["orders of versions"]
            },
            "pages of models": {size: page_sizes(client.search_registered_models, size) for size in (1, 2, 3, 4)},
            "pages of versions": {size: page_sizes(client.search_model_versions, size) for size in (1, 2, 3, 4)},
        }
    )
)
