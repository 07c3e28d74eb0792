"""What time does to requests: some expire, some are applied since the last thing they waited for has come."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from assent.access.policy.levels import Level
from assent.access.policy.principals import SYSTEM, Principal
from assent.access.policy.reach import Reach
from assent.governance.requests.acting import entitled, finding
from assent.governance.requests.completing import looking, waiting
from assent.governance.requests.records import rows
from assent.governance.requests.records.rows import REQUESTS, Request
from assent.governance.requests.records.tables import RequestState
from assent.governance.rules import standing as rules
from assent.kernel.clock import now
from assent.kernel.dialects import Reader
from assent.kernel.errors import NotFound
from assent.registry import models

_DUE = (
    select(REQUESTS.c.id)
    .where(REQUESTS.c.state == RequestState.OPEN, REQUESTS.c.look_at <= bindparam("at"))
    .order_by(REQUESTS.c.look_at)
    .limit(bindparam("most"))
)

_PUT_OFF = (
    update(REQUESTS)
    .where(REQUESTS.c.id == bindparam("request"), REQUESTS.c.state == RequestState.OPEN)
    .values(look_at=bindparam("later"))
)


def due(session: Reader, *, most: int) -> list[int]:
    """The ids of open requests that are to be looked at now, those that wait longest first."""
    return list(session.scalars(_DUE, {"at": now(), "most": most}))


def look_at(session: Session, request_id: int, *, default: Level) -> Request:
    """Look at a request in nobody's name: it may expire, be applied, or wait on.

    `default` is the level that everybody has on every model.
    """
    request = rows.by_id(session, request_id)
    if request is None:
        raise NotFound(f"There is no transition request {request_id}.")
    return look(session, request, by=system(default))


def look(session: Session, request: Request, *, by: Principal) -> Request:
    """The same in somebody's name, who may read its model."""
    standing = rules.held(session)
    request, there, _ = looking.held(session, request, standing, by=by)
    if not request.is_open:
        return request
    if not looking.is_over(session, request, there.at, by=by):
        looking.look(session, there, request, standing, by=by)
    return looking.again(session, request)


def look_when_asked(session: Session, request_id: int, *, by: Principal) -> Request:
    """The same for somebody who could ask for the move themselves, since it may be made by this.

    Raises NotFound and Denied.
    """
    request = finding.seen(session, request_id, by=by)
    if not request.is_open:
        return request
    rules.held(session)
    model = models.lock(session, request.model, by=by)
    entitled.to_look(request, model.granted, by=by)
    return look(session, request, by=by)


def look_at_all(session: Session, requests: Iterable[Request], *, by: Principal) -> None:
    """Look at some requests of a model whose row is held, since something changed that they may wait for."""
    for request in requests:
        # The move that one of them asked for may have ended the others.
        now_so = looking.again(session, request)
        if now_so.is_open:
            look(session, now_so, by=by)


def put_off(session: Session, request_id: int) -> None:
    """Look at a request later, since it cannot be looked at now: the others do not wait for it."""
    session.execute(_PUT_OFF, {"request": request_id, "later": now() + waiting.PATIENCE})


def system(default: Level) -> Principal:
    """Who acts when time does."""
    return Principal(None, SYSTEM.name, is_administrator=True, reach=Reach(default=default))
