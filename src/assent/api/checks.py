"""Native calls on checks: what CI says of a version."""

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.api.fields import AT, storable
from assent.api.schemas import After
from assent.governance import noticing
from assent.governance.evidence import checks
from assent.governance.evidence.checks import MOST_METRICS, Posted, Result
from assent.governance.evidence.tables import LONGEST_NAME, LONGEST_SUMMARY, LONGEST_URL, CheckState
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader

_CHECKS = "/models/<name>/versions/<int:number>/checks"
_NAME = {"example": "ci/evaluation"}
_SUMMARY = {"example": "AUC 0.93 on the July data"}
_URL = {"example": "https://ci.example.com/runs/17"}
_METRICS = {"example": {"auc": 0.93}}


def _name(**more: Any) -> fields.String:
    return fields.String(validate=[validate.Length(1, LONGEST_NAME), storable], metadata=_NAME, **more)


def _state(**more: Any) -> fields.Enum[CheckState]:
    return fields.Enum(CheckState, by_value=True, metadata={"example": "passed"}, **more)


class NewResult(Schema):
    """How a check stands. A number that is measured is finite; a link has no credentials in it."""

    check = _name(required=True, data_key="name")
    state = _state(required=True)
    summary = fields.String(
        load_default="", validate=[validate.Length(max=LONGEST_SUMMARY), storable], metadata=_SUMMARY
    )
    url = fields.String(load_default="", validate=[validate.Length(max=LONGEST_URL), storable], metadata=_URL)
    metrics = fields.Dict(
        fields.String(),
        fields.Float(),
        load_default=dict,
        validate=validate.Length(max=MOST_METRICS),
        metadata=_METRICS,
    )


class OneCheck(Schema):
    """A result of a check, and until when it counted; null where it counts now."""

    id = fields.Integer(required=True, metadata={"example": 12})
    name = _name(required=True)
    state = _state(required=True)
    summary = fields.String(required=True, metadata=_SUMMARY)
    url = fields.String(required=True, metadata=_URL)
    metrics = fields.Dict(fields.String(), fields.Float(), required=True, metadata=_METRICS)
    posted_at = fields.Integer(required=True, metadata=AT)
    posted_by = fields.String(required=True, metadata={"example": "ci"})
    valid_until = fields.Integer(required=True, allow_none=True, metadata={"example": None})


class WhichChecks(After):
    """The results that count or, with `history`, all of them after an id; those of one check."""

    history = fields.Boolean(load_default=False)
    check = _name(load_default=None)


class Checks(Schema):
    """Results: those that count by name; all of them the oldest first, at most 1,000 of a page."""

    checks = fields.List(fields.Nested(OneCheck), required=True)


@api.call("POST", _CHECKS, takes=NewResult(), gives=OneCheck(), errors=(403, 404, 409))
def post_check(session: Session, name: str, number: int, *, by: Principal, **told: Any) -> dict[str, Any]:
    """Post how a check of a version stands: from now on that counts, in the place of what was posted before."""
    return _answer(noticing.post_check(session, name, number, Result(**told), by=by))


@api.call("GET", _CHECKS, takes=WhichChecks(), gives=Checks(), errors=(404,), uses=Uses.READS, redirects=True)
@follows_renames
def list_checks(
    session: Reader, name: str, number: int, *, by: Principal, history: bool, check: str | None, after: int
) -> dict[str, Any]:
    """List the checks of a version as they stand or, with `history`, everything that was ever posted."""
    if history:
        found = checks.history(session, name, number, check=check, after=after, by=by)
    else:
        found = [each for each in checks.listed(session, name, number, by=by) if check in (None, each.check)]
    return {"checks": [_answer(each) for each in found]}


def _answer(found: Posted) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.check,
        "state": found.state,
        "summary": found.summary,
        "url": found.url,
        "metrics": found.metrics,
        "posted_at": found.posted_at,
        "posted_by": found.posted_by,
        "valid_until": found.valid_until,
    }
