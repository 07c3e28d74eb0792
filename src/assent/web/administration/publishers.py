"""Trusted publishers: whose tokens are exchanged for those of a service account."""

from typing import Any

from flask import Response, flash, url_for
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.access.publishing import publishers
from assent.access.publishing.publishers import Terms
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.registry import publishing
from assent.web.administration import schemas as s
from assent.web.frame.cutting import cut
from assent.web.frame.face import web
from assent.web.frame.limited import NewPublisher, Said, limits_of
from assent.web.frame.pages import page, see
from assent.web.frame.refusals import sent_from

_PUBLISHERS = "/administration/publishers"
_ONE = f"{_PUBLISHERS}/<int:number>"
_PAGE = 50


@web.call("GET", _PUBLISHERS, takes=s.AfterNumber(), uses=Uses.READS)
def publishers_page(session: Reader, after: int, *, by: Principal) -> Response:
    """Show the trusted publishers, those of single models too."""
    found = publishing.every(session, after=after, most=_PAGE + 1, by=by)
    shown, last = cut(found, _PAGE)
    return page(
        "administration/publishers.html",
        publishers=shown,
        after=after,
        next_after=last.id if last else None,
    )


@web.call("POST", _PUBLISHERS, takes=NewPublisher())
@sent_from(publishers_page)
def create_publisher(session: Session, name: str, limited: Said, *, by: Principal, **said: Any) -> Response:
    """Exchange the tokens of an issuer that make some claims for tokens of a service account."""
    terms = Terms(**said, limits=limits_of(session, limited))
    made = publishers.create(session, name, terms, by=by)
    flash(f"{name} is trusted: its jobs act as {terms.service_account}.")
    return see(url_for("web.publisher_page_get", number=made.id))


@web.call("GET", _ONE, uses=Uses.READS)
def publisher_page(session: Reader, number: int, *, by: Principal) -> Response:
    """Show what a publisher says, a revoked one too."""
    return page("administration/publisher.html", publisher=publishing.seen(session, number, by=by))


@web.call("POST", f"{_ONE}/revoke")
@sent_from(publisher_page)
def revoke_publisher(session: Session, number: int, *, by: Principal) -> Response:
    """Trust a publisher no more."""
    publishing.revoke(session, number, by=by)
    flash("It is trusted no more, and the tokens that were got through it have ended.")
    return see(url_for("web.publisher_page_get", number=number))
