"""Approvals: how many, from whom, and whose do not count. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from assent.governance.requirements.asking import Asking
from assent.governance.requirements.facts import CHECK_AUTHOR, ROLES, USER, Approval, Facts, Person
from assent.governance.requirements.findings import Finding, missing, satisfied
from assent.governance.requirements.people import reference
from assent.kernel.content import Content

WORD = "approvals"
MOST = 100

_CALLED = {
    "requester": "asked for it",
    "registrar": "registered the version",
    "run_user": "ran the run that it comes from",
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
        at_least[reference(part, written)] = part.whole(1, MOST)
    sources = frozenset(_references(parts["from"])) if "from" in parts else frozenset()
    if sources and not set(at_least) <= sources:
        parts["at_least"].fault("at_least names somebody who is not in from.")
    exclude = frozenset(_excluded(parts["exclude"])) if "exclude" in parts else frozenset(ROLES)
    count = parts["count"].whole(1, MOST) if "count" in parts else max(1, *at_least.values(), 1)
    return Approvals(count, sources, at_least, exclude)


def words(spec: Approvals) -> str:
    """The requirement in words."""
    parts = [f"{spec.count} approval{'s' if spec.count > 1 else ''}"]
    if spec.sources:
        parts.append(f"from {', '.join(sorted(spec.sources))}")
    parts += [f"at least {count} of {reference}" for reference, count in sorted(spec.at_least.items())]
    if spec.exclude != frozenset(ROLES):
        parts.append(f"not by {', '.join(sorted(spec.exclude)) or 'nobody in particular'}")
    return ", ".join(parts)


def judge(spec: Approvals, facts: Facts, asking: Asking) -> Finding:
    """Count what counts; of what does not, tell why."""
    wanted, at_least = _wanted(spec, facts, asking)
    counted: list[Approval] = []
    doubts: list[str] = []
    spoken: set[int] = set()
    for approval in sorted(facts.approvals, key=lambda each: each.at):
        people = {person.id for person in approval.people}
        doubt = why_not(spec, approval, facts, asking)
        if doubt is None and people & spoken:
            doubt = "one person is one approval"
        if doubt is None:
            counted.append(approval)
            spoken |= people
        else:
            doubts.append(f"that of {_named(approval)} does not count: {doubt}")
    lacking = {
        reference: count - have
        for reference, count in at_least.items()
        if (have := sum(each.speaker.is_one_of(frozenset({reference})) for each in counted)) < count
    }
    given = f"{len(counted)} of {wanted} approval{'s' if wanted > 1 else ''}"
    if len(counted) >= wanted and not lacking:
        return satisfied(WORD, f"{given}: {', '.join(map(_named, counted))}.")
    parts = [given, *(f"{count} of {reference} missing" for reference, count in sorted(lacking.items())), *doubts]
    who = sorted(lacking) or sorted(spec.sources) or [f"whoever has {facts.decided_by}"]
    return missing(WORD, "; ".join(parts) + ".", who)


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
    if person.kind != USER and person.reference not in spec.sources:
        return "is nobody in person"
    return None


def _doubts(spec: Approvals, approval: Approval, facts: Facts, asking: Asking) -> Iterator[str]:
    for person in approval.people:
        if why := barred(spec, person, facts, asking):
            yield f"{person.name} {why}"
    speaker = approval.speaker
    if not approval.may_decide:
        yield f"{speaker.name} may not decide on it any more"
    if approval.favoured_by & _excluded_people(spec, facts, asking):
        yield f"{speaker.name} was given the right by somebody concerned after it was asked for"
    if spec.sources and not speaker.is_one_of(spec.sources):
        yield f"it is not of {' or '.join(sorted(spec.sources))}"
    if asking.signature and not approval.signature:
        yield "it is not signed"
    if approval.changed:
        yield f"since then {', and '.join(approval.changed)}"


def _excluded_people(spec: Approvals, facts: Facts, asking: Asking) -> frozenset[int]:
    roles = spec.exclude & frozenset(ROLES)
    return frozenset().union(*(_having(role, facts, asking) for role in roles))


def _having(role: str, facts: Facts, asking: Asking) -> frozenset[int]:
    if role == CHECK_AUTHOR:
        checks = facts.version.checks if facts.version else {}
        return frozenset(checks[name].posted_by_id for name in asking.checks if name in checks)
    return facts.roles.get(role, frozenset())


def _wanted(spec: Approvals, facts: Facts, asking: Asking) -> tuple[int, dict[str, int]]:
    """How many, and how many of each. Going back asks for no more than its own number, of whomever."""
    fewer = asking.rollback_approvals
    if facts.is_rollback and fewer is not None and fewer < spec.count:
        return fewer, {}
    return spec.count, spec.at_least


def _references(content: Content) -> Iterator[str]:
    for part in content.each(or_one=True, at_least=1):
        yield reference(part)


def _excluded(content: Content) -> Iterator[str]:
    for part in content.each(or_one=True):
        yield part.text() if part.value in ROLES else reference(part)


def _named(approval: Approval) -> str:
    if approval.in_place_of is None:
        return approval.by.name
    return f"{approval.by.name} for {approval.in_place_of.name}"
