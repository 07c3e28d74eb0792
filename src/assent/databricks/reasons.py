"""Why something is refused, in one word for programs and with what goes with it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assent.governance.requirements import (
    always,
    annotations,
    approvals,
    checks,
    comments,
    findings,
    lineage,
    metrics,
    standing,
    windows,
)
from assent.kernel.errors import Denied, Held

RIGHT_LACKING, LIMITED_BY_TOKEN = "RIGHT_LACKING", "LIMITED_BY_TOKEN"

# What a requirement that does not hold is called; of some it matters how it stands.
_OF_REQUIREMENTS: Mapping[str, str | Mapping[str, str]] = {
    approvals.WORD: "NEEDS_APPROVALS",
    checks.WORD: {"missing": "CHECK_MISSING", "failed": "CHECK_FAILED"},
    metrics.WORD: {"missing": "METRIC_MISSING", "failed": "METRIC_FAILED"},
    annotations.WORD: "NEEDS_ANNOTATION",
    lineage.WORD: "NEEDS_LINEAGE",
    standing.PREDECESSOR: "NEEDS_PREDECESSOR",
    standing.SOAK: "NEEDS_SOAK",
    windows.WORD: "OUTSIDE_WINDOW",
    comments.WORD: "COMMENTS_UNRESOLVED",
    findings.RIGHT: RIGHT_LACKING,
    always.LIFECYCLE: "AGAINST_LIFECYCLE",
    always.QUARANTINE: "QUARANTINED",
    always.FREEZE: "FROZEN_UNTIL",
    always.NOT_BEFORE: "NOT_BEFORE",
    always.AFTER_REVIEW: "NEEDS_AFTER_REVIEW",
}
# Those that plug-ins bring.
_OF_OTHERS = {
    "missing": "REQUIREMENT_MISSING",
    "failed": "REQUIREMENT_FAILED",
    "waiting": "REQUIREMENT_WAITING",
}
_OF_REFUSALS = {"four_eyes": "FOUR_EYES", "quarantined": "QUARANTINED", "unsigned": "NEEDS_SIGNATURE"}

_TOLD = ("permission", "level", "target", "request")
_LONGEST = 300
_MOST = 20


def info(error: Denied) -> tuple[str, dict[str, str]]:
    """The reason, and what goes with it: texts under names."""
    return _held(error) if isinstance(error, Held) else _denied(error.details)


def of_finding(finding: Mapping[str, Any]) -> str:
    """What a requirement that does not hold is called."""
    known = _OF_REQUIREMENTS.get(finding["requirement"], _OF_OTHERS)
    return known if isinstance(known, str) else known.get(finding["state"], _OF_OTHERS[finding["state"]])


def _held(error: Held) -> tuple[str, dict[str, str]]:
    """The first that does not hold decides; a right that is lacking last, since who approves may bring it along."""
    open_ones = [each for each in error.report["findings"] if each["state"] != "satisfied"]
    open_ones.sort(key=lambda each: each["requirement"] == findings.RIGHT)
    first = open_ones[0]
    told = {
        "request": str(error.request_id),
        "target": str(error.report["target"]),
        "reasons": ",".join(dict.fromkeys(map(of_finding, open_ones))),
        **dict(_requirements(open_ones[:_MOST])),
    }
    if first["since"] is not None:
        told["since"] = str(first["since"])
    return of_finding(first), told


def _requirements(found: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Each with why it does not hold; of a kind that comes again the second is `check.2`."""
    seen: dict[str, int] = {}
    for finding in found:
        word = finding["requirement"]
        seen[word] = seen.get(word, 0) + 1
        name = word if seen[word] == 1 else f"{word}.{seen[word]}"
        why = " ".join(finding["why"].split())
        yield name, why if len(why) <= _LONGEST else why[: _LONGEST - 1] + "…"


def _denied(details: Mapping[str, object]) -> tuple[str, dict[str, str]]:
    told = {name: str(details[name]) for name in _TOLD if details.get(name) is not None}
    if "limited_by_token" in details:
        return LIMITED_BY_TOKEN, told
    return _OF_REFUSALS.get(str(details.get("reason")), RIGHT_LACKING), told
