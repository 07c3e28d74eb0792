"""Posting a check: it counts at once, and a request that waited for it is applied in the same transaction."""

from sqlalchemy.orm import Session

from assent.access.principals import Principal
from assent.governance.evidence import checks
from assent.governance.evidence.checks import Posted, Result
from assent.governance.requests import due
from assent.governance.rules import standing


def post(session: Session, name: str, number: int, what: Result, *, by: Principal) -> Posted:
    """Let a result be what counts of a check, and look at the version's open requests. Raises as `checks.post`."""
    # The rules first, then the model: everybody takes them in this order.
    standing.held(session)
    posted = checks.post(session, name, number, what, by=by)
    due.look_at_all_of(session, posted.version_id, by=by)
    return posted
