"""The page on lifecycles: their stages, and the moves that they allow."""

from typing import Any

from flask import Response

from assent.access.policy.principals import Principal
from assent.governance import policy
from assent.governance.rules import whole as rules
from assent.governance.rules.lifecycles import MLFLOWS_LIFECYCLE, Lifecycle
from assent.governance.rules.queries import Told
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.web.frame.face import web
from assent.web.frame.pages import page


@web.call("GET", "/administration/lifecycles", uses=Uses.READS)
def lifecycles_page(session: Reader, *, by: Principal) -> Response:
    """Show the lifecycles in the order in which they are tried, and the one that is left for all others."""
    found = rules.whole(session, by=by).lifecycles
    return page(
        "administration/lifecycles.html",
        lifecycles=[*(_told(each.value, each.told) for each in found), _told(MLFLOWS_LIFECYCLE, None)],
        why_not=policy.why_not(by),
    )


def _told(lifecycle: Lifecycle, told: Told | None) -> dict[str, Any]:
    return {"lifecycle": lifecycle, "told": told}
