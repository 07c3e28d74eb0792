"""What native calls on transition requests take and give."""

from typing import Any

from marshmallow import Schema, fields, validate

from assent.api.fields import AT, name_of, pattern, storable
from assent.governance.requests.records.tables import LONGEST_COMMENT, RequestState
from assent.governance.requests.viewing.inbox import LONGEST_PAGE, Role
from assent.governance.requirements.findings import State

_TARGET = {"example": "Production"}
_COMMENT = {"example": "Evaluated on the July data."}
_LONGEST_TARGET = 256
# Proxies cut what says nothing for half a minute or a minute.
LONGEST_WAIT = 20
_LARGEST = 2**31 - 1


def _target() -> fields.String:
    return fields.String(
        required=True,
        data_key="to",
        validate=[validate.Length(1, _LONGEST_TARGET), storable],
        metadata=_TARGET,
    )


def _comment(**more: Any) -> fields.String:
    return fields.String(validate=[validate.Length(max=LONGEST_COMMENT), storable], metadata=_COMMENT, **more)


class Where(Schema):
    """A stage, `@` and an alias, or `deletion`; and whether the versions that stand there are to be archived."""

    to = _target()
    archive_existing = fields.Boolean(load_default=False)


class NewRequest(Where):
    """A move that is wished for, and when at the earliest."""

    comment = _comment(load_default="")
    not_before = fields.Integer(load_default=None, strict=True, metadata=AT)


class News(Schema):
    """For how many seconds to wait for news, and what `changes` was when the caller last looked."""

    wait = fields.Integer(load_default=0, validate=validate.Range(0, LONGEST_WAIT), metadata={"example": 20})
    seen = fields.Integer(load_default=None, validate=validate.Range(0, _LARGEST), metadata={"example": 3})


class OneFinding(Schema):
    """How a requirement stands, why, who can still satisfy it, and from when time alone does."""

    requirement = fields.String(required=True, metadata={"example": "approvals"})
    state = fields.Enum(State, by_value=True, required=True, metadata={"example": "missing"})
    why = fields.String(required=True, metadata={"example": "1 of 2 approvals."})
    who = fields.List(fields.String(metadata={"example": "group:risk"}), required=True)
    since = fields.Integer(required=True, allow_none=True, metadata={"example": None})
    gate = fields.String(required=True, allow_none=True, metadata={"example": "production"})
    gate_revision = fields.Integer(required=True, allow_none=True, metadata={"example": 3})


class OneReport(Schema):
    """What was found about a move at a moment: one evaluation, which explains and enforces alike."""

    at = fields.Integer(required=True, metadata=AT)
    model = fields.String(required=True, metadata={"example": "churn"})
    version = fields.Integer(required=True, allow_none=True, metadata={"example": 4})
    target = fields.String(required=True, metadata=_TARGET)
    complete = fields.Boolean(required=True)
    rollback = fields.Boolean(required=True)
    digest = fields.String(required=True, metadata={"example": "sha256:9f86d0818…"})
    gates = fields.Dict(fields.String(), fields.Integer(), required=True, metadata={"example": {"production": 3}})
    findings = fields.List(fields.Nested(OneFinding), required=True)


class OneDecision(Schema):
    """What a reviewer said, and whether it stands: it does where it has no end."""

    id = fields.Integer(required=True, metadata={"example": 9})
    verdict = fields.String(required=True, metadata={"example": "approved"})
    by = fields.String(required=True, metadata={"example": "rita"})
    in_place_of = fields.String(required=True, allow_none=True, metadata={"example": None})
    at = fields.Integer(required=True, metadata=AT)
    comment = fields.String(required=True, metadata=_COMMENT)
    signature = fields.String(required=True, metadata={"example": "password"})
    digest = fields.String(required=True, metadata={"example": "sha256:9f86d0818…"})
    ended_at = fields.Integer(required=True, allow_none=True, metadata={"example": None})
    ending = fields.String(required=True, allow_none=True, metadata={"example": None})


