"""Access to a single model: given and taken by who manages it."""

from flask import Response, flash, url_for
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from assent.access.policy.levels import Level
from assent.access.policy.principals import Principal
from assent.registry import permissions
from assent.web.frame.face import web
from assent.web.frame.inputs import Asked
from assent.web.frame.pages import see
from assent.web.frame.refusals import sent_from
from assent.web.frame.typed import words
from assent.web.models.around import model_access_page
from assent.web.models.model import HERE


class _Somebody(Asked):
    """Whose access."""

    kind = fields.String(load_default="user", validate=validate.OneOf(("user", "group", "service_account")))
    who = words()


class _NewAccess(_Somebody):
    """The level that somebody is to have."""

    level = fields.Enum(Level, by_value=True, required=True)


@web.call("POST", f"{HERE}/access/give", takes=_NewAccess())
@sent_from(model_access_page)
def give_access(session: Session, name: str, kind: str, who: str, level: Level, *, by: Principal) -> Response:
    """Grant a level on a model, in the place of the one that is there."""
    model = permissions.named(session, name, by=by)
    permissions.give(session, model, permissions.somebody(session, model, kind, who, by=by), level, by=by)
    flash(f"{who} has {level} on {name}.")
    return see(url_for("web.model_access_page_get", name=name))


@web.call("POST", f"{HERE}/access/take", takes=_Somebody())
@sent_from(model_access_page)
def take_access(session: Session, name: str, kind: str, who: str, *, by: Principal) -> Response:
    """Take away what is granted to somebody on a model itself."""
    model = permissions.named(session, name, by=by)
    permissions.take(session, model, permissions.somebody(session, model, kind, who, by=by), by=by)
    flash(f"What {who} was granted on {name} itself is taken.")
    return see(url_for("web.model_access_page_get", name=name))
