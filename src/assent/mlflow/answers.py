"""The answers of MLflow's calls on models and versions."""

from collections.abc import Iterable
from typing import Any

from assent.http.wire.answers import model_version, registered_model
from assent.registry.views import Model, Version


def one_model(found: Model) -> dict[str, Any]:
    """The answer that holds one model."""
    return {"registered_model": registered_model(found)}


def one_version(found: Version) -> dict[str, Any]:
    """The answer that holds one version."""
    return {"model_version": model_version(found)}


def some_versions(found: Iterable[Version]) -> dict[str, Any]:
    """The answer that holds some versions; none are left out."""
    versions = [model_version(each) for each in found]
    return {"model_versions": versions} if versions else {}
