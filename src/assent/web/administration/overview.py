"""The first page of the administration: what there is, and how much of it."""

from flask import Response

from assent.access import census
from assent.access.policy.principals import Principal
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.web.frame.face import web
from assent.web.frame.pages import page


@web.call("GET", "/administration", uses=Uses.READS)
def administration_page(session: Reader, *, by: Principal) -> Response:
    """Show what administrators look after; the rules, which hold everybody, to everybody."""
    counted = census.taken(session, by=by) if by.oversees else None
    return page("administration/overview.html", census=counted, most=census.MOST)
