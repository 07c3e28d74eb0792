"""Native calls on delegations: who decides in whose place, and until when."""

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.api.fields import AT, name_of, storable
from assent.governance.requests.records import delegations
from assent.governance.requests.records.tables import LONGEST_COMMENT
from assent.http.calls import Uses
from assent.kernel.dialects import Reader

_REASON = {"example": "On leave until Monday."}
_LATEST = 2**53


def _moment(**more: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(0, _LATEST), metadata=AT, **more)


class NewDelegation(Schema):
    """Who shall decide in the caller's place, until when, and since when: at once where that is left out."""

    delegate = name_of("rita", required=True)
    until = _moment(required=True)
    since = _moment(load_default=None)
    reason = fields.String(
        load_default="", validate=[validate.Length(max=LONGEST_COMMENT), storable], metadata=_REASON
    )


class OneDelegation(Schema):
    """Who decides in whose place, from when until when; `revoked_at` where it was ended before."""

    id = fields.Integer(required=True, metadata={"example": 3})
    principal = fields.String(required=True, metadata={"example": "linus"})
    delegate = fields.String(required=True, metadata={"example": "rita"})
    valid_from = fields.Integer(required=True, metadata=AT)
    valid_until = fields.Integer(required=True, metadata=AT)
    reason = fields.String(required=True, metadata=_REASON)
    revoked_at = fields.Integer(required=True, allow_none=True, metadata={"example": None})


class WhichDelegations(Schema):
    """Those that hold or are to come, or all there ever were; those before an id."""

    ended = fields.Boolean(load_default=False)
    before = fields.Integer(load_default=None, validate=validate.Range(min=1))


class Delegations(Schema):
    """Delegations, the newest first, at most 1,000 of a page."""

    delegations = fields.List(fields.Nested(OneDelegation), required=True)


@api.call("POST", "/delegations", takes=NewDelegation(), gives=OneDelegation(), errors=(403, 404))
def give_delegation(session: Session, delegate: str, *, by: Principal, **told: Any) -> dict[str, Any]:
    """Let a user decide on requests in one's own place, for a limited time. It takes a token without limits."""
    return delegations.give(session, delegate, by=by, **told)._asdict()


@api.call("GET", "/delegations", takes=WhichDelegations(), gives=Delegations(), uses=Uses.READS)
def list_delegations(session: Reader, *, by: Principal, **which: Any) -> dict[str, Any]:
    """List the delegations of and to oneself; administrators and auditors see all of them."""
    return {"delegations": [each._asdict() for each in delegations.listed(session, by=by, **which)]}


@api.call("POST", "/delegations/<int:number>/revoke", gives=OneDelegation(), errors=(404,))
def revoke_delegation(session: Session, number: int, *, by: Principal) -> dict[str, Any]:
    """End a delegation now: whoever gave it, whom it names, or an administrator. What was decided stands."""
    return delegations.revoke(session, number, by=by)._asdict()
