"""Calls on transition requests, which this protocol names by version and stage, and on moves with a comment."""

from typing import Any

from sqlalchemy.orm import Session

from assent.access.policy.levels import highest
from assent.access.policy.principals import Principal
from assent.databricks import activities
from assent.databricks import request_schemas as s
from assent.databricks.face import databricks
from assent.governance import moves, targets
from assent.governance.requests.acting import deciding, opening, wished, withdrawing
from assent.governance.requests.evaluation.moving import Wish
from assent.governance.requests.records.rows import Request
from assent.governance.requests.records.tables import RequestState
from assent.http.calls import Uses
from assent.http.wire.answers import model_version
from assent.kernel.dialects import Reader
from assent.kernel.errors import AlreadyExists, NotFound
from assent.registry import permissions, reading, stages
from assent.registry.views import Version

_REQUESTS = "/mlflow/transition-requests"


@databricks.call(
    "POST", f"{_REQUESTS}/create", takes=s.NewTransition(), gives=s.OneTransitionRequest(), errors=(403, 404, 409)
)
def create_transition_request(
    session: Session, name: str, number: int, stage: str, comment: str, *, by: Principal
) -> dict[str, Any]:
    """Ask for a move, also where no gate guards it: then it waits for one approval. Once more gives the same."""
    wish = _wish(session, name, number, stage)
    request = _asked_before(session, wish, by) or opening.request(session, wish, by=by, comment=comment).request
    if request.is_open and request.opened_by_id != by.id:
        raise AlreadyExists(f"{_called(wish)} was asked for by {request.opened_by}: request {request.id} is open.")
    return {"request": _told(session, request, _version(session, wish, by), by)}


@databricks.call(
    "GET",
    f"{_REQUESTS}/list",
    takes=s.OfVersion(),
    gives=s.TransitionRequests(),
    errors=(404,),
    uses=Uses.READS,
)
def list_transition_requests(session: Reader, name: str, number: int, *, by: Principal) -> dict[str, Any]:
    """List the open requests of a version for stages. Those for aliases and deletions are in the native API alone."""
    version = reading.version_numbered(session, name, number, by=by)
    found = _open(session, version, by)
    return {"requests": found} if found else {}


@databricks.call(
    "POST", f"{_REQUESTS}/approve", takes=s.ApprovedTransition(), gives=s.OneActivity(), errors=(403, 404, 409)
)
def approve_transition_request(
    session: Session,
    name: str,
    number: int,
    stage: str,
    *,
    comment: str,
    archive_existing_versions: bool | None,
    by: Principal,
) -> dict[str, Any]:
    """Approve the open request for a move. It is made once nothing is missing; until then the request stays open."""
    wish = _wish(session, name, number, stage)
    request = wished.found(session, wish, RequestState.APPLIED, by=by)
    if request.is_open:
        archive = archive_existing_versions
        request = deciding.approve(session, request.id, by=by, comment=comment, archive_existing=archive)
    return {"activity": activities.approval(session, request, _version(session, wish, by), by=by)}


@databricks.call(
    "POST", f"{_REQUESTS}/reject", takes=s.NewTransition(), gives=s.OneActivity(), errors=(403, 404, 409)
)
def reject_transition_request(
    session: Session, name: str, number: int, stage: str, comment: str, *, by: Principal
) -> dict[str, Any]:
    """Reject the open request for a move. The comment is the reason, and must be there."""
    wish = _wish(session, name, number, stage)
    request = wished.found(session, wish, RequestState.REJECTED, by=by)
    if request.is_open:
        request = deciding.reject(session, request.id, comment, by=by)
    return {"activity": activities.rejection(session, request, _version(session, wish, by), by=by)}


@databricks.call(
    "DELETE",
    f"{_REQUESTS}/delete",
    takes=s.CancelledTransition(),
    gives=s.OneActivity(),
    errors=(403, 404, 409),
)
def delete_transition_request(
    session: Session, name: str, number: int, stage: str, *, comment: str, creator: str, by: Principal
) -> dict[str, Any]:
    """Withdraw the open request for a move that the creator opened."""
    wish = _wish(session, name, number, stage)
    request = wished.found(session, wish, RequestState.WITHDRAWN, by=by)
    if request.opened_by != creator:
        raise NotFound(f"{_called(wish)} was asked for by {request.opened_by}, and not by {creator[:256]}.")
    if request.is_open:
        request = withdrawing.withdraw(session, request.id, reason=comment, by=by)
    return {"activity": activities.cancellation(session, request, _version(session, wish, by))}


@databricks.call(
    "POST",
    "/mlflow/databricks/model-versions/transition-stage",
    takes=s.MovedTransition(),
    gives=s.OneVersionDatabricks(),
    errors=(403, 404),
)
def transition_stage(
    session: Session,
    name: str,
    number: int,
    stage: str,
    *,
    archive_existing_versions: bool,
    comment: str,
    by: Principal,
) -> dict[str, Any]:
    """Move a version into a stage. Where a gate guards that, a request is opened, whose comment this one is."""
    archive = archive_existing_versions
    moved = moves.transition(session, name, number, stage, archive_existing=archive, comment=comment, by=by)
    model = permissions.named(session, name, by=by)
    told = {**model_version(moved), "permission_level": highest(by.levels(model.name, model.granted))}
    found = _open(session, moved, by)
    version = told | ({"open_requests": found} if found else {})
    return {"model_version_databricks": version, "model_version": version}


def _wish(session: Reader, name: str, number: int, stage: str) -> Wish:
    """A move into a stage: this protocol has no word for others."""
    return Wish(name, number, targets.stage(stages.named(session, stage).name))


def _called(wish: Wish) -> str:
    return f"The move of version {wish.number} of {wish.name} to {wish.target}"


def _asked_before(session: Session, wish: Wish, by: Principal) -> Request | None:
    """The caller's own request by which the version stands where they want it."""
    version = _version(session, wish, by)
    request = wished.last(session, version, wish)
    is_theirs = request is not None and request.opened_by_id == by.id and request.state is RequestState.APPLIED
    return request if is_theirs and version.stage == wish.target.name else None


def _version(session: Reader, wish: Wish, by: Principal) -> Version:
    return reading.version_numbered(session, wish.name, wish.number or 0, by=by)


def _open(session: Reader, version: Version, by: Principal) -> list[dict[str, Any]]:
    return [_told(session, each, version, by) for each in wished.for_stages(session, version)]


def _told(session: Reader, request: Request, version: Version, by: Principal) -> dict[str, Any]:
    granted = permissions.named(session, version.name, by=by).granted
    return activities.request(session, request, version, by=by, granted=granted)
