"""Approvals: how many, from whom, and whose do not count. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assent.governance.requirements.asking import Asking
from assent.governance.requirements.facts import (
    CHECK_AUTHOR,
    REGISTRAR,
    REQUESTER,
    ROLES,
    RUN_USER,
    USER,
    Approval,
    Candidate,
    Facts,
    Person,
)
from assent.governance.requirements.findings import Finding, missing, satisfied
from assent.governance.requirements.people import reference
from assent.kernel.content import Content

WORD = "approvals"
MOST = 100
# Of those that exclude each other so many are tried in every combination.
MOST_TIED = 16

_SINCE = "since then"
_CALLED = {
    REQUESTER: "asked for it",
    REGISTRAR: "registered the version",
    RUN_USER: "ran the run that it comes from",
    CHECK_AUTHOR: "posted a check that the gate asks for",
}


@dataclass(frozen=True, slots=True)
class Approvals:
    """So many approvals, at least so many of each; `sources` are references, and empty for whoever may decide.

    `exclude` holds roles and references.
    """

    count: int
    sources: frozenset[str] = frozenset()
    at_least: dict[str, int] = field(default_factory=dict)
    exclude: frozenset[str] = frozenset(ROLES)


def read(content: Content) -> Approvals:
    """`{count: 2, from: […], at_least: {"group:risk": 1}, exclude: […]}`, or the number alone."""
    if not isinstance(content.value, dict):
        return Approvals(content.whole(1, MOST))
    parts = content.fields(("count", "from", "at_least", "exclude"))
    at_least = {}
    for written, part in parts["at_least"].named().items() if "at_least" in parts else ():
        # One person is one approval.
        at_least[reference(part, written)] = part.whole(1, MOST if written.startswith("group:") else 1)
    sources = frozenset(_references(parts["from"])) if "from" in parts else frozenset()
    for stranger in sorted(at_least.keys() - sources) if sources else ():
        parts["at_least"].fault(f"{stranger} is not in from, and so can give none.")
    exclude = _excluded(parts["exclude"]) if "exclude" in parts else frozenset(ROLES)
    most = max(at_least.values(), default=1)
    count = parts["count"].whole(1, MOST) if "count" in parts else most
    if count < most:
        parts["count"].fault(f"at_least asks for {most}: count is that or more.")
    return Approvals(count, sources, at_least, exclude)


def words(spec: Approvals) -> str:
    """The requirement in words."""
    parts = [f"{spec.count} approval{'s' if spec.count > 1 else ''}"]
    if spec.sources:
        parts.append(f"from {', '.join(sorted(spec.sources))}")
    parts += [f"at least {count} of {reference}" for reference, count in sorted(spec.at_least.items())]
    if others := spec.exclude - frozenset(ROLES):
        parts.append(f"not by {', '.join(sorted(others))}")
    parts += [f"also by whoever {_CALLED[role]}" for role in ROLES if role not in spec.exclude]
    return ", ".join(parts)


def judge(spec: Approvals, facts: Facts, asking: Asking) -> Finding:
    """Count what counts; of what does not, tell why."""
    wanted, _ = _wanted(spec, facts, asking)
    if wanted == 0:
        return satisfied(WORD, "It goes back, for which no approval is asked for.")
    doubts = {approval: why_not(spec, approval, facts, asking) for approval in _given(facts)}
    counted, lacking = _counted(spec, facts, asking)
    told = f"{len(counted)} of {wanted} approval{'s' if wanted > 1 else ''}" + (
        " to go back" if facts.is_rollback else ""
    )
    if len(counted) >= wanted and not lacking:
        return satisfied(WORD, f"{told}: {', '.join(map(_named, counted))}.")
    parts = [
        told,
        *(f"{count} of {reference} missing" for reference, count in sorted(lacking.items())),
        *(
            f"that of {_named(approval)} does not count: {doubt or 'one person is one approval'}"
            for approval, doubt in doubts.items()
            if approval not in counted
        ),
    ]
    who = sorted(lacking)
    if wanted - len(counted) > sum(lacking.values()):
        who += sorted(spec.sources - lacking.keys()) or ([] if spec.sources else [f"whoever has {facts.decided_by}"])
    return missing(WORD, "; ".join(parts) + ".", who)


def tells_of_stale(finding: Finding) -> bool:
    """Whether a finding says of some approval that what was reviewed is no more so."""
    return finding.requirement == WORD and f": {_SINCE} " in finding.why


def outstanding(spec: Approvals, facts: Facts, asking: Asking) -> int:
    """How much is missing, as `judge` counts: none where it is satisfied, and less with each approval that helps."""
    wanted, _ = _wanted(spec, facts, asking)
    counted, lacking = _counted(spec, facts, asking)
    return max(0, wanted - len(counted), sum(lacking.values()))


def chosen(approvals: Sequence[Approval], at_least: Mapping[str, int]) -> list[Approval]:
    """Those that are counted where one person is one approval: the choice that satisfies most.

    Somebody may stand behind two, as themselves and as a delegate, or have decided and been decided for. Then one of
    these counts, and which it is may matter.
    """
    behind = Counter(person.id for approval in approvals for person in set(approval.people))
    tied = [each for each in approvals if any(behind[person.id] > 1 for person in each.people)]
    free = [each for each in approvals if each not in tied]
    counted = [*free, *max(_choices(tied[:MOST_TIED]), key=lambda way: _worth([*free, *way], at_least))]
    for late in tied[MOST_TIED:]:
        if not any(_share(late, other) for other in counted):
            counted.append(late)
    return sorted(counted, key=lambda each: each.at)


def why_not(spec: Approvals, approval: Approval, facts: Facts, asking: Asking) -> str | None:
    """Why an approval does not count; None where it does."""
    return next(_doubts(spec, approval, facts, asking), None)


def barred(spec: Approvals, person: Person, facts: Facts, asking: Asking) -> str | None:
    """Why nothing that somebody approves would count, whatever they may do; None where it would."""
    for role in ROLES:
        if role in spec.exclude and person.id in _having(role, facts, asking):
            return _CALLED[role]
    if person.is_one_of(frozenset(spec.exclude - frozenset(ROLES))):
        return "is excluded by the gate"
    if person.kind != USER and person.reference not in spec.sources | spec.at_least.keys():
        return "is nobody in person"
    return None


def _given(facts: Facts) -> list[Approval]:
    return sorted(facts.approvals, key=lambda each: each.at)


def _counted(spec: Approvals, facts: Facts, asking: Asking) -> tuple[list[Approval], dict[str, int]]:
    """The approvals that are counted, and how many are lacking of whom of those that are asked for by name."""
    _, at_least = _wanted(spec, facts, asking)
    counted = chosen([each for each in _given(facts) if why_not(spec, each, facts, asking) is None], at_least)
    have = {
        reference: sum(each.speaker.is_one_of(frozenset({reference})) for each in counted) for reference in at_least
    }
    return counted, {
        reference: count - have[reference] for reference, count in at_least.items() if have[reference] < count
    }


def _doubts(spec: Approvals, approval: Approval, facts: Facts, asking: Asking) -> Iterator[str]:
    for person in approval.people:
        if why := barred(spec, person, facts, asking):
            yield f"{person.name} {why}"
    speaker = approval.speaker
    if not approval.may_decide:
        yield f"{speaker.name} may not decide on it any more"
    if approval.favoured_by & excluded_people(spec, facts, asking):
        yield f"{speaker.name} was given the right by somebody concerned after it was asked for"
    if spec.sources and not speaker.is_one_of(spec.sources):
        yield f"it is not of {' or '.join(sorted(spec.sources))}"
    if asking.signature and not approval.signature:
        yield "it is not signed"
    if approval.changed:
        yield f"{_SINCE} {', and '.join(approval.changed)}"


def excluded_people(spec: Approvals, facts: Facts, asking: Asking) -> frozenset[int]:
    """The ids of those whose approval does not count because of what they have to do with the move."""
    roles = spec.exclude & frozenset(ROLES)
    return frozenset().union(*(_having(role, facts, asking) for role in roles))


def _having(role: str, facts: Facts, asking: Asking) -> frozenset[int]:
    if role == CHECK_AUTHOR:
        return _authors(facts.version, asking.checks) | _authors(facts.incumbent, asking.against)
    requester = {facts.requester.id} if role == REQUESTER and facts.requester else set()
    return facts.roles.get(role, frozenset()) | requester


def _authors(version: Candidate | None, names: Iterable[str]) -> frozenset[int]:
    checks = version.checks if version else {}
    return frozenset(checks[name].posted_by_id for name in names if name in checks)


def _choices(approvals: Sequence[Approval]) -> Iterator[tuple[Approval, ...]]:
    """Every way to take some of them, so that nobody stands behind two; those that came first are preferred."""
    if not approvals:
        yield ()
        return
    first, rest = approvals[0], approvals[1:]
    others = [each for each in rest if not _share(each, first)]
    yield from ((first, *way) for way in _choices(others))
    if len(others) < len(rest):
        yield from _choices(rest)


def _share(one: Approval, other: Approval) -> bool:
    return not {person.id for person in one.people}.isdisjoint(person.id for person in other.people)


def _worth(approvals: Sequence[Approval], at_least: Mapping[str, int]) -> tuple[int, int]:
    given = (
        min(count, sum(each.speaker.is_one_of(frozenset({reference})) for each in approvals))
        for reference, count in at_least.items()
    )
    return sum(given), len(approvals)


def _wanted(spec: Approvals, facts: Facts, asking: Asking) -> tuple[int, dict[str, int]]:
    """How many, and how many of each. Going back asks for no more than its own number, of whomever."""
    fewer = asking.rollback_approvals
    if facts.is_rollback and fewer is not None and fewer < spec.count:
        return fewer, {}
    return spec.count, spec.at_least


def _references(content: Content) -> Iterator[str]:
    for part in content.each(or_one=True, at_least=1):
        yield reference(part)


def _excluded(content: Content) -> frozenset[str]:
    """Roles and people. People alone are excluded beside all roles: nobody drops these unawares."""
    found = set()
    for part in content.each(or_one=True):
        found.add(part.text() if part.value in ROLES else reference(part))
    return frozenset(found if not found or not found.isdisjoint(ROLES) else found.union(ROLES))


def _named(approval: Approval) -> str:
    if approval.in_place_of is None:
        return approval.by.name
    return f"{approval.by.name} for {approval.in_place_of.name}"
