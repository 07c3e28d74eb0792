"""Requests by what they ask for: the faces of other people's protocols name none by its id."""

from sqlalchemy import bindparam, select

from assent.access.granting.visibility import Granted
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.governance.requests.completing import overtaking
from assent.governance.requests.evaluation import rights
from assent.governance.requests.evaluation.moving import Wish
from assent.governance.requests.records import rows
from assent.governance.requests.records.events import BARS
from assent.governance.requests.records.rows import REQUESTS, SELECT, Request
from assent.governance.requests.records.tables import RequestState
from assent.governance.requirements.findings import moment
from assent.governance.targets import TargetKind
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, table
from assent.kernel.errors import NotFound
from assent.registry import reading
from assent.registry.tables import StageHistory
from assent.registry.views import Version

_HISTORY = table(StageHistory)
_LAST = (
    SELECT.where(
        REQUESTS.c.version_id == bindparam("version"),
        REQUESTS.c.kind == bindparam("kind"),
        REQUESTS.c.target == bindparam("target"),
    )
    .order_by(REQUESTS.c.id.desc())
    .limit(1)
)
_LEFT = select(_HISTORY.c.stage).where(
    _HISTORY.c.version_id == bindparam("version"), _HISTORY.c.valid_until == bindparam("at")
)
_IS_BARRED = select(BARS.c.request_id).where(
    BARS.c.request_id == bindparam("request"), BARS.c.principal_id == bindparam("principal")
)


def for_stages(session: Reader, version: Version) -> list[Request]:
    """The requests of a version for stages that may still be decided on, the oldest first."""
    at = now()
    return [
        request
        for request in overtaking.open_of(session, version.id)
        if request.kind is TargetKind.STAGE and (request.expires_at is None or request.expires_at > at)
    ]


def found(session: Reader, wish: Wish, became: RequestState, *, by: Principal) -> Request:
    """The open request for a move of a version, or the last one where the caller had a part in what it became.

    So whoever makes a call again, since its answer was lost, gets that answer. Raises NotFound.
    """
    number = wish.number or 0
    version = reading.version_numbered(session, wish.name, number, by=by)
    request = last(session, version, wish)
    if request is not None and (request.is_open or _is_done(session, request, became, version, by)):
        return request
    why = f"There is no open transition request for version {number} of {wish.name} to {wish.target}."
    if request is not None and request.closed_at is not None:
        why += f" The last one, request {request.id}, is {request.state} since {moment(request.closed_at)}."
    raise NotFound(why)


def last(session: Reader, version: Version, wish: Wish) -> Request | None:
    """The last request of a version for a target, whatever became of it."""
    wanted = {"version": version.id, "kind": wish.target.kind, "target": wish.target.name}
    row = session.execute(_LAST, wanted).first()
    return rows.request(row) if row is not None else None


def stage_left(session: Reader, request: Request, version: Version) -> str:
    """From which stage a request took its version; the one where it stands where it did not."""
    if request.state is not RequestState.APPLIED:
        return version.stage
    return session.scalar(_LEFT, {"version": version.id, "at": request.closed_at}) or version.stage


def may_approve(session: Reader, request: Request, *, by: Principal, granted: Granted) -> bool:
    """Whether an approval by the caller would be news, and could count."""
    barred = session.scalar(_IS_BARRED, {"request": request.id, "principal": by.id}) is not None
    return may_reject(session, request, by=by, granted=granted) and not barred


def may_reject(session: Reader, request: Request, *, by: Principal, granted: Granted) -> bool:
    """Whether the caller may decide on a request, whatever that counts."""
    right = rights.to_decide(session, request.target)
    return request.is_open and _may(request, right, by, granted)


def may_withdraw(request: Request, *, by: Principal, granted: Granted) -> bool:
    """Whether the caller may withdraw a request."""
    right = Permission.REQUEST_OPEN if request.opened_by_id == by.id else Permission.MODEL_MANAGE
    return request.is_open and _may(request, right, by, granted)


def _may(request: Request, right: Permission, by: Principal, granted: Granted) -> bool:
    return by.may(right, request.model, granted) and by.limits.allow_target(str(request.target))


def _is_done(session: Reader, request: Request, became: RequestState, version: Version, by: Principal) -> bool:
    """Whether a request became what the caller wants, with their part in it, and that is still so."""
    if request.state is not became:
        return False
    if became is not RequestState.APPLIED:
        return request.closed_by == by.name
    decided = rows.standing(session, request.id)
    return version.stage == request.target_name and any(each.decided_by_id == by.id for each in decided)
