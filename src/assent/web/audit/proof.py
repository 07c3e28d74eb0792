"""The page that says what of the audit log can be proven today, and what cannot yet."""

from flask import Response

from assent.access.policy.principals import Principal
from assent.http.calls import Uses
from assent.kernel.clock import now
from assent.kernel.dialects import Reader
from assent.registry import trail
from assent.registry.sight import sees_all
from assent.web.frame.face import web
from assent.web.frame.pages import page


@web.call("GET", "/audit/proof", uses=Uses.READS)
def proof_page(session: Reader, *, by: Principal) -> Response:
    """Show what keeps the audit log as it is, and where it ends now."""
    everything = sees_all(by)
    end = trail.latest(session) if everything else None
    return page("audit/proof.html", sees_all=everything, end=end, asked_at=now())
