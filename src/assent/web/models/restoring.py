"""What is deleted, and can be brought back by who manages it."""

import flask
from flask import Response
from sqlalchemy.orm import Session

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.governance import moves
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader
from assent.registry import history, rights
from assent.web.frame import addresses
from assent.web.frame.cutting import cut
from assent.web.frame.face import web
from assent.web.frame.pages import page, see
from assent.web.frame.refusals import sent_from
from assent.web.models import forms as f
from assent.web.models.asked import MODEL, VERSION

_SIZE = 100


@web.call("GET", "/deleted-models", takes=f.After(), uses=Uses.READS)
def deleted_models_page(session: Reader, after: int, *, by: Principal) -> Response:
    """List deleted models that one may bring back."""
    found = history.deleted_models(session, after=after, size=_SIZE + 1, by=by)
    shown, last = cut(found, _SIZE)
    return page("models/deleted_models.html", found=shown, next_after=last.id if last else None)


@web.call("POST", "/deleted-models/<int:model_id>/restore", takes=f.NewName())
@sent_from(deleted_models_page)
def restore_model(session: Session, model_id: int, new_name: str, *, by: Principal) -> Response:
    """Bring a deleted model back, under its name or another one."""
    model = moves.restore_model(session, model_id, new_name=new_name or None, by=by)
    flask.flash(f"{model.name} is back. Its versions stand in no stage, and no alias points to one.")
    return see(addresses.of_model(model.name))


@web.call("GET", f"{MODEL}/deleted-versions", takes=f.After(), uses=Uses.READS)
@follows_renames
def deleted_versions_page(session: Reader, name: str, after: int, *, by: Principal) -> Response:
    """List the deleted versions of a model."""
    found = history.deleted_versions(session, name, after=after, size=_SIZE + 1, by=by)
    mine = rights.of(session, name, by=by)
    shown, last = cut(found, _SIZE)
    return page(
        "models/deleted_versions.html",
        name=name,
        found=shown,
        next_after=last.number if last else None,
        why_not=mine.why_not(Permission.VERSION_DELETE),
    )


@web.call("POST", f"{VERSION}/restore")
@sent_from(deleted_versions_page)
def restore_version(session: Session, name: str, number: int, *, by: Principal) -> Response:
    """Bring a deleted version back."""
    moves.restore_version(session, name, number, by=by)
    flask.flash(f"Version {number} is back, in no stage and without aliases.")
    return see(addresses.of_version(name, number))
