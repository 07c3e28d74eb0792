"""What is known of versions that are to move, or that stand in their place."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from assent.governance.evidence import checks
from assent.governance.evidence.checks import Posted
from assent.governance.requirements.facts import Candidate, CheckResult
from assent.kernel.dialects import Reader
from assent.lineage.runs import digests
from assent.lineage.runs.snapshots import Snapshot
from assent.registry.views import Version


def candidates(
    session: Reader, versions: Collection[Version], snapshot_of: Mapping[int, Snapshot]
) -> dict[int, Candidate]:
    """Versions with their checks, the digests of their artifacts, and what their snapshots say: by their ids.

    Two statements, however many they are.
    """
    ids = [each.id for each in versions]
    given, posted = digests.of_each(session, ids), checks.standing_of_each(session, ids)
    return {each.id: _candidate(each, given, posted[each.id], snapshot_of.get(each.id)) for each in versions}


def _candidate(
    version: Version, given: Mapping[int, str], posted: Iterable[Posted], snapshot: Snapshot | None
) -> Candidate:
    known = Candidate(
        id=version.id,
        number=version.number,
        stage=version.stage,
        description=version.description,
        source=version.source,
        tags=version.tags,
        artifacts=given.get(version.id),
        checks={
            each.check: CheckResult(each.state.value, each.posted_at, each.posted_by_id, each.metrics)
            for each in posted
        },
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