class OneRequest(Schema):
    """A transition request, with what was found of it last. `changes` counts what became of it."""

    id = fields.Integer(required=True, metadata={"example": 12})
    model = fields.String(required=True, metadata={"example": "churn"})
    version = fields.Integer(required=True, allow_none=True, metadata={"example": 4})
    target = fields.String(required=True, metadata=_TARGET)
    archive_existing = fields.Boolean(required=True)
    state = fields.Enum(RequestState, by_value=True, required=True, metadata={"example": "open"})
    comment = fields.String(required=True, metadata=_COMMENT)
    opened_at = fields.Integer(required=True, metadata=AT)
    opened_by = fields.String(required=True, metadata={"example": "ci"})
    not_before = fields.Integer(required=True, allow_none=True, metadata={"example": None})
    expires_at = fields.Integer(required=True, allow_none=True, metadata={"example": None})
    closed_at = fields.Integer(required=True, allow_none=True, metadata={"example": None})
    closed_by = fields.String(required=True, allow_none=True, metadata={"example": None})
    close_reason = fields.String(required=True, metadata={"example": ""})
    overridden_by = fields.String(required=True, allow_none=True, metadata={"example": None})
    review_due_at = fields.Integer(required=True, allow_none=True, metadata={"example": None})
    reviewed_at = fields.Integer(required=True, allow_none=True, metadata={"example": None})
    reviewed_by = fields.String(required=True, allow_none=True, metadata={"example": None})
    review_note = fields.String(required=True, metadata={"example": ""})
    changes = fields.Integer(required=True, metadata={"example": 1})
    report = fields.Nested(OneReport, required=True, allow_none=True)
    decisions = fields.List(fields.Nested(OneDecision), required=True)


class Promoted(Schema):
    """Whether the move is made, and the request by which it was or waits; null where it took none."""

    applied = fields.Boolean(required=True)
    request = fields.Nested(OneRequest, required=True, allow_none=True)


class Explained(Schema):
    """A report; whether a gate guards the move and whether it is made already; and the open request, if any."""

    guarded = fields.Boolean(required=True)
    there = fields.Boolean(required=True)
    report = fields.Nested(OneReport, required=True)
    request = fields.Nested(OneRequest, required=True, allow_none=True)


class Which(Schema):
    """Which requests: what they have to do with who asks, their state, models by a pattern, target and opener.

    The newest first; those before an id.
    """

    role = fields.Enum(Role, by_value=True, load_default=Role.ALL, metadata={"example": "waiting"})
    state = fields.Enum(RequestState, by_value=True, load_default=None, metadata={"example": "open"})
    models = pattern(load_default=None)
    to = fields.String(load_default="", validate=[validate.Length(max=_LONGEST_TARGET), storable], metadata=_TARGET)
    opened_by = name_of("ci", load_default=None)
    stuck = fields.Boolean(load_default=None)
    overdue = fields.Boolean(load_default=False)
    in_place_of = name_of("rita", load_default=None)
    before = fields.Integer(load_default=None, validate=validate.Range(min=1))
    size = fields.Integer(load_default=100, validate=validate.Range(1, LONGEST_PAGE))


class Requests(Schema):
    """Requests with all that was decided on them; `next_before` is where the next page begins, null on the last."""

    requests = fields.List(fields.Nested(OneRequest), required=True)
    next_before = fields.Integer(required=True, allow_none=True, metadata={"example": 12})


class NewApproval(Schema):
    """An approval: in somebody's place where they named one as their delegate, with a password where one signs."""

    comment = _comment(load_default="")
    in_place_of = name_of("rita", load_default=None)
    digest = fields.String(load_default=None, validate=validate.Length(max=100))
    password = fields.String(load_default="", validate=validate.Length(max=1000))


class NewRejection(Schema):
    """A rejection, with its reason."""

    comment = _comment(required=True)
    in_place_of = name_of("rita", load_default=None)


class Reason(Schema):
    """Why."""

    comment = _comment(required=True)


class Remark(Schema):
    """Why, where there is something to say."""

    comment = _comment(load_default="")
