"""Withdrawing: a request ends without a move, since who wished it does no more."""

from sqlalchemy.orm import Session

from assent.access.levels import Permission
from assent.access.principals import Principal, authorize
from assent.governance.requests import events, finding, looking
from assent.governance.requests.rows import Request
from assent.governance.requests.tables import LONGEST_COMMENT, RequestState
from assent.registry.names import must_be_text


def withdraw(session: Session, request_id: int, *, by: Principal, reason: str = "") -> Request:
    """Close one's own request, or anybody's for who manages the model. Raises NotFound, Denied and Conflict."""
    must_be_text("comment", reason, LONGEST_COMMENT)
    there = finding.held(session, request_id, by=by)
    right = Permission.REQUEST_OPEN if there.request.opened_by_id == by.id else Permission.MODEL_MANAGE
    told = {"version": there.request.version, "request": request_id}
    authorize(by, right, on=there.moving.model.name, granted=there.granted, target=str(there.moving.target), **told)
    events.close(session, there.request, RequestState.WITHDRAWN, by=by, at=there.moving.at, reason=reason)
    return looking.again(session, there.request)
