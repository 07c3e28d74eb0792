"""Native calls on transition requests: asked for, explained, decided on."""

from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.api import request_schemas as s
from assent.api.face import api
from assent.governance import moves
from assent.governance.requests.acting import deciding, due, finding, overriding, withdrawing
from assent.governance.requests.acting.opening import Asked
from assent.governance.requests.evaluation import moving
from assent.governance.requests.records import rows
from assent.governance.requests.records.rows import Decided, Request
from assent.governance.requests.viewing import explaining, inbox
from assent.governance.requests.viewing.inbox import Sought
from assent.http.calls import Opening, Uses
from assent.http.renames import follows_renames
from assent.http.waiting import Places
from assent.kernel.dialects import Reader
from assent.kernel.patterns import names_like

_VERSION = "/models/<name>/versions/<int:number>"
_REQUEST = "/requests/<int:request_id>"


@api.call("POST", f"{_VERSION}/requests", takes=s.NewRequest(), gives=s.Promoted(), errors=(403, 404, 409))
def promote_version(
    session: Session, name: str, number: int, to: str, archive_existing: bool, *, by: Principal, **asked: Any
) -> dict[str, Any]:
    """Move a version to a stage, under an alias or away; where a gate guards that, ask for it, also once more."""
    wish = moving.wish(session, name, number, to, archive_existing=archive_existing)
    return _promoted(session, moves.promote(session, wish, by=by, **asked))


@api.call("POST", "/models/<name>/requests", takes=s.NewRequest(), gives=s.Promoted(), errors=(403, 404, 409))
def promote_model(
    session: Session, name: str, to: str, archive_existing: bool, *, by: Principal, **asked: Any
) -> dict[str, Any]:
    """Delete a model, or ask for it where a gate guards that."""
    wish = moving.wish(session, name, None, to, archive_existing=archive_existing)
    return _promoted(session, moves.promote(session, wish, by=by, **asked))


@api.call(
    "GET", f"{_VERSION}/explain", takes=s.Where(), gives=s.Explained(), errors=(404,), uses=Uses.READS, redirects=True
)
@follows_renames
def explain_move(
    session: Reader, name: str, number: int, *, by: Principal, to: str, archive_existing: bool
) -> dict[str, Any]:
    """Tell what a move lacks: each requirement, why it stands as it does, and who can still satisfy it.

    What somebody asked for already is told as they asked for it, `archive_existing` too: that is what would be made.
    """
    wish = moving.wish(session, name, number, to, archive_existing=archive_existing)
    found = explaining.explain(session, wish, by=by)
    return {
        "guarded": found.is_guarded,
        "there": found.is_there,
        "report": found.report.told(),
        "request": _told(found.request, found.decisions) if found.request else None,
    }


@api.call("GET", "/requests", takes=s.Which(), gives=s.Requests(), errors=(403,), uses=Uses.READS)
def list_requests(
    session: Reader,
    *,
    by: Principal,
    to: str,
    models: str | None,
    in_place_of: str | None,
    size: int,
    **which: Any,
) -> dict[str, Any]:
    """List requests over all models: what waits for the caller, what they asked for, what is stuck and why."""
    target = moving.target(session, to) if to else None
    names = names_like(models) if models is not None else None
    sought = Sought(target=target, models=names, size=size + 1, **which)
    found = inbox.listed(session, sought, by=by, in_place_of=in_place_of)
    decided = rows.decisions_of(session, [each.id for each in found[:size]])
    return {
        "requests": [_told(each, decided[each.id]) for each in found[:size]],
        "next_before": found[size - 1].id if len(found) > size else None,
    }


@api.call("GET", _REQUEST, takes=s.News(), gives=s.OneRequest(), errors=(404,), uses=Uses.LOOKS)
def get_request(opened: Opening, request_id: int, *, by: Principal, wait: int, seen: int | None) -> dict[str, Any]:
    """Get a request with all that was decided on it; with `wait`, once there is news of it.

    Where it is open, and its `changes` are still what the caller has `seen`, the answer comes when they are not, or
    after so many seconds. Where too many wait already it comes at once: then ask again after a few seconds.
    """
    with opened() as session:
        request = finding.seen(session, request_id, by=by)
        if not (wait and request.is_open and request.changes == seen):
            return _answer(session, request)
    places: Places = current_app.config["PLACES_TO_WAIT"]
    places.wait_until(lambda: _changes(opened, request_id) != seen, seconds=wait)
    with opened() as session:
        return _answer(session, finding.seen(session, request_id, by=by))


