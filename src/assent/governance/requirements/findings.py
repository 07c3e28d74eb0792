"""What was found when a move was judged: one evaluation, which explains and enforces alike. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

# The requirement that somebody who may make a move stands behind it.
RIGHT = "right"

# Calendars of computers end with the year 9999.
_LAST = 253_402_300_799


class State(StrEnum):
    """How a requirement stands: `missing` is still to come, `failed` was found wanting, `waiting` takes only time."""

    SATISFIED = "satisfied"
    MISSING = "missing"
    FAILED = "failed"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one requirement stands, and why; `who` can still satisfy it, and `since` when time alone does.

    `gate` is the gate that asks for it, and None of what is asked for always.
    """

    requirement: str
    state: State
    why: str
    who: tuple[str, ...] = ()
    since: int | None = None
    gate: str | None = None
    gate_revision: int | None = None

    @property
    def is_satisfied(self) -> bool:
        """Whether it holds."""
        return self.state is State.SATISFIED

    def of(self, gate: str, revision: int) -> "Finding":
        """The same, as a gate asks for it."""
        return replace(self, gate=gate, gate_revision=revision)

    def told(self) -> dict[str, Any]:
        """The finding as programs are told of it."""
        return {
            "requirement": self.requirement,
            "state": self.state.value,
            "why": self.why,
            "who": list(self.who),
            "since": self.since,
            "gate": self.gate,
            "gate_revision": self.gate_revision,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found about one move at one moment. `version` is None of the deletion of a model."""

    at: int
    model: str
    version: int | None
    target: str
    findings: tuple[Finding, ...]
    gates: dict[str, int]
    digest: str
    is_rollback: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing: the move may be made."""
        return all(finding.is_satisfied for finding in self.findings)

    @property
    def open(self) -> tuple[Finding, ...]:
        """What does not hold."""
        return tuple(finding for finding in self.findings if not finding.is_satisfied)

    @property
    def next_at(self) -> int | None:
        """When time will have satisfied something next."""
        return min((finding.since for finding in self.open if finding.since is not None), default=None)

    def line(self) -> str:
        """What is missing, and who can give it, in one line; not what others give along with something else."""
        told = [each for each in self.open if not self._comes_along(each)]
        return "; ".join(map(_said, told)) or "Nothing is missing."

    def _comes_along(self, finding: Finding) -> bool:
        """Whether whoever gives what is missing otherwise gives this, too: an approval may bring a right along."""
        others = {who for other in self.open if other is not finding for who in other.who}
        return finding.requirement == RIGHT and bool(finding.who) and others.issuperset(finding.who)

    def told(self) -> dict[str, Any]:
        """The report as programs are told of it."""
        return {
            "at": self.at,
            "model": self.model,
            "version": self.version,
            "target": self.target,
            "complete": self.is_complete,
            "rollback": self.is_rollback,
            "digest": self.digest,
            "gates": self.gates,
            "findings": [finding.told() for finding in self.findings],
        }


def read(told: Mapping[str, Any]) -> Report:
    """A report from what `told` says of it."""
    found = (
        Finding(**{**each, "state": State(each["state"]), "who": tuple(each["who"])}) for each in told["findings"]
    )
    return Report(
        at=told["at"],
        model=told["model"],
        version=told["version"],
        target=told["target"],
        findings=tuple(found),
        gates=told["gates"],
        digest=told["digest"],
        is_rollback=told["rollback"],
    )


def satisfied(requirement: str, why: str) -> Finding:
    """It holds."""
    return Finding(requirement, State.SATISFIED, why)


def missing(requirement: str, why: str, who: Iterable[str] = ()) -> Finding:
    """Somebody has still to give it."""
    return Finding(requirement, State.MISSING, why, tuple(who))


def failed(requirement: str, why: str, who: Iterable[str] = ()) -> Finding:
    """What there is does not suffice."""
    return Finding(requirement, State.FAILED, why, tuple(who))


def waiting(requirement: str, why: str, since: int) -> Finding:
    """From a moment on it holds by itself."""
    return Finding(requirement, State.WAITING, why, since=since)


def moment(millis: int) -> str:
    """A moment as people read it, in UTC, to the second that has come by then."""
    seconds = -(-millis // 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S UTC}" if seconds <= _LAST else "the year 10000"


def stretch(millis: int) -> str:
    """A stretch of time as gates write it: `7d`, `1h30m`."""
    parts = []
    rest = millis
    for unit, length in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def _said(finding: Finding) -> str:
    givers = f" (up to {' or '.join(finding.who)})" if finding.who else ""
    # A tag or a reason that it repeats may have several lines.
    return " ".join(f"{finding.why.rstrip('.')}{givers}".split())
