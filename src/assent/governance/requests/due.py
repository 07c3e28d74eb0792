"""What time does to requests: some expire, some are applied since the last thing they waited for has come."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from assent.access.levels import Level
from assent.access.principals import SYSTEM, Principal
from assent.access.reach import Reach
from assent.governance.requests import looking, overtaking, rows
from assent.governance.requests.rows import REQUESTS, Request
from assent.governance.requests.tables import RequestState
from assent.governance.rules import standing as rules
from assent.kernel.clock import now
from assent.kernel.dialects import Reader
from assent.kernel.errors import NotFound

_DUE = (
    select(REQUESTS.c.id)
    .where(REQUESTS.c.state == RequestState.OPEN, REQUESTS.c.look_at <= bindparam("at"))
    .order_by(REQUESTS.c.look_at)
    .limit(bindparam("most"))
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


def look_at_all_of(session: Session, version_id: int, *, by: Principal) -> list[Request]:
    """Look at every open request of a version, since something about it changed. Its model's row is held."""
    # The move that one of them asked for may have ended the others.
    found = (looking.again(session, request) for request in overtaking.open_of(session, version_id))
    return [look(session, request, by=by) for request in found if request.is_open]


def look_at_all_of_model(session: Session, model_id: int, *, by: Principal, number: int | None = None) -> None:
    """Look at every open request of a model, or of the version of it with that number. Its row is held."""
    for request in overtaking.open_of_model(session, model_id):
        if number in (None, request.version):
            look(session, request, by=by)


def system(default: Level) -> Principal:
    """Who acts when time does."""
    return Principal(None, SYSTEM.name, is_administrator=True, reach=Reach(default=default))
