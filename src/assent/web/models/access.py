"""Access to a single model: who may do what with it and why, given and taken by who manages it."""

from flask import Response, current_app, flash, url_for
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from assent.access.policy.levels import LEVELS, Level, Permission
from assent.access.policy.principals import Principal
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader
from assent.kernel.errors import AssentError, Denied
from assent.registry import permissions, publishing
from assent.registry.permissions import Explanation, Managed
from assent.registry.rights import Rights
from assent.web.frame.face import web
from assent.web.frame.inputs import Asked, words
from assent.web.frame.pages import page, see
from assent.web.frame.refusals import sent_from
from assent.web.models import asked as a
from assent.web.models.asked import MODEL

# The others are granted by names alone.
_GRANTABLE = [
    (each.value, each.value) for each in Level if each not in (Level.CAN_AUDIT, Level.CAN_CREATE_REGISTERED_MODEL)
]


class _Somebody(Asked):
    """Whose access."""

    kind = fields.String(load_default="user", validate=validate.OneOf(("user", "group", "service_account")))
    who = words()


class _NewAccess(_Somebody):
    """The level that somebody is to have."""

    level = fields.Enum(Level, by_value=True, required=True)


@web.call("GET", f"{MODEL}/access", takes=a.WhoseAccess(), uses=Uses.READS)
@follows_renames
def model_access_page(session: Reader, name: str, *, kind: str, who: str, by: Principal) -> Response:
    """Show who may do what with a model, and why, as far as somebody may see that."""
    model = permissions.named(session, name, by=by)
    grants, publishers, why_not, problem = [], [], "", ""
    explained: Explanation | None = None
    try:
        grants = permissions.listed(session, model, by=by)
        publishers = publishing.of_model(session, model, by=by)
    except Denied as refused:
        why_not = refused.message
    try:
        explained = _explained(session, model, kind, who.strip(), by)
    except AssentError as refused:
        problem = refused.message
    return page(
        "models/access.html",
        400 if problem else 200,
        model=model,
        grants=grants,
        publishers=publishers,
        issuers=sorted(current_app.config["PUBLISHER_ISSUERS"]),
        why_not=why_not,
        problem=problem,
        explained=explained,
        default=_default(),
        levels=LEVELS,
        why_no_grant=Rights(by, model.name, model.granted).why_not(Permission.MODEL_GRANT),
        grantable=_GRANTABLE,
        kind=kind,
        who=who,
    )


def _explained(session: Reader, model: Managed, kind: str, who: str, by: Principal) -> Explanation:
    of = permissions.asked_about(session, model, kind if who else None, who or None, by=by)
    return permissions.explain(session, model, of, default=_default(), by=by)


def _default() -> Level:
    level: Level = current_app.config["DEFAULT_LEVEL"]
    return level


@web.call("POST", f"{MODEL}/access/give", takes=_NewAccess())
@sent_from(model_access_page)
def give_access(session: Session, name: str, kind: str, who: str, level: Level, *, by: Principal) -> Response:
    """Grant a level on a model, in the place of the one that is there."""
    model = permissions.named(session, name, by=by)
    permissions.give(session, model, permissions.somebody(session, model, kind, who, by=by), level, by=by)
    flash(f"{who} has {level} on {name}.")
    return see(url_for("web.model_access_page_get", name=name))


@web.call("POST", f"{MODEL}/access/take", takes=_Somebody())
@sent_from(model_access_page)
def take_access(session: Session, name: str, kind: str, who: str, *, by: Principal) -> Response:
    """Take away what is granted to somebody on a model itself."""
    model = permissions.named(session, name, by=by)
    permissions.take(session, model, permissions.somebody(session, model, kind, who, by=by), by=by)
    flash(f"What {who} was granted on {name} itself is taken.")
    return see(url_for("web.model_access_page_get", name=name))
