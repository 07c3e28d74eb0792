"""What is known of a version that is to move, or that stands in its place."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assent.governance.evidence import checks
from assent.governance.requirements.facts import Candidate, CheckResult
from assent.kernel.dialects import Reader
from assent.lineage.runs import digests
from assent.lineage.runs.snapshots import Snapshot
from assent.registry.views import Version


def candidate(session: Reader, version: Version, snapshot: Snapshot | None) -> Candidate:
    """A version with its checks, the digest of its artifacts, and what the snapshot that counts says."""
    given = digests.of(session, version.id)
    posted = {
        each.check: CheckResult(each.state.value, each.posted_at, each.posted_by_id, each.metrics)
        for each in checks.standing(session, version.id)
    }
    known = Candidate(
        id=version.id,
        number=version.number,
        stage=version.stage,
        description=version.description,
        source=version.source,
        tags=version.tags,
        artifacts=given.digest if given else None,
        checks=posted,
    )
    return known if snapshot is None else replace(known, **_facts(snapshot))


def _facts(snapshot: Snapshot) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(snapshot.content)
    return {
        "snapshot": snapshot.digest,
        "code_commit": snapshot.code_commit,
        "datasets": {str(each["name"]): str(each["digest"]) for each in snapshot.datasets},
        # Those that were logged for the very model over those of its run.
        "metrics": _values(facts) | _values(facts.get("model", {})),
    }


def _values(part: Mapping[str, Any]) -> dict[str, float]:
    """Metrics by their keys; the facts write what is no finite number as `NaN` and `Infinity`."""
    return {key: float(told["value"]) for key, told in part.get("metrics", {}).items()}
