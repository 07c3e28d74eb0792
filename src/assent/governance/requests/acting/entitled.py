"""Who may do what about a request: each act raises what refuses it, whether somebody acts or is told beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assent.access.granting.visibility import Granted
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Kind, Principal, authorize
from assent.governance.requests.acting.finding import There
from assent.governance.requests.completing import looking
from assent.governance.requests.evaluation import people, rights
from assent.governance.requests.evaluation.judging import Judged, approvals_of, asking
from assent.governance.requests.evaluation.people import Somebody
from assent.governance.requests.records import delegations
from assent.governance.requests.records.delegations import Standin
from assent.governance.requests.records.rows import Decided, Request
from assent.governance.requirements import always, approvals, reviewing
from assent.governance.requirements.facts import Person
from assent.kernel.dialects import Reader
from assent.kernel.errors import Conflict, Denied


@dataclass(frozen=True, slots=True)
class Behind:
    """Who stands behind a decision: who decides, and in whose place where they are a delegate."""

    by: Principal
    standin: Standin | None
    known: Mapping[int, Somebody]

    @property
    def ids(self) -> set[int | None]:
        """Whose decision it is."""
        return {self.by.id, self.standin.principal_id if self.standin else self.by.id}

    @property
    def people(self) -> list[Person]:
        """The same as a gate sees them."""
        asked = (self.by.id, self.standin.principal_id if self.standin else None)
        return [self.known[each].person for each in asked if each is not None]


def behind(session: Reader, there: There, *, by: Principal, in_place_of: str | None) -> Behind:
    """Who would stand behind a decision of the caller's. Raises Denied where they are no delegate."""
    standin = None
    if in_place_of is not None:
        token_must_do(session, there, by)
        standin = delegations.standin(session, in_place_of, there.moving.at, by=by)
    ids = [each for each in (by.id, standin.principal_id if standin else None) if each is not None]
    known = people.found(session, ids, model_id=there.moving.model.id, default=by.reach.default)
    return Behind(by, standin, known)


def to_decide(session: Reader, there: There, who: Behind) -> None:
    """Raise Denied unless they may decide, or somebody may in whose place they do."""
    name, target = there.moving.model.name, str(there.moving.target)
    right = rights.to_decide(session, there.moving.target)
    if who.standin is None:
        told = {"version": there.request.version, "request": there.request.id}
        authorize(who.by, right, on=name, granted=there.granted, target=target, **told)
        return
    token_must_do(session, there, who.by)
    if not who.known[who.standin.principal_id].may(right, name):
        raise denied(there, f"{who.standin.name} may not decide on it, and so may nobody in their place.")


def token_must_do(session: Reader, there: There, by: Principal) -> None:
    """Raise Denied unless what the caller showed is for deciding on such a move at all."""
    name, right = there.moving.model.name, rights.to_decide(session, there.moving.target)
    if not by.limits.allow(right, name) or not by.limits.allow_target(str(there.moving.target)):
        raise denied(there, f"The token that {by.name} showed {by.limits.why_not(right, name)}.")


def must_count(judged: Judged, people_behind: Sequence[Person]) -> None:
    """Raise Denied where an approval would count under no gate because of who stands behind it."""
    doubts = [
        [f"{each.name} {why}" for each in people_behind if (why := approvals.barred(spec, each, judged.facts, of))]
        for gate in judged.gates
        for of in (asking(gate),)
        for spec in approvals_of(gate)
    ]
    if doubts and all(doubts):
        report = judged.report
        details: dict[str, object] = {"version": report.version, "target": report.target, "reason": "four_eyes"}
        why = f"Four eyes: {'; '.join(doubts[0])}. An approval of theirs does not count."
        raise Denied(why, subject=report.model, details=details)