@api.call("POST", f"{_REQUEST}/look", gives=s.OneRequest(), errors=(403, 404))
def look_at_request(session: Session, request_id: int, *, by: Principal) -> dict[str, Any]:
    """Judge an open request anew: it is applied where nothing is missing any more."""
    return _answer(session, due.look_when_asked(session, request_id, by=by))


@api.call(
    "POST",
    f"{_REQUEST}/approve",
    takes=s.NewApproval(),
    gives=s.OneRequest(),
    errors=(403, 404, 409),
    confirmed_by=lambda _, asked: asked["password"],
)
def approve_request(
    session: Session, request_id: int, password: str, *, by: Principal, **decided: Any
) -> dict[str, Any]:
    """Approve a request; the move is made once nothing is missing."""
    return _answer(
        session, deciding.approve(session, request_id, by=by, password_confirmed=bool(password), **decided)
    )


@api.call("POST", f"{_REQUEST}/take-back", gives=s.OneRequest(), errors=(403, 404, 409))
def take_back_approval(session: Session, request_id: int, *, by: Principal) -> dict[str, Any]:
    """Take one's approval back."""
    return _answer(session, deciding.take_back(session, request_id, by=by))


@api.call("POST", f"{_REQUEST}/reject", takes=s.NewRejection(), gives=s.OneRequest(), errors=(403, 404, 409))
def reject_request(
    session: Session, request_id: int, comment: str, in_place_of: str | None, *, by: Principal
) -> dict[str, Any]:
    """Reject a request, for a reason."""
    return _answer(session, deciding.reject(session, request_id, comment, in_place_of=in_place_of, by=by))


@api.call("POST", f"{_REQUEST}/withdraw", takes=s.Remark(), gives=s.OneRequest(), errors=(403, 404, 409))
def withdraw_request(session: Session, request_id: int, comment: str, *, by: Principal) -> dict[str, Any]:
    """Withdraw one's own request, or somebody's where one manages the model."""
    return _answer(session, withdrawing.withdraw(session, request_id, reason=comment, by=by))


@api.call("POST", f"{_REQUEST}/override", takes=s.Reason(), gives=s.OneRequest(), errors=(403, 404, 409))
def override_request(session: Session, request_id: int, comment: str, *, by: Principal) -> dict[str, Any]:
    """Make the move without what it lacks, for a reason: that owes a review by somebody else."""
    allowed = bool(current_app.config["ALLOW_OVERRIDES"])
    return _answer(session, overriding.override(session, request_id, comment, by=by, allowed=allowed))


@api.call("POST", f"{_REQUEST}/review", takes=s.Reason(), gives=s.OneRequest(), errors=(403, 404, 409))
def review_override(session: Session, request_id: int, comment: str, *, by: Principal) -> dict[str, Any]:
    """Say what the review of an override found."""
    return _answer(session, overriding.review(session, request_id, comment, by=by))


def _changes(opened: Opening, request_id: int) -> int:
    with opened() as session:
        return finding.changes(session, request_id)


def _promoted(session: Session, asked: Asked | None) -> dict[str, Any]:
    if asked is None:
        return {"applied": True, "request": None}
    return {"applied": asked.is_applied, "request": _answer(session, asked.request)}


def _answer(session: Reader, request: Request) -> dict[str, Any]:
    return _told(request, rows.decisions(session, request.id))


def _told(request: Request, decisions: list[Decided]) -> dict[str, Any]:
    return {
        "id": request.id,
        "model": request.model,
        "version": request.version,
        "target": str(request.target),
        "archive_existing": request.archive_existing,
        "state": request.state.value,
        "comment": request.comment,
        "opened_at": request.opened_at,
        "opened_by": request.opened_by,
        "not_before": request.not_before,
        "expires_at": request.expires_at,
        "closed_at": request.closed_at,
        "closed_by": request.closed_by,
        "close_reason": request.close_reason,
        "overridden_by": request.overridden_by,
        "review_due_at": request.review_due_at,
        "reviewed_at": request.reviewed_at,
        "reviewed_by": request.reviewed_by,
        "review_note": request.review_note,
        "changes": request.changes,
        "report": request.report,
        "decisions": [_decision(each) for each in decisions],
    }


def _decision(found: Decided) -> dict[str, Any]:
    return {
        "id": found.id,
        "verdict": found.verdict.value,
        "by": found.decided_by,
        "in_place_of": found.in_place_of,
        "at": found.decided_at,
        "comment": found.comment,
        "signature": found.signature,
        "digest": found.digest,
        "ended_at": found.ended_at,
        "ending": found.ending,
    }
