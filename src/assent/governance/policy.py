"""The rules as files: what faces call to plan a change of gates, freezes and lifecycles, and to make it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal, authorize_administrator
from assent.governance.requests.records.tables import RequestState, TransitionRequest
from assent.governance.rules import changes, freezes, whole
from assent.governance.rules.changes import plan
from assent.governance.rules.differing import Change
from assent.governance.rules.parts import LONGEST_NAME
from assent.kernel.clock import now
from assent.kernel.dialects import table
from assent.kernel.errors import AlreadyExists, Conflict, NotFound

__all__ = ["apply", "end_freeze", "freeze", "plan", "why_not"]

_REQUESTS = table(TransitionRequest)


def apply(session: Session, content: object, *, by: Principal, planned_at: int | None = None) -> list[Change]:
    """Make the rules as a file says; every open request is looked at again, since less may be missing now.

    `planned_at` is the revision of all rules for which it was planned. Raises Denied, Faulty with all that is wrong
    in the file, and Conflict where the rules were changed since.
    """
    made = changes.apply(session, content, by=by, planned_at=planned_at)
    if made:
        at = now()
        later = or_(_REQUESTS.c.look_at.is_(None), _REQUESTS.c.look_at > at)
        waiting = update(_REQUESTS).where(_REQUESTS.c.state == RequestState.OPEN, later)
        session.execute(waiting.values(look_at=at))
    return made


def freeze(session: Session, content: Mapping[str, Any], *, by: Principal) -> list[Change]:
    """Add a freeze to those that stand. Raises what `apply` does, and AlreadyExists."""
    standing = whole.whole(session, by=by)
    name = content.get("name")
    if any(each.told.name == name for each in standing.freezes):
        raise AlreadyExists(f"name: There is a freeze {name} already.")
    wanted = [*standing.content["freezes"], dict(content)]
    return apply(session, {"freezes": wanted}, by=by, planned_at=standing.revision)


def end_freeze(session: Session, name: str, revision: int, *, by: Principal) -> list[Change]:
    """End a freeze that holds now, and take one away that is to come or over.

    `revision` is that which somebody saw. Raises what `apply` does, NotFound, and Conflict where it is another now.
    """
    authorize_administrator(by, kind="rule")
    standing = whole.whole(session, by=by)
    found = next((each for each in standing.freezes if each.told.name == name), None)
    if found is None:
        raise NotFound(f"There is no freeze {name[:LONGEST_NAME]}.")
    if found.told.revision != revision:
        raise Conflict(
            f"The freeze {name} was changed meanwhile, by {found.told.set_by or 'the system'}. Look again."
        )
    ended = freezes.ended(found.value, found.told.content, now())
    left = [
        ended if content["name"] == name else content
        for content in standing.content["freezes"]
        if content["name"] != name or ended is not None
    ]
    return apply(session, {"freezes": left}, by=by, planned_at=standing.revision)


def why_not(by: Principal) -> str:
    """Why somebody may not change the rules; empty where they may."""
    return "" if by.administers else f"Rules are changed by administrators, and {by.name} is none."
