"""Trusted publishers of a single model: made and ended by who manages it."""

from typing import Any

from flask import Response, current_app, flash, url_for
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.access.publishing.publishers import Terms
from assent.registry import permissions, publishing
from assent.web.frame.face import web
from assent.web.frame.limited import NewPublisherOfModel, Said, limits_of
from assent.web.frame.pages import see
from assent.web.frame.refusals import sent_from
from assent.web.models.access import model_access_page
from assent.web.models.asked import MODEL


@web.call("POST", f"{MODEL}/publishers", takes=NewPublisherOfModel())
@sent_from(model_access_page)
def trust_publisher(
    session: Session, name: str, publisher: str, limited: Said, *, by: Principal, **said: Any
) -> Response:
    """Exchange the tokens of an issuer that make some claims for tokens of a service account, for one model."""
    model = permissions.named(session, name, by=by)
    terms = Terms(**said, limits=limits_of(session, limited))
    issuers = current_app.config["PUBLISHER_ISSUERS"]
    publishing.for_model(session, model, publisher, terms, issuers=issuers, by=by)
    flash(f"{publisher} is trusted: its jobs act as {terms.service_account}, with {name} alone.")
    return see(url_for("web.model_access_page_get", name=name))


@web.call("POST", f"{MODEL}/publishers/<int:number>/revoke")
@sent_from(model_access_page)
def distrust_publisher(session: Session, name: str, number: int, *, by: Principal) -> Response:
    """Trust a publisher of one model no more."""
    publishing.revoke_of_model(session, permissions.named(session, name, by=by), number, by=by)
    flash("It is trusted no more, and the tokens that were got through it have ended.")
    return see(url_for("web.model_access_page_get", name=name))
