"""Withdrawing: a request ends without a move, since who wished it does no more."""

from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.governance.requests.acting import entitled, finding
from assent.governance.requests.completing import looking
from assent.governance.requests.records import events
from assent.governance.requests.records.rows import Request
from assent.governance.requests.records.tables import LONGEST_COMMENT, RequestState
from assent.registry.names import must_be_text


def withdraw(session: Session, request_id: int, *, by: Principal, reason: str = "") -> Request:
    """Close one's own request, or anybody's for who manages the model. Raises NotFound, Denied and Conflict."""
    must_be_text("comment", reason, LONGEST_COMMENT)
    there = finding.held(session, request_id, by=by)
    entitled.to_withdraw(there, by=by)
    events.close(session, there.request, RequestState.WITHDRAWN, by=by, at=there.moving.at, reason=reason)
    return looking.again(session, there.request)
