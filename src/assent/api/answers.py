"""Models, versions and history as the native API writes them."""

from typing import Any

from assent.access.policy.principals import Principal
from assent.registry.history import History
from assent.registry.views import Model, Version


def principal(by: Principal) -> dict[str, Any]:
    """Who is asking, and what the token they showed lets through."""
    limits = by.limits
    return {
        "name": by.name,
        "kind": by.kind,
        "administrator": by.is_administrator,
        "scopes": None if limits.scopes is None else sorted(limits.scopes),
        "pattern": limits.pattern,
        "targets": None if limits.targets is None else sorted(limits.targets),
    }


def version(found: Version) -> dict[str, Any]:
    """A version."""
    return {
        "model": found.name,
        "number": found.number,
        "stage": found.stage,
        "aliases": found.aliases,
        "tags": found.tags,
        "description": found.description,
        "revision": found.revision,
        "source": found.source,
        "download_uri": found.download_uri,
        "run_id": found.run_id,
        "run_link": found.run_link,
        "logged_model_id": found.logged_model_id,
        "registered_at": found.created_at,
        "registered_by": found.user,
        "last_updated_at": found.last_updated_at,
    }


def model(found: Model) -> dict[str, Any]:
    """A model with its latest versions."""
    return {
        "id": found.id,
        "name": found.name,
        "description": found.description,
        "revision": found.revision,
        "tags": found.tags,
        "aliases": found.aliases,
        "latest_versions": [version(each) for each in found.latest],
        "created_at": found.created_at,
        "created_by": found.user,
        "last_updated_at": found.last_updated_at,
    }


def history(found: History) -> dict[str, Any]:
    """Intervals by what they are of."""
    return {kind: [each._asdict() for each in intervals] for kind, intervals in found._asdict().items()}
