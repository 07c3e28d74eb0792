"""The move itself: request, stage or alias, incumbents, histories, audit and outbox in one transaction."""

from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from assent.access.policy.principals import SYSTEM, Principal
from assent.governance.requests.completing import overtaking
from assent.governance.requests.evaluation.judging import Judged
from assent.governance.requests.evaluation.moving import Moving
from assent.governance.requests.records import events
from assent.governance.requests.records.rows import REQUESTS, Request
from assent.governance.requests.records.tables import RequestState
from assent.governance.targets import DELETION_OF_MODEL, TargetKind
from assent.registry import aliases, deletions, transitions

_FOUND = (
    update(REQUESTS)
    .where(REQUESTS.c.id == bindparam("request"))
    .values(
        report=bindparam("found"),
        digest=bindparam("reviewed"),
        overridden_by_id=bindparam("overrider"),
        review_due_at=bindparam("due"),
    )
)


def apply(session: Session, request: Request, moving: Moving, judged: Judged, *, by: Principal) -> None:
    """Make the move of a request of which nothing is missing, and close the request."""
    _keep(session, request, judged)
    _make(session, request, moving, by)
    events.close(
        session, request, RequestState.APPLIED, by=by, at=moving.at, details={"report": judged.report.told()}
    )
    _overtake(session, moving, by)


def override(
    session: Session, request: Request, moving: Moving, judged: Judged, *, by: Principal, reason: str, due_at: int
) -> None:
    """Make the move of a request without what it lacks; somebody else must review that until a moment."""
    _keep(session, request, judged, overrider=by.id, due=due_at)
    _make(session, request, moving, by)
    details = {"report": judged.report.told(), "overridden": True, "review_due_at": due_at}
    events.close(session, request, RequestState.APPLIED, by=by, at=moving.at, reason=reason, details=details)
    _overtake(session, moving, by)


def _overtake(session: Session, moving: Moving, by: Principal) -> None:
    """End all other requests of what is deleted."""
    if moving.target.kind is not TargetKind.DELETION:
        return
    if moving.version is None:
        overtaking.of_model(session, moving.model.id, by=by, at=moving.at, reason="The model was deleted.")
    else:
        overtaking.of_version(session, moving.version.id, by=by, at=moving.at, reason="The version was deleted.")


def _keep(session: Session, request: Request, judged: Judged, **overridden: Any) -> None:
    found = {"request": request.id, "found": judged.report.told(), "reviewed": judged.report.digest}
    session.execute(_FOUND, {**found, "overrider": None, "due": None, **overridden})


def _make(session: Session, request: Request, moving: Moving, by: Principal) -> None:
    """Move, in the name of who completed the request or, where time alone did, of who opened it.

    What rights the move takes was asked when it was judged: that of who completes it need not be one of them.
    """
    actor = by if by.id is not None else replace(by, id=request.opened_by_id, name=request.opened_by)
    mover = replace(SYSTEM, id=actor.id, name=actor.name, kind=actor.kind, token_id=by.token_id)
    name, number, target = moving.model.name, moving.wish.number, moving.target
    match target.kind:
        case TargetKind.STAGE if number is not None:
            transition = transitions.begin(
                session,
                name,
                number,
                target.name,
                archive_existing=request.archive_existing,
                by=mover,
                at=moving.at,
            )
            transitions.apply(session, transition, by=mover, request=request.id)
        case TargetKind.ALIAS if number is not None:
            aliases.point(session, name, target.name, number, by=mover, at=moving.at, request=request.id)
        case TargetKind.DELETION if target == DELETION_OF_MODEL:
            deletions.delete_model(session, name, by=mover, at=moving.at, request=request.id)
        case _:
            assert number is not None  # noqa: S101 (only a model is moved without a number)
            deletions.delete_version(session, name, number, by=mover, at=moving.at, request=request.id)
