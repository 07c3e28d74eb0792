"""What happened to a model and its versions."""

from flask import Response

from assent.access.policy.principals import Principal
from assent.audit.queries import Asked, Cut, Order, Position
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader
from assent.lineage.telling import of_model
from assent.registry import permissions, trail
from assent.web.frame.face import web
from assent.web.frame.pages import page
from assent.web.models import asked as a
from assent.web.models.asked import MODEL

PAGE = 100


@web.call("GET", f"{MODEL}/activity", takes=a.WhichEvents(), uses=Uses.READS)
@follows_renames
def model_activity_page(session: Reader, name: str, *, after: str, by: Principal) -> Response:
    """Tell what happened to a model and its versions, the newest first."""
    model = permissions.named(session, name, by=by)
    cut = Cut(Order.NEWEST, Position.read(after) if after else None)
    question = trail.question(session, Asked(model_id=model.id), by=by)
    found = trail.page(session, question, cut, size=PAGE, by=by)
    return page(
        "models/activity.html",
        model=model,
        events=[(event, of_model.phrase(event)) for event in found.events],
        next=found.next,
        is_first=not after,
    )
