"""What reviewers do about a request. Whatever is refused is told on the request's page, with what was typed."""

from typing import Any

from flask import Response, current_app, flash, url_for
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.governance.requests.acting import deciding, due, overriding, withdrawing
from assent.governance.requests.records.rows import Request
from assent.governance.requests.records.tables import RequestState
from assent.web.frame.face import web
from assent.web.frame.pages import see
from assent.web.frame.refusals import sent_from
from assent.web.requests import schemas as s
from assent.web.requests.request import HERE, request_page


@web.call("POST", f"{HERE}/approve", takes=s.Approval(), confirmed_by=lambda _, asked: asked["password"])
@sent_from(request_page)
def approve(session: Session, request_id: int, password: str, *, by: Principal, **decided: Any) -> Response:
    """Approve what was seen."""
    done = deciding.approve(session, request_id, by=by, password_confirmed=bool(password), **decided)
    return _done(done, "You approved it.")


@web.call("POST", f"{HERE}/reject", takes=s.Decision())
@sent_from(request_page)
def reject(session: Session, request_id: int, comment: str, in_place_of: str | None, *, by: Principal) -> Response:
    """Reject a request, for a reason."""
    return _done(deciding.reject(session, request_id, comment, in_place_of=in_place_of, by=by), "You rejected it.")


@web.call("POST", f"{HERE}/take-back")
@sent_from(request_page)
def take_back(session: Session, request_id: int, *, by: Principal) -> Response:
    """Take one's approval back."""
    return _done(deciding.take_back(session, request_id, by=by), "Your approval is taken back.")


@web.call("POST", f"{HERE}/withdraw", takes=s.Remark())
@sent_from(request_page)
def withdraw(session: Session, request_id: int, comment: str, *, by: Principal) -> Response:
    """Withdraw a request."""
    return _done(withdrawing.withdraw(session, request_id, reason=comment, by=by), "The request is withdrawn.")


@web.call("POST", f"{HERE}/override", takes=s.Remark())
@sent_from(request_page)
def override(session: Session, request_id: int, comment: str, *, by: Principal) -> Response:
    """Make the move without what it lacks, for a reason."""
    allowed = bool(current_app.config["ALLOW_OVERRIDES"])
    return _done(overriding.override(session, request_id, comment, by=by, allowed=allowed), "You overrode the gate.")


@web.call("POST", f"{HERE}/review", takes=s.Remark())
@sent_from(request_page)
def review(session: Session, request_id: int, comment: str, *, by: Principal) -> Response:
    """Say what the review of an override found."""
    overriding.review(session, request_id, comment, by=by)
    flash("The override is reviewed.")
    return _back(request_id)


@web.call("POST", f"{HERE}/look")
@sent_from(request_page)
def look(session: Session, request_id: int, *, by: Principal) -> Response:
    """Judge a request anew."""
    return _done(due.look_when_asked(session, request_id, by=by), "It was judged anew.")


def _done(request: Request, said: str) -> Response:
    """Tell what was done, and what became of the request by that."""
    if request.state is RequestState.APPLIED:
        moved = f"version {request.version} of {request.model}" if request.version else request.model
        said += f" Nothing is missing any more, and the move is made: {moved} to {request.target}."
    elif request.is_open and said.startswith("You approved"):
        said += " The request waits for what is still missing."
    flash(said)
    return _back(request.id)


def _back(request_id: int) -> Response:
    return see(url_for("web.request_page_get", request_id=request_id))
