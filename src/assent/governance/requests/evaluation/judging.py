"""The one evaluation: what explains is what enforces."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assent.governance.requests.evaluation.gathering import Gathered, demanded
from assent.governance.requirements import always, kinds, reviewing
from assent.governance.requirements.approvals import Approvals
from assent.governance.requirements.asking import Asking
from assent.governance.requirements.facts import Facts
from assent.governance.requirements.findings import Finding, Report
from assent.governance.rules.gates import Gate


@dataclass(frozen=True, slots=True)
class Judged:
    """A report, what it was found from, and under which gates."""

    report: Report
    gathered: Gathered
    gates: tuple[Gate, ...]

    @property
    def facts(self) -> Facts:
        """What the report was found from."""
        return self.gathered.facts

    @property
    def asks_for_signature(self) -> bool:
        """Whether an approval must be signed."""
        return any(gate.signature for gate in self.gates)


def judged(gathered: Gathered, gates: Sequence[Gate]) -> Judged:
    """Everything that is asked for of a move, requirement by requirement."""
    facts = gathered.facts
    report = Report(
        at=facts.at,
        model=facts.model,
        version=facts.version.number if facts.version else None,
        target=str(facts.target),
        findings=tuple(_findings(facts, gates)),
        gates={gate.name: gate.revision for gate in gates},
        digest=reviewing.digest(gathered.reviewed),
        is_rollback=facts.is_rollback,
    )
    return Judged(report, gathered, tuple(gates))


def asking(gate: Gate) -> Asking:
    """What a single requirement is told of its gate."""
    demands = demanded([gate])
    return Asking(gate.name, gate.signature, gate.rollback_approvals, demands.checks, demands.checks_against)


def approvals_of(gate: Gate) -> Iterator[Approvals]:
    """The approvals that a gate asks for."""
    return (required.spec for required in gate.requirements if isinstance(required.spec, Approvals))


def _findings(facts: Facts, gates: Sequence[Gate]) -> Iterator[Finding]:
    yield from always.judged(facts)
    for gate in gates:
        of = asking(gate)
        for required in gate.requirements:
            yield kinds.judge(required.kind, required.spec, facts, of).of(gate.name, gate.revision)