def said_before(judged: Judged, who: Behind, standing: Sequence[Decided]) -> tuple[list[Decided], bool]:
    """Their own approvals that are stale, which a new one renews; and whether one of theirs holds already.

    Raises Conflict where somebody else gave it in the name of one of them.
    """
    stale: list[Decided] = []
    for decision in standing:
        before = {decision.decided_by_id, decision.in_place_of_id or decision.decided_by_id}
        if not who.ids & before:
            continue
        if who.ids != before:
            raise Conflict(f"One person is one approval, and {_named(decision)} has approved it already.")
        if not reviewing.changes(decision.reviewed, judged.gathered.reviewed):
            return stale, True
        stale.append(decision)
    return stale, False


def to_take_back(session: Reader, there: There, standing: Sequence[Decided], *, by: Principal) -> Sequence[Decided]:
    """The approvals that somebody may take back, which takes no right but that of the token.

    Raises Denied, and Conflict where there is none.
    """
    token_must_do(session, there, by)
    mine = [each for each in standing if by.id in (each.decided_by_id, each.in_place_of_id)]
    if not mine:
        raise Conflict(f"{by.name} has not approved request {there.request.id}.")
    return mine


def to_withdraw(there: There, *, by: Principal) -> None:
    """Raise Denied unless it is their own request, or they manage the model."""
    right = Permission.REQUEST_OPEN if there.request.opened_by_id == by.id else Permission.MODEL_MANAGE
    told = {"version": there.request.version, "request": there.request.id}
    authorize(by, right, on=there.moving.model.name, granted=there.granted, target=str(there.moving.target), **told)


def to_look(request: Request, granted: Granted, *, by: Principal) -> None:
    """Raise Denied unless they could ask for the move themselves, since it may be made by that."""
    told = {"version": request.version, "request": request.id}
    authorize(by, Permission.REQUEST_OPEN, on=request.model, granted=granted, target=str(request.target), **told)


def to_override(session: Reader, there: There, judged: Judged, me: Person | None, *, by: Principal) -> None:
    """Raise Denied unless every gate lets them make the move without what it lacks, and nothing forbids that."""
    gates = looking.gates_of(there.standing, there.moving)
    for gate in gates:
        if gate.override is None:
            raise denied(there, f"The gate {gate.name} knows no override.")
        if me is None or not me.is_one_of(frozenset(gate.override.by)):
            raise denied(there, f"The gate {gate.name} is overridden by {' or '.join(gate.override.by)} alone.")
    if not gates:
        raise denied(there, "No gate guards this move: there is nothing to override.")
    target, right = str(there.moving.target), rights.to_decide(session, there.moving.target)
    if not by.limits.allow(right, there.moving.model.name) or not by.limits.allow_target(target):
        raise denied(there, f"The token that {by.name} showed is not for deciding on {target}.")
    if why := always.quarantine(judged.facts.recalls):
        raise denied(there, f"{why} No override lifts a recall.")
    if why := judged.facts.against_lifecycle:
        raise denied(there, f"{why} No override changes the lifecycle.")


def to_review(session: Reader, request: Request, granted: Granted, *, by: Principal) -> None:
    """Raise Conflict where no review is owed, and Denied unless it is theirs to make."""
    if not request.owes_review:
        raise Conflict(f"Request {request.id} owes no review.")
    told = {"version": request.version, "request": request.id}
    right, target = rights.to_decide(session, request.target), str(request.target)
    authorize(by, right, on=request.model, granted=granted, target=target, **told)
    if by.kind is not Kind.USER:
        why = f"An override is reviewed by somebody in person, and {by.name} is a service account."
        raise Denied(why, subject=request.model, details={**told, "target": target, "reason": "four_eyes"})
    if by.id in (request.overridden_by_id, request.opened_by_id):
        why = f"Four eyes: {by.name} overrode it or asked for it; somebody else reviews that."
        raise Denied(why, subject=request.model, details={**told, "target": target, "reason": "four_eyes"})


def denied(there: There, why: str, **details: object) -> Denied:
    """The refusal of an act on a request, with what the audit log is told of it."""
    told = {"version": there.request.version, "target": str(there.moving.target), "request": there.request.id}
    return Denied(why, subject=there.moving.model.name, details={**told, **details})


def _named(decision: Decided) -> str:
    return decision.decided_by + (f" for {decision.in_place_of}" if decision.in_place_of else "")
