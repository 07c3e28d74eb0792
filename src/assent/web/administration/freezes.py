"""Pages on freezes: those that hold, are to come and are over; adding one, and ending one."""

from typing import Any

import flask
from flask import Response, url_for
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.governance import policy
from assent.governance.rules import whole as rules
from assent.governance.rules.freezes import LONGEST_REASON
from assent.governance.targets import DELETED
from assent.http.calls import Uses
from assent.kernel.clock import now
from assent.kernel.dialects import Reader
from assent.kernel.errors import Faulty, Invalid
from assent.registry import stages
from assent.web.administration.rule_schemas import EndedFreeze, NewFreeze
from assent.web.frame.face import web
from assent.web.frame.pages import page, see
from assent.web.frame.refusals import sent_from

HERE = "/administration/freezes"
_ZONES = (
    *(
        "UTC",
        "Africa/Johannesburg",
        "America/Chicago",
        "America/Los_Angeles",
        "America/New_York",
        "America/Sao_Paulo",
    ),
    *("Asia/Kolkata", "Asia/Shanghai", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney"),
    *("Europe/Berlin", "Europe/London", "Europe/Paris", "Europe/Zurich"),
)
_MOST_OVER = 50


@web.call("GET", HERE, uses=Uses.READS)
def freezes_page(session: Reader, *, by: Principal) -> Response:
    """Show the freezes."""
    every, at = rules.whole(session, by=by).freezes, now()
    ends = sorted(every, key=lambda each: each.value.until)
    over = [each for each in reversed(ends) if each.value.until <= at]
    return page(
        "administration/freezes.html",
        holding=[each for each in ends if each.value.holds_at(at)],
        coming=sorted((each for each in every if each.value.from_ > at), key=lambda each: each.value.from_),
        over=over[:_MOST_OVER],
        left_out=max(0, len(over) - _MOST_OVER),
        longest_reason=LONGEST_REASON,
        stages=[stage.name for stage in stages.every(session)],
        zones=_ZONES,
        why_not=policy.why_not(by),
    )


@web.call("POST", HERE, takes=NewFreeze())
@sent_from(freezes_page)
def add_freeze(session: Session, *, by: Principal, **asked: str) -> Response:
    """Add a freeze."""
    content: dict[str, Any] = {
        name: text.strip() for name, text in asked.items() if name not in ("models", "targets", "reason")
    }
    content |= {"reason": reason} if (reason := asked["reason"].strip()) else {}
    models = [each.strip() for each in asked["models"].split(",") if each.strip()]
    content |= {"models": models} if models else {}
    content["targets"] = [_target(each.strip()) for each in asked["targets"].split(",") if each.strip()]
    try:
        policy.freeze(session, content, by=by)
    except Faulty as problem:
        raise Invalid("\n".join(f"{_field(fault.at)}{fault.message}" for fault in problem.faults)) from None
    flask.flash(f"The freeze {content['name']} stands.")
    return see(url_for("web.freezes_page_get"))


@web.call("POST", f"{HERE}/<name>/end", takes=EndedFreeze())
@sent_from(freezes_page)
def end_freeze(session: Session, name: str, revision: int, *, by: Principal) -> Response:
    """End a freeze, or take one away that does not hold."""
    policy.end_freeze(session, name, revision, by=by)
    flask.flash(f"The freeze {name} holds nothing any more.")
    return see(url_for("web.freezes_page_get"))


def _target(word: str) -> dict[str, str]:
    if word.startswith("@"):
        return {"alias": word[1:]}
    return {"deletion": "version"} if word.lower() == DELETED else {"stage": word}


def _field(at: tuple[str | int, ...]) -> str:
    """The field of the form that a place in the file comes from."""
    return f"{at[2]}: " if len(at) > 2 else ""
