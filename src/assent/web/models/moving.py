"""Moves as pages: where a version can go, what that would change, what is missing, and the form that asks for it."""

from dataclasses import dataclass
from urllib.parse import quote

import flask
from flask import Response
from flask import request as asked
from sqlalchemy.orm import Session

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.governance import moves
from assent.governance.requests.acting.opening import Asked
from assent.governance.requests.evaluation import moving
from assent.governance.requests.evaluation.moving import Wish
from assent.governance.requests.viewing import explaining
from assent.governance.rules import lifecycles, standing
from assent.governance.targets import DELETION_OF_MODEL, TargetKind
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader
from assent.kernel.errors import Conflict, Invalid
from assent.registry import reading, rights
from assent.registry.tiers import Stage
from assent.registry.views import Model, Version
from assent.web.frame import addresses, refusals
from assent.web.frame.face import web
from assent.web.frame.pages import page, see
from assent.web.frame.refusals import sent_from
from assent.web.models import forms as f
from assent.web.models.asked import MODEL, VERSION
from assent.web.models.editing import edit_version_page

# Aliases of a model that are offered; any other can be typed.
_ALIASES = 30


@dataclass(frozen=True, slots=True)
class Goal:
    """A stage that a version may be moved into, and why not; `held_by` is the version that serves it now."""

    stage: Stage
    why_not: str
    held_by: int | None


@web.call("GET", f"{VERSION}/move", takes=f.Where(), uses=Uses.READS)
@follows_renames
def move_page(session: Reader, name: str, number: int, to: str, archive_existing: bool, *, by: Principal) -> Response:
    """Show where a version can go or, of one such move, what it changes and what it lacks."""
    to = to or _typed_goal()
    problem = ""
    if to:
        try:
            wish = moving.wish(session, name, number, to, archive_existing=archive_existing)
            return _explained(session, wish, by)
        except Invalid as refused:
            problem = refused.message
    version = reading.version_numbered(session, name, number, by=by)
    model = reading.model(session, name, by=by)
    return page(
        "models/move.html",
        400 if problem else 200,
        version=version,
        goals=_goals(session, model, version),
        aliases=sorted(set(model.aliases) - set(version.aliases))[:_ALIASES],
        pointing=model.aliases,
        problem=problem,
        to=to,
    )


@web.call("POST", f"{VERSION}/move", takes=f.Move())
@sent_from(move_page)
def move_version(
    session: Session,
    name: str,
    number: int,
    *,
    to: str,
    archive_existing: bool,
    comment: str,
    not_before: int | None,
    by: Principal,
) -> Response:
    """Move a version, or ask for it where a gate guards that."""
    wish = moving.wish(session, name, number, to, archive_existing=archive_existing)
    became = moves.promote(session, wish, comment=comment, not_before=not_before, by=by)
    gone = wish.target.kind is TargetKind.DELETION
    return _answer(became, addresses.of_model(name) if gone else addresses.of_version(name, number), _done(wish))


@web.call("POST", f"{VERSION}/aliases/point", takes=f.Alias())
@sent_from(edit_version_page)
def point_alias(session: Session, name: str, number: int, alias: str, *, by: Principal) -> Response:
    """Let an alias point to a version, or ask for it where a gate guards that."""
    wish = moving.wish(session, name, number, f"@{alias}")
    became = moves.promote(session, wish, by=by)
    return _answer(became, f"{addresses.of_version(name, number)}/edit#aliases", _done(wish))


@web.call("POST", f"{VERSION}/aliases/remove", takes=f.Alias())
@sent_from(edit_version_page)
def remove_alias(session: Session, name: str, number: int, alias: str, *, by: Principal) -> Response:
    """Let an alias point nowhere."""
    version = reading.version_numbered(session, name, number, by=by)
    if alias not in version.aliases:
        raise Conflict(f"@{alias} does not point to version {number} of {name} any more.")
    moves.remove_alias(session, name, alias, by=by)
    flask.flash(f"@{alias} points nowhere now.")
    return see(f"{addresses.of_version(name, number)}/edit#aliases")


@web.call("GET", f"{MODEL}/delete", uses=Uses.READS)
@follows_renames
def delete_model_page(session: Reader, name: str, *, by: Principal) -> Response:
    """Show what it means to delete a model, and what that lacks."""
    return _explained(session, Wish(name, None, DELETION_OF_MODEL), by)


@web.call("POST", f"{MODEL}/delete", takes=f.Remark())
@sent_from(delete_model_page)
def delete_model(session: Session, name: str, comment: str, not_before: int | None, *, by: Principal) -> Response:
    """Delete a model, or ask for it where a gate guards that."""
    wish = Wish(name, None, DELETION_OF_MODEL)
    became = moves.promote(session, wish, comment=comment, not_before=not_before, by=by)
    return _answer(became, "/models", f"{name} is deleted. Who manages it can restore it.")


def _explained(session: Reader, wish: Wish, by: Principal) -> Response:
    found = explaining.explain(session, wish, by=by)
    mine = rights.of(session, wish.name, by=by)
    return page(
        "models/ask.html",
        model=found.moving.model,
        version=found.moving.version,
        # As somebody asked for it already, where somebody did.
        wish=found.moving.wish,
        to=str(wish.target),
        report=found.report,
        explained=found,
        incumbent=found.moving.incumbent.number if found.moving.incumbent else None,
        why_not=mine.why_not(Permission.REQUEST_OPEN),
    )


def _goals(session: Reader, model: Model, version: Version) -> list[Goal]:
    lifecycle = standing.seen(session).lifecycle_of(model.name)
    held = {each.stage: each.number for each in model.latest}
    return [
        Goal(stage, lifecycles.why_not(lifecycle, version.stage, stage.name), held.get(stage.name))
        for stage in lifecycle.stages
        if stage.name != version.stage
    ]


def _typed_goal() -> str:
    """Where a version was to go that a refused form names."""
    return refusals.typed(quote(asked.path), "to")


def _done(wish: Wish) -> str:
    match wish.target.kind:
        case TargetKind.STAGE:
            return f"Version {wish.number} is in {wish.target.name} now."
        case TargetKind.ALIAS:
            return f"{wish.target} points to version {wish.number} now."
    return f"Version {wish.number} is deleted. Who manages the model can restore it."


def _answer(became: Asked | None, to: str, done: str) -> Response:
    """Lead to what moved, or to the request that waits."""
    if became is None or became.is_applied:
        flask.flash(done)
        return see(to)
    told = (
        "is open: it is applied once nothing is missing"
        if became.is_new
        else "is open already, and was looked at again"
    )
    flask.flash(f"Request {became.request.id} {told}.")
    return see(addresses.of_request(became.request.id))
