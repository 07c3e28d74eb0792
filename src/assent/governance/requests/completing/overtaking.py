"""Requests that nobody decides on any more, since what they asked for came to pass, or cannot."""

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.governance.requests.records import events, rows
from assent.governance.requests.records.rows import REQUESTS, SELECT, Request
from assent.governance.requests.records.tables import RequestState
from assent.governance.targets import Target
from assent.kernel.dialects import Reader

_OPEN_OF_VERSION = SELECT.where(
    REQUESTS.c.version_id == bindparam("version"), REQUESTS.c.state == RequestState.OPEN
).order_by(REQUESTS.c.id)
_OPEN_OF_MODEL = SELECT.where(
    REQUESTS.c.model_id == bindparam("model"), REQUESTS.c.state == RequestState.OPEN
).order_by(REQUESTS.c.id)


def of_version(
    session: Session, version_id: int, *, by: Principal, at: int, reason: str, target: Target | None = None
) -> None:
    """Close what is open of a version, or its request for one target, since it came to pass or cannot any more."""
    for request in open_of(session, version_id):
        if target is None or request.target == target:
            events.close(session, request, RequestState.SUPERSEDED, by=by, at=at, reason=reason)


def open_of(session: Reader, version_id: int) -> list[Request]:
    """The open requests of a version, the oldest first."""
    return [rows.request(row) for row in session.execute(_OPEN_OF_VERSION, {"version": version_id})]


def of_model(session: Session, model_id: int, *, by: Principal, at: int, reason: str) -> None:
    """Close what is open of a model and of its versions."""
    for request in open_of_model(session, model_id):
        events.close(session, request, RequestState.SUPERSEDED, by=by, at=at, reason=reason)


def open_of_model(session: Reader, model_id: int) -> list[Request]:
    """The open requests of a model and of its versions, the oldest first."""
    return [rows.request(row) for row in session.execute(_OPEN_OF_MODEL, {"model": model_id})]
