"""Breaking the glass: a move without its requirements, by somebody entitled to it; and the review that it owes."""

from collections.abc import Iterable

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.audit.actions import Action
from assent.governance.requests.acting import entitled, finding
from assent.governance.requests.acting.finding import There
from assent.governance.requests.completing import applying, looking
from assent.governance.requests.evaluation import people
from assent.governance.requests.records import events
from assent.governance.requests.records.rows import REQUESTS, Request
from assent.governance.requests.records.tables import LONGEST_COMMENT
from assent.governance.rules import standing as rules
from assent.governance.rules.gates import Gate
from assent.kernel.errors import Invalid, NotFound
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
    must_be_known_here(there, allowed=allowed)
    judged = looking.judge(session, there.moving, there.request, there.standing, by=by)
    gates = looking.gates_of(there.standing, there.moving)
    me = people.found(session, [by.id] if by.id else [], model_id=there.moving.model.id, default=by.reach.default)
    entitled.to_override(session, there, judged, me[by.id].person if by.id in me else None, by=by)
    due_at = there.moving.at + due_within(gates)
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
    entitled.to_review(session, request, model.granted, by=by)
    at = model.moment()
    session.execute(_REVIEWED, {"request": request_id, "at": at, "by": by.id, "note": note})
    events.tell(session, Action.OVERRIDE_REVIEWED, request, by=by, at=at, details={"comment": note})
    return looking.again(session, request)


def must_be_known_here(there: There, *, allowed: bool) -> None:
    """Raise Denied unless this registry knows overrides at all."""
    if not allowed:
        raise entitled.denied(there, "Overrides are switched off here.")


def due_within(gates: Iterable[Gate]) -> int:
    """How long the review of an override may take."""
    return min(gate.override.review_within or REVIEW_WITHIN for gate in gates if gate.override)
