"""The rules as files: what faces call to plan a change of gates, freezes and lifecycles, and to make it."""

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from assent.access.principals import Principal
from assent.governance.requests.tables import RequestState, TransitionRequest
from assent.governance.rules import changes
from assent.governance.rules.changes import plan
from assent.governance.rules.differing import Change
from assent.kernel.clock import now
from assent.kernel.dialects import table

__all__ = ["apply", "plan"]

_REQUESTS = table(TransitionRequest)


def apply(session: Session, content: object, *, by: Principal) -> list[Change]:
    """Make the rules as a file says; every open request is looked at again, since less may be missing now.

    Raises Denied, and Faulty with all that is wrong in the file.
    """
    made = changes.apply(session, content, by=by)
    if made:
        at = now()
        later = or_(_REQUESTS.c.look_at.is_(None), _REQUESTS.c.look_at > at)
        waiting = update(_REQUESTS).where(_REQUESTS.c.state == RequestState.OPEN, later)
        session.execute(waiting.values(look_at=at))
    return made
