"""What becomes of a request: written to its row, told to the audit log, and queued for whoever is to hear of it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete, update
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.governance.requests.records.rows import REQUESTS, Request
from assent.governance.requests.records.tables import Awaited, Barred, RequestState
from assent.kernel import outbox
from assent.kernel.dialects import table

AWAITS = table(Awaited)
BARS = table(Barred)

_TOLD = {
    RequestState.APPLIED: Action.REQUEST_APPLIED,
    RequestState.REJECTED: Action.REQUEST_REJECTED,
    RequestState.WITHDRAWN: Action.REQUEST_WITHDRAWN,
    RequestState.EXPIRED: Action.REQUEST_EXPIRED,
    RequestState.SUPERSEDED: Action.REQUEST_SUPERSEDED,
}
_CLOSE = (
    update(REQUESTS)
    .where(REQUESTS.c.id == bindparam("request"), REQUESTS.c.state == RequestState.OPEN)
    .values(
        state=bindparam("became"),
        closed_at=bindparam("at"),
        closed_by_id=bindparam("by"),
        close_reason=bindparam("reason"),
        look_at=None,
        changes=REQUESTS.c.changes + 1,
    )
)
_NOBODY = tuple(delete(people).where(people.c.request_id == bindparam("request")) for people in (AWAITS, BARS))


def subject(request: Request) -> Subject:
    """A request, as an audit event names it: by its model and version, so that it is told with their story."""
    return Subject(
        "transition_request", request.id, request.model, model_id=request.model_id, version=request.version
    )


def tell(
    session: Session,
    action: Action,
    request: Request,
    *,
    by: Principal,
    at: int,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Tell the audit log and the outbox what happened to a request."""
    told = {"request": request.id, "target": str(request.target), **(details or {})}
    record(session, action, by=by, on=subject(request), details=told, at=at)
    outbox.put(session, action.value, {"model": request.model, "version": request.version, "by": by.name, **told})


def close(
    session: Session,
    request: Request,
    became: RequestState,
    *,
    by: Principal,
    at: int,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """End an open request, whose model's row this transaction holds."""
    session.execute(_CLOSE, {"request": request.id, "became": became, "at": at, "by": by.id, "reason": reason})
    await_nobody(session, request.id)
    told = {"reason": reason} if reason else {}
    tell(session, _TOLD[became], request, by=by, at=at, details={**told, **(details or {})})


def await_nobody(session: Session, request_id: int) -> None:
    """Let a request wait for nobody."""
    for statement in _NOBODY:
        session.execute(statement, {"request": request_id})
