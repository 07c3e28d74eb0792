"""Many rows at once, past the domain: for plans and for speed, where nobody asks who registered them."""

from typing import Any

from sqlalchemy import Engine, text

from assent.registry.views import ALIASES, MODEL_TAGS, MODELS, VERSION_TAGS, VERSIONS

BEGAN = 1_700_000_000_000


def fill(engine: Engine, *, models: int, versions: int) -> None:
    """Models with so many versions each: a tenth has a common tag, each its own run, one an alias."""
    rows = [_version(model, number, versions) for model in range(1, models + 1) for number in range(1, versions + 1)]
    with engine.begin() as connection:
        connection.execute(MODELS.insert(), [_model(model, versions) for model in range(1, models + 1)])
        tags = [{"model_id": model, "key": "team", "value": f"team {model % 50}"} for model in range(1, models + 1)]
        connection.execute(MODEL_TAGS.insert(), tags)
        connection.execute(VERSIONS.insert(), rows)
        connection.execute(VERSION_TAGS.insert(), [tag for row in rows for tag in _tags(row)])
        champions = [row for row in rows if row["number"] == 1]
        connection.execute(ALIASES.insert(), [_alias(row) for row in champions])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _model(number: int, versions: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"model {number}",
        "description": "",
        "created_at": BEGAN + number,
        "created_by_id": 1 + number % 3,
        "last_updated_at": BEGAN + number,
        "last_updated_by_id": 1,
        "last_number": versions,
        "revision": 1,
    }


def _version(model: int, number: int, versions: int) -> dict[str, Any]:
    at = model * versions + number
    return {
        "id": at,
        "model_id": model,
        "model_name": f"model {model}",
        "number": number,
        "created_at": BEGAN + at,
        "created_by_id": 1 + model % 3,
        "last_updated_at": BEGAN + at,
        "last_updated_by_id": 1,
        "description": "",
        "stage": "Production" if number == 2 else "Staging" if number == 3 else "None",
        "source": f"s3://bucket/{at}",
        "download_uri": f"s3://bucket/{at}",
        "run_id": f"run {at}",
        "run_link": "",
        "logged_model_id": "",
        "revision": 1,
        "deleted_with_model": False,
    }


def _tags(version: dict[str, Any]) -> list[dict[str, Any]]:
    own = {
        "version_id": version["id"],
        "model_id": version["model_id"],
        "last_updated_at": version["last_updated_at"],
    }
    common = {"key": "common", "value": "yes" if version["id"] % 10 == 0 else "no"}
    return [own | common, own | {"key": "rare", "value": str(version["id"] // 20)}]


def _alias(version: dict[str, Any]) -> dict[str, Any]:
    return {
        "model_id": version["model_id"],
        "alias": "champion",
        "version_id": version["id"],
        "valid_from": version["created_at"],
        "set_by_id": 1,
    }
