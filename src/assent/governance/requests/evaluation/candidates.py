"""What is known of a version that is to move, or that stands in its place."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from assent.governance.evidence.checks import Posted
from assent.governance.requirements.facts import Candidate, CheckResult
from assent.lineage.runs.facts import Facts
from assent.lineage.runs.reading import Origin
from assent.registry.views import Version


def candidate(version: Version, origin: Origin, posted: Iterable[Posted]) -> Candidate:
    """A version with its checks, the digest of its artifacts, and what the facts of its run say."""
    known = Candidate(
        id=version.id,
        number=version.number,
        stage=version.stage,
        description=version.description,
        source=version.source,
        tags=version.tags,
        artifacts=origin.artifact_digest,
        snapshot=origin.snapshot,
        checks={
            each.check: CheckResult(each.state.value, each.posted_at, each.posted_by_id, each.metrics)
            for each in posted
        },
    )
    return known if origin.facts is None else replace(known, **_said(origin.facts))


def _said(facts: Facts) -> dict[str, Any]:
    return {
        "code_commit": facts.get("code", {}).get("commit", ""),
        "datasets": {each["name"]: each["digest"] for each in facts.get("datasets", [])},
        # Those that were logged for the very model over those of its run.
        "metrics": _values(facts) | _values(facts.get("model", {})),
    }


def _values(part: Mapping[str, Any]) -> dict[str, float]:
    """Metrics by their keys; the facts write what is no finite number as `NaN` and `Infinity`."""
    return {key: float(told["value"]) for key, told in part.get("metrics", {}).items()}
