"""Models and versions as both protocols write them. Plain functions: a search may give 200,000 of these."""

from collections.abc import Mapping
from typing import Any

from assent.registry.views import Model, Version


def model_version(found: Version) -> dict[str, Any]:
    """A version; `version` is a string, and what is not set is left out."""
    answer: dict[str, Any] = {
        "name": found.name,
        "version": str(found.number),
        "creation_timestamp": found.created_at,
        "last_updated_timestamp": found.last_updated_at,
        "user_id": found.user,
        "current_stage": found.stage,
        "source": found.source,
        "run_link": found.run_link,
        "status": "READY",
    }
    if found.description:
        answer["description"] = found.description
    if found.run_id:
        answer["run_id"] = found.run_id
    if found.logged_model_id:
        answer["model_id"] = found.logged_model_id
    if found.tags:
        answer["tags"] = _tags(found.tags)
    if found.aliases:
        answer["aliases"] = found.aliases
    return answer


def registered_model(found: Model) -> dict[str, Any]:
    """A model with its latest versions."""
    answer: dict[str, Any] = {
        "name": found.name,
        "creation_timestamp": found.created_at,
        "last_updated_timestamp": found.last_updated_at,
        "user_id": found.user,
    }
    if found.description:
        answer["description"] = found.description
    if found.latest:
        answer["latest_versions"] = [model_version(version) for version in found.latest]
    if found.tags:
        answer["tags"] = _tags(found.tags)
    if found.aliases:
        answer["aliases"] = [
            {"alias": alias, "version": str(number)} for alias, number in sorted(found.aliases.items())
        ]
    return answer


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in sorted(tags.items())]
