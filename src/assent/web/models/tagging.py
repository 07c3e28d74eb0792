"""Tags of models and versions: set and taken off. Keys hold slashes and colons, and so are in the forms."""

import flask
from flask import Response, url_for
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.governance import naming
from assent.registry import tags
from assent.web.frame.face import web
from assent.web.frame.pages import see
from assent.web.frame.refusals import sent_from
from assent.web.models import forms as f
from assent.web.models.asked import MODEL, VERSION
from assent.web.models.editing import edit_model_page, edit_version_page


@web.call("POST", f"{MODEL}/tags/set", takes=f.Tag())
@sent_from(edit_model_page)
def set_model_tag(session: Session, name: str, key: str, value: str, *, by: Principal) -> Response:
    """Set a tag of a model."""
    naming.set_tag(session, name, key, value, by=by)
    flask.flash(f"The tag {key} is set.")
    return _to_model(name)


@web.call("POST", f"{MODEL}/tags/delete", takes=f.Key())
@sent_from(edit_model_page)
def delete_model_tag(session: Session, name: str, key: str, *, by: Principal) -> Response:
    """Take a tag off a model."""
    naming.delete_tag(session, name, key, by=by)
    flask.flash(f"The tag {key} is gone.")
    return _to_model(name)


@web.call("POST", f"{VERSION}/tags/set", takes=f.Tag())
@sent_from(edit_version_page)
def set_version_tag(session: Session, name: str, number: int, key: str, value: str, *, by: Principal) -> Response:
    """Set a tag of a version."""
    tags.set_on_version(session, name, number, key, value, by=by)
    flask.flash(f"The tag {key} is set.")
    return _to_version(name, number)


@web.call("POST", f"{VERSION}/tags/delete", takes=f.Key())
@sent_from(edit_version_page)
def delete_version_tag(session: Session, name: str, number: int, key: str, *, by: Principal) -> Response:
    """Take a tag off a version."""
    tags.delete_from_version(session, name, number, key, by=by)
    flask.flash(f"The tag {key} is gone.")
    return _to_version(name, number)


def _to_model(name: str) -> Response:
    return see(url_for("web.edit_model_page_get", name=name, _anchor="tags"))


def _to_version(name: str, number: int) -> Response:
    return see(url_for("web.edit_version_page_get", name=name, number=number, _anchor="tags"))
