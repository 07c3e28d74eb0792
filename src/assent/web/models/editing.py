"""Models and versions as forms: their descriptions, and what else there is to change about them."""

from collections.abc import Mapping
from typing import Any

import flask
from flask import Response, url_for
from sqlalchemy.orm import Session

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.governance import naming
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader
from assent.registry import models, reading, rights, versions
from assent.web.frame import addresses
from assent.web.frame.cutting import cut
from assent.web.frame.face import web
from assent.web.frame.pages import page, see
from assent.web.frame.refusals import sent_from, typed
from assent.web.models import forms as f
from assent.web.models.asked import MODEL, VERSION
from assent.web.writing import differences

# Tags on a page, and characters of each that it shows.
_TAGS = 50


@web.call("GET", f"{MODEL}/edit", takes=f.WhichTags(), uses=Uses.READS)
@follows_renames
def edit_model_page(session: Reader, name: str, after: str, key: str, *, by: Principal) -> Response:
    """Show what of a model can be changed."""
    model = reading.model(session, name, by=by)
    mine = rights.of(session, name, by=by)
    return page(
        "models/edit_model.html",
        model=model,
        why_not_edit=mine.why_not(Permission.MODEL_EDIT),
        why_not_manage=mine.why_not(Permission.MODEL_MANAGE),
        changes=_changes("web.describe_model_post", model.description, name=name),
        key=key,
        **_tags(model.tags, after),
    )


@web.call("POST", f"{MODEL}/edit", takes=f.Description())
@sent_from(edit_model_page)
def describe_model(session: Session, name: str, description: str, revision: int, *, by: Principal) -> Response:
    """Replace the description of a model."""
    models.describe(session, name, description, revision=revision, by=by)
    flask.flash("The description is saved.")
    return see(addresses.of_model(name))


@web.call("POST", f"{MODEL}/rename", takes=f.NewName())
@sent_from(edit_model_page)
def rename_model(session: Session, name: str, new_name: str, *, by: Principal) -> Response:
    """Change the name of a model."""
    naming.rename(session, name, new_name, by=by)
    flask.flash(f"{name} is called {new_name} now.")
    return see(addresses.of_model(new_name))


@web.call("GET", f"{VERSION}/edit", takes=f.WhichTags(), uses=Uses.READS)
@follows_renames
def edit_version_page(session: Reader, name: str, number: int, after: str, key: str, *, by: Principal) -> Response:
    """Show what of a version can be changed."""
    version, mine = rights.of_version(session, name, number, by=by)
    return page(
        "models/edit_version.html",
        version=version,
        why_not_edit=mine.why_not(Permission.VERSION_EDIT),
        why_no_alias=mine.why_not(Permission.REQUEST_OPEN),
        why_not_remove=mine.why_not(Permission.ALIAS_SET),
        why_not_delete=mine.why_not(Permission.VERSION_DELETE),
        changes=_changes("web.describe_version_post", version.description, name=name, number=number),
        key=key,
        **_tags(version.tags, after),
    )


@web.call("POST", f"{VERSION}/edit", takes=f.Description())
@sent_from(edit_version_page)
def describe_version(
    session: Session, name: str, number: int, description: str, revision: int, *, by: Principal
) -> Response:
    """Replace the description of a version."""
    versions.describe(session, name, number, description, revision=revision, by=by)
    flask.flash("The description is saved.")
    return see(addresses.of_version(name, number))


def _changes(action: str, description: str, **of: Any) -> list[differences.Part]:
    """What a description that was typed, and refused, would change."""
    return differences.between(description, typed(url_for(action, **of), "description", description))


def _tags(tags: Mapping[str, str], after: str) -> dict[str, Any]:
    """A page of tags."""
    keys, last = cut([key for key in sorted(tags) if key > after], _TAGS)
    return {"tags": tags, "keys": keys, "next_after": last}
