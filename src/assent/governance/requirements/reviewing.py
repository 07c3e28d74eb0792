"""What a reviewer reviews: all that goes into the review digest, and what of it is no more as it was. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from assent.governance.requirements.asking import Demands
from assent.governance.requirements.facts import Candidate, Facts
from assent.lineage.runs import canonical

# A check that had not come in yet is waited for; that it passes changes nothing that was reviewed.
_TO_COME = (None, "pending")


def reviewed(facts: Facts, demands: Demands, gates: Mapping[str, int]) -> dict[str, Any]:
    """All that is reviewed, as JSON writes it. `gates` are those that guard the move, with their revisions."""
    return {
        "model": facts.model_id,
        "target": str(facts.target),
        "archived": list(facts.archived),
        "gates": dict(sorted(gates.items())),
        "incumbent": facts.incumbent.number if facts.incumbent else None,
        "card": canonical.digest(facts.card.encode()) if demands.card else None,
        "version": _version(facts, facts.version, demands) if facts.version else None,
    }


def digest(of: Mapping[str, Any]) -> str:
    """The review digest."""
    return canonical.digest(canonical.written(dict(of)))


def changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """What changed between two reviews of one move, each in words; nothing where what was reviewed still holds."""
    return tuple(_changes(then, now))


def _version(facts: Facts, version: Candidate, demands: Demands) -> dict[str, Any]:
    tags = {**facts.model_tags, **version.tags}
    return {
        "number": version.number,
        "source": version.source,
        "artifacts": version.artifacts,
        "snapshot": version.snapshot,
        "description": version.description if demands.description else None,
        "tags": {key: tags.get(key) for key in sorted(demands.tags)},
        "checks": {name: _check(version, name) for name in sorted(demands.checks)},
    }


def _check(version: Candidate, name: str) -> dict[str, Any]:
    result = version.checks.get(name)
    if result is None:
        return {"state": None, "metrics": {}}
    return {"state": result.state, "metrics": dict(sorted(result.metrics.items()))}


def _changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if then["gates"] != now["gates"]:
        yield f"the gates changed ({_gates(then)} to {_gates(now)})"
    if then["incumbent"] != now["incumbent"]:
        yield f"the incumbent changed ({_numbered(then)} to {_numbered(now)})"
    elif then["archived"] != now["archived"]:
        yield "other versions would be archived"
    if then["card"] != now["card"]:
        yield "the model card changed"
    if then["version"] and now["version"]:
        yield from _changes_of_version(then["version"], now["version"])


def _changes_of_version(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for field, called in (
        ("source", "the source"),
        ("artifacts", "the digest of the artifacts"),
        ("snapshot", "the run snapshot"),
        ("description", "the description"),
    ):
        if then[field] != now[field]:
            yield f"{called} changed"
    for key in sorted(then["tags"].keys() | now["tags"].keys()):
        if then["tags"].get(key) != now["tags"].get(key):
            yield f"the tag {key} changed"
    for name in sorted(then["checks"].keys() & now["checks"].keys()):
        before, after = then["checks"][name], now["checks"][name]
        came_in = before["state"] in _TO_COME and after["state"] in (*_TO_COME, "passed")
        if before != after and not came_in:
            yield f"the check {name} changed ({before['state']} to {after['state']})"


def _gates(of: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {revision}" for name, revision in of["gates"].items()) or "none"


def _numbered(of: Mapping[str, Any]) -> str:
    return f"version {of['incumbent']}" if of["incumbent"] else "none"
