"""What a reviewer reviews: all that goes into the review digest, and what of it is no more as it was. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from assent.governance.requirements.asking import Demands
from assent.governance.requirements.facts import Candidate, Facts
from assent.lineage.runs import canonical

# A check that had not come in yet is waited for; that it passes changes nothing that was reviewed.
_TO_COME = (None, "pending")

_MOVE = (("model", "it is another model"), ("target", "it goes somewhere else"))
_TEXTS = (("card", "the model card"), ("description", "the description"))
_VERSIONS = {"artifacts": "digest of the artifacts", "snapshot": "run snapshot", "number": "version"}


def reviewed(facts: Facts, demands: Demands, gates: Mapping[str, int]) -> dict[str, Any]:
    """All that is reviewed, as JSON writes it. `gates` are those that guard the move, with their revisions."""
    tags = facts.tags
    return {
        "model": facts.model_id,
        "target": str(facts.target),
        "archived": sorted(facts.archived),
        "gates": dict(sorted(gates.items())),
        "incumbent": facts.incumbent.number if facts.incumbent else None,
        "against": _against(facts.incumbent, demands),
        "card": canonical.digest(facts.card.encode()) if demands.card else None,
        "description": facts.description if demands.description else None,
        "tags": {key: tags.get(key) for key in sorted(demands.tags)},
        "version": _version(facts.version) if facts.version else None,
        "checks": {name: _check(facts.version, name) for name in sorted(demands.checks)},
    }


def digest(of: Mapping[str, Any]) -> str:
    """The review digest."""
    return canonical.digest(canonical.written(dict(of)))


def changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """What changed between two reviews of one move, each in words; nothing where what was reviewed still holds."""
    return tuple(_changes(then, now))


def _version(version: Candidate) -> dict[str, Any]:
    return {
        "number": version.number,
        "source": version.source,
        "artifacts": version.artifacts,
        "snapshot": version.snapshot,
    }


def _check(version: Candidate | None, name: str) -> dict[str, Any]:
    result = version.checks.get(name) if version else None
    if result is None:
        return {"state": None, "metrics": {}}
    return {"state": result.state, "metrics": {key: _number(value) for key, value in sorted(result.metrics.items())}}


def _against(incumbent: Candidate | None, demands: Demands) -> dict[str, str | None]:
    """By their names the metrics of the incumbent that the version's are held against."""
    return {
        f"{key} of {check}" if check else key: _number(incumbent.measured(check, key)) if incumbent else None
        for check, key in sorted(demands.against)
    }


def _number(value: float | None) -> str | None:
    """A number as a text: JSON has no infinite ones, and a database gives large ones back as others."""
    return None if value is None else repr(float(value))


def _changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    yield from (called for field, called in _MOVE if then.get(field) != now.get(field))
    if then.get("gates") != now.get("gates"):
        yield f"the gates changed ({_gates(then)} to {_gates(now)})"
    if then.get("incumbent") != now.get("incumbent"):
        yield f"the incumbent changed ({_numbered(then)} to {_numbered(now)})"
    else:
        if then.get("archived") != now.get("archived"):
            yield "other versions would be archived"
        yield from (f"the incumbent's {name} changed" for name in _differing(then, now, "against"))
    yield from (f"{called} changed" for field, called in _TEXTS if then.get(field) != now.get(field))
    yield from (f"the {_VERSIONS.get(field, field)} changed" for field in _differing(then, now, "version"))
    yield from (f"the tag {key} changed" for key in _differing(then, now, "tags"))
    for name in _differing(then, now, "checks"):
        before, after = _state(then, name), _state(now, name)
        if before in _TO_COME and after in (*_TO_COME, "passed"):
            continue
        if before == after:
            yield f"the metrics of the check {name} changed"
        else:
            yield f"the check {name} changed ({before or 'not posted'} to {after or 'not posted'})"


def _differing(then: Mapping[str, Any], now: Mapping[str, Any], field: str) -> list[str]:
    """The names of the parts of a field that are not the same in both."""
    before, after = then.get(field) or {}, now.get(field) or {}
    return [name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]


def _state(of: Mapping[str, Any], name: str) -> str | None:
    state: str | None = (of["checks"].get(name) or {}).get("state")
    return state


def _gates(of: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {revision}" for name, revision in of["gates"].items()) or "none"


def _numbered(of: Mapping[str, Any]) -> str:
    return f"version {of['incumbent']}" if of["incumbent"] else "none"
