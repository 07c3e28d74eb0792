"""Who could give the approvals that a move lacks: by the same count that enforces them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assent.access.policy.principals import Principal
from assent.governance.requests.evaluation import gathering, rights
from assent.governance.requests.evaluation.judging import Judged, approvals_of, asking
from assent.governance.requests.evaluation.moving import Moving
from assent.governance.requests.records.rows import Request
from assent.governance.requests.viewing import askable
from assent.governance.requests.viewing.askable import Askable
from assent.governance.requirements import approvals
from assent.governance.requirements.approvals import Approvals
from assent.governance.requirements.asking import Asking
from assent.governance.requirements.facts import Approval, Facts
from assent.governance.rules.gates import Gate
from assent.kernel.dialects import Reader

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Giver:
    """Somebody whose approval would help; `of` is what the gate calls them, where it names anybody."""

    name: str
    in_place_of: str | None
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Approvals that a gate still lacks, and who could give one. There are more where `are_all` is not so."""

    gate: str
    words: str
    givers: Sequence[Giver]
    are_all: bool


def asked(session: Reader, moving: Moving, gates: Sequence[Gate], *, by: Principal) -> Askable:
    """Who comes into question for what some gates ask for, for whoever judges the move to get to know."""
    return askable.found(
        session,
        [spec for gate in gates for spec in approvals_of(gate)],
        rights.to_decide(session, moving.target),
        model_id=moving.model.id,
        name=moving.model.name,
        default=by.reach.default,
        at=moving.at,
    )


def wanted(session: Reader, judged: Judged, moving: Moving, request: Request | None, people: Askable) -> list[Wanted]:
    """The approvals that are missing, each with whose would help; `people` were known when the move was judged."""
    # Nobody is favoured by what they were granted before anybody asked.
    since = request.opened_at if request else moving.at + 1
    offered = list(_offered(session, judged, moving, people, since))
    return [
        _wanted(spec, gate, judged.facts, offered, people)
        for gate in judged.gates
        for spec in approvals_of(gate)
        if approvals.outstanding(spec, judged.facts, asking(gate))
    ]


def _offered(session: Reader, judged: Judged, moving: Moving, people: Askable, since: int) -> Iterator[Approval]:
    known = judged.gathered.known
    pairs = [*((each, each) for each in people.ids), *people.standins]
    for by, speaker in pairs:
        if by in known and speaker in known:
            yield gathering.approval(session, known[by], known[speaker], moving, since=since)


def _wanted(spec: Approvals, gate: Gate, facts: Facts, offered: Sequence[Approval], people: Askable) -> Wanted:
    of = asking(gate)
    # Whoever signs gives their password in that moment.
    signed = [replace(each, signature="password" if of.signature else "") for each in offered]
    helping = [each for each in signed if _helps(spec, each, facts, of)]
    named = spec.sources | spec.at_least.keys()
    givers = [
        Giver(
            each.by.name,
            each.in_place_of.name if each.in_place_of else None,
            tuple(sorted(one for one in named if each.speaker.is_one_of(frozenset({one})))),
        )
        for each in helping[:MOST_SHOWN]
    ]
    return Wanted(gate.name, approvals.words(spec), givers, people.are_all and len(helping) <= MOST_SHOWN)


def _helps(spec: Approvals, offered: Approval, facts: Facts, of: Asking) -> bool:
    """Whether an approval could be given, and less would be missing then."""
    behind = {person.id for person in offered.people}
    for given in facts.approvals:
        before = {person.id for person in given.people}
        # One person is one approval: one that is stale is renewed by whoever gave it, and by nobody else.
        if behind & before and (behind != before or not given.changed):
            return False
    if approvals.why_not(spec, offered, facts, of) is not None:
        return False
    others = tuple(each for each in facts.approvals if {person.id for person in each.people} != behind)
    more = replace(facts, approvals=(*others, offered))
    return approvals.outstanding(spec, more, of) < approvals.outstanding(spec, facts, of)
