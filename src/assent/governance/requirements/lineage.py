"""Lineage: it is known from what the version was made. Pure."""

from assent.governance.requirements.asking import Asking
from assent.governance.requirements.facts import Candidate, Facts
from assent.governance.requirements.findings import Finding, missing, satisfied
from assent.kernel.content import Content

WORD = "lineage"

_PARTS = {
    "snapshot": "a run snapshot",
    "commit": "a code commit",
    "dataset": "a dataset with a digest",
    "artifacts": "a digest of the artifacts",
}


def read(content: Content) -> tuple[str, ...]:
    """`[snapshot, commit, dataset, artifacts]`, or some of these."""
    return tuple(dict.fromkeys(part.one_of(_PARTS) for part in content.each(or_one=True, at_least=1)))


def words(spec: tuple[str, ...]) -> str:
    """The requirement in words."""
    return ", ".join(_PARTS[part] for part in spec)


def judge(spec: tuple[str, ...], facts: Facts, _: Asking) -> Finding:
    """Look whether each is there."""
    absent = [_PARTS[part] for part in spec if not (facts.version and _has(facts.version, part))]
    if absent:
        return missing(WORD, f"The version has not {', nor '.join(absent)}.", ("whoever has CAN_EDIT",))
    return satisfied(WORD, f"There is {words(spec)}.")


def _has(version: Candidate, part: str) -> bool:
    return {
        "snapshot": version.snapshot is not None,
        "commit": bool(version.code_commit),
        "dataset": any(version.datasets.values()),
        "artifacts": version.artifacts is not None,
    }[part]
