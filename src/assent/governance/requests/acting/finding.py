"""Requests as they are asked for: seen by whoever may read their model, held by whoever changes them."""

from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from assent.access.granting.visibility import Granted, Guarded
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.governance.requests.completing import looking
from assent.governance.requests.evaluation.moving import Moving
from assent.governance.requests.records import rows
from assent.governance.requests.records.rows import REQUESTS, Request
from assent.governance.requirements.findings import moment
from assent.governance.rules import standing as rules
from assent.governance.rules.standing import Standing
from assent.kernel.dialects import Reader
from assent.kernel.errors import Conflict, NotFound
from assent.registry.views import MODELS

_LARGEST_ID = 2**63 - 1
_BY_ID = Guarded(rows.SELECT.where(REQUESTS.c.id == bindparam("id")), MODELS.c.id)
_CHANGES = select(REQUESTS.c.changes).where(REQUESTS.c.id == bindparam("id"))


class There(NamedTuple):
    """An open or closed request with what it would move, whose rows the transaction holds, under the rules now."""

    request: Request
    moving: Moving
    standing: Standing
    granted: Granted


def seen(session: Reader, request_id: int, *, by: Principal) -> Request:
    """A request. Raises NotFound where there is none, or none that the caller may read."""
    return seen_with_grants(session, request_id, by=by)[0]


def seen_with_grants(session: Reader, request_id: int, *, by: Principal) -> tuple[Request, Granted]:
    """The same, and what the caller was granted on its very model."""
    found = _BY_ID.first(session, by, {"id": min(request_id, _LARGEST_ID)})
    if found is not None:
        request = rows.request(found.row)
        if by.may(Permission.MODEL_READ, request.model, found.granted):
            return request, found.granted
    raise NotFound(f"There is no transition request {request_id}.")


def changes(session: Reader, request_id: int) -> int:
    """How much has become of a request that was seen before: for who waits for news, and looks often."""
    found: int = session.scalars(_CHANGES, {"id": request_id}).one()
    return found


def held(session: Session, request_id: int, *, by: Principal) -> There:
    """An open request and what it would move, held until the transaction ends. Raises NotFound and Conflict.

    The rules first, then the model, then the version: everybody takes them in this order.
    """
    request = seen(session, request_id, by=by)
    must_be_open(request)
    standing = rules.held(session)
    request, there, granted = looking.held(session, request, standing, by=by)
    must_be_open(request, there.at)
    return There(request, there, standing, granted)


def must_be_open(request: Request, at: int = 0) -> None:
    """Raise Conflict unless a request is open, and has not expired by a moment."""
    if not request.is_open:
        raise Conflict(f"Request {request.id} is {request.state} since {moment(request.closed_at or 0)}.")
    if request.expires_at is not None and request.expires_at <= at:
        raise Conflict(f"Request {request.id} expired at {moment(request.expires_at)}: open a new one.")
