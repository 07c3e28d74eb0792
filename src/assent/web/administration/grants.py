"""Grants by names: on the whole registry and on patterns, given, taken and explained."""

from flask import Response, current_app, flash, url_for
from sqlalchemy.orm import Session

from assent.access.granting import grants
from assent.access.granting.grants import Place
from assent.access.policy.levels import Level
from assent.access.policy.principals import Principal, authorize_overseer
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.kernel.errors import AssentError
from assent.registry import permissions
from assent.registry.permissions import Explanation
from assent.web.administration import schemas as s
from assent.web.frame.cutting import cut
from assent.web.frame.face import web
from assent.web.frame.pages import page, see
from assent.web.frame.refusals import sent_from

_GRANTS = "/administration/grants"
_PAGE = 50


@web.call("GET", _GRANTS, takes=s.WhatToExplain(), uses=Uses.READS)
def grants_page(session: Reader, after: int, kind: str, who: str, model: str, *, by: Principal) -> Response:
    """Show what is granted by names, and explain what somebody may do with a model."""
    found = grants.by_name(session, after=after, most=_PAGE + 1, by=by)
    shown, last = cut(found, _PAGE)
    explained, problem = _explained(session, kind, who, model, by)
    return page(
        "administration/grants.html",
        grants=shown,
        next_after=last.id if last else None,
        after=after,
        levels=[(level.value, level.value) for level in Level],
        asked={"kind": kind, "who": who, "model": model},
        explained=explained,
        problem=problem,
        default=current_app.config["DEFAULT_LEVEL"],
    )


@web.call("POST", _GRANTS, takes=s.NewGrant())
@sent_from(grants_page)
def give_grant(session: Session, kind: str, who: str, level: Level, pattern: str, *, by: Principal) -> Response:
    """Grant a level on the whole registry or on a pattern of names."""
    to = grants.administered(session, kind, who, by=by)
    grants.give(session, to, level, on=Place(pattern=pattern or None), by=by)
    flash(f"{who} has {level} on {_place(pattern)}.")
    return see(url_for("web.grants_page_get"))


@web.call("POST", f"{_GRANTS}/take", takes=s.NewGrant())
@sent_from(grants_page)
def take_grant(session: Session, kind: str, who: str, level: Level, pattern: str, *, by: Principal) -> Response:
    """Take a grant away."""
    of = grants.administered(session, kind, who, by=by)
    grants.take(session, of, on=Place(pattern=pattern or None), level=level, by=by)
    flash(f"{who} has {level} on {_place(pattern)} no more.")
    return see(url_for("web.grants_page_get"))


def _place(pattern: str) -> str:
    return f"models named {pattern}" if pattern else "the whole registry"


def _explained(session: Reader, kind: str, who: str, model: str, by: Principal) -> tuple[Explanation | None, str]:
    """What was asked for, or why it cannot be told."""
    if not (who and model):
        return None, ""
    authorize_overseer(by, kind="grant")
    default = current_app.config["DEFAULT_LEVEL"]
    try:
        on = permissions.named(session, model, by=by)
        of = permissions.asked_about(session, on, kind, who, by=by)
        return permissions.explain(session, on, of, default=default, by=by), ""
    except AssentError as refused:
        return None, refused.message
