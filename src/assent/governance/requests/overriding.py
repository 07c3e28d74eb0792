"""Breaking the glass: a move without its requirements, by somebody entitled to it; and the review that it owes."""

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from assent.access.principals import Kind, Principal, authorize
from assent.audit.actions import Action
from assent.governance.requests import applying, events, finding, looking, people, rights
from assent.governance.requests.finding import There
from assent.governance.requests.rows import REQUESTS, Request
from assent.governance.requests.tables import LONGEST_COMMENT
from assent.governance.requirements import always
from assent.governance.requirements.facts import Person
from assent.governance.rules import standing as rules
from assent.governance.rules.gates import Gate
from assent.kernel.errors import Conflict, Denied, Invalid, NotFound
from assent.registry import models
from assent.registry.names import must_be_text

# How long the review may take where the gate does not say.
REVIEW_WITHIN = 72 * 3_600_000

_REVIEWED = (
    update(REQUESTS)
    .where(REQUESTS.c.id == bindparam("request"), REQUESTS.c.reviewed_at.is_(None))
    .values(
        reviewed_at=bindparam("at"),
        reviewed_by_id=bindparam("by"),
        review_note=bindparam("note"),
        changes=REQUESTS.c.changes + 1,
    )
)


def override(session: Session, request_id: int, reason: str, *, by: Principal, allowed: bool) -> Request:
    """Make the move of an open request now, whatever it lacks but for a recall or the lifecycle; a review is owed.

    `allowed` is whether this registry knows overrides at all. Raises NotFound, Denied, Invalid and Conflict.
    """
    if not reason.strip():
        raise Invalid("comment: Say why this cannot wait.")
    must_be_text("comment", reason, LONGEST_COMMENT)
    there = finding.held(session, request_id, by=by)
    if not allowed:
        raise _denied(there, "Overrides are switched off here.")
    judged = looking.judge(session, there.moving, there.request, there.standing, by=by)
    gates = looking.gates_of(there.standing, there.moving)
    me = people.found(session, [by.id] if by.id else [], model_id=there.moving.model.id, default=by.reach.default)
    person = me[by.id].person if by.id in me else None
    for gate in gates:
        _must_be_entitled(there, gate, person)
    if not gates:
        raise _denied(there, "No gate guards this move: there is nothing to override.")
    target = str(there.moving.target)
    if not by.limits.allow(
        rights.to_decide(session, there.moving.target), there.moving.model.name
    ) or not by.limits.allow_target(target):
        raise _denied(there, f"The token that {by.name} showed is not for deciding on {target}.")
    if why := always.quarantine(judged.facts.recalls):
        raise _denied(there, f"{why} No override lifts a recall.")
    if why := judged.facts.against_lifecycle:
        raise _denied(there, f"{why} No override changes the lifecycle.")
    within = min(gate.override.review_within or REVIEW_WITHIN for gate in gates if gate.override)
    due_at = there.moving.at + within
    applying.override(session, there.request, there.moving, judged, by=by, reason=reason, due_at=due_at)
    return looking.again(session, there.request)


def review(session: Session, request_id: int, note: str, *, by: Principal) -> Request:
    """Say afterwards what is to be said of an override; somebody else than who overrode and who asked for it.

    Raises NotFound, Denied, Invalid and Conflict.
    """
    if not note.strip():
        raise Invalid("comment: Say what the review found.")
    must_be_text("comment", note, LONGEST_COMMENT)
    request = finding.seen(session, request_id, by=by)
    rules.held(session)
    model = models.lock(session, request.model, by=by)
    if model.id != request.model_id:
        raise NotFound(f"The model of request {request_id} was deleted.")
    request = looking.again(session, request)
    if not request.owes_review:
        raise Conflict(f"Request {request_id} owes no review.")
    told = {"version": request.version, "request": request_id}
    right, target = rights.to_decide(session, request.target), str(request.target)
    authorize(by, right, on=request.model, granted=model.granted, target=target, **told)
    if by.kind is not Kind.USER:
        why = f"An override is reviewed by somebody in person, and {by.name} is a service account."
        raise Denied(why, subject=request.model, details={**told, "target": target, "reason": "four_eyes"})
    if by.id in (request.overridden_by_id, request.opened_by_id):
        why = f"Four eyes: {by.name} overrode it or asked for it; somebody else reviews that."
        raise Denied(why, subject=request.model, details={**told, "target": target, "reason": "four_eyes"})
    at = model.moment()
    session.execute(_REVIEWED, {"request": request_id, "at": at, "by": by.id, "note": note})
    events.tell(session, Action.OVERRIDE_REVIEWED, request, by=by, at=at, details={"comment": note})
    return looking.again(session, request)


def _must_be_entitled(there: There, gate: Gate, person: Person | None) -> None:
    if gate.override is None:
        raise _denied(there, f"The gate {gate.name} knows no override.")
    if person is None or not person.is_one_of(frozenset(gate.override.by)):
        raise _denied(there, f"The gate {gate.name} is overridden by {' or '.join(gate.override.by)} alone.")


def _denied(there: There, why: str) -> Denied:
    told = {"version": there.request.version, "target": str(there.moving.target), "request": there.request.id}
    return Denied(why, subject=there.moving.model.name, details=dict(told))
