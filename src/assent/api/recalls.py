"""Native calls on recalls: what descends from a recalled node is quarantined until the recall is lifted."""

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.api.fields import AT, storable
from assent.api.lineage import OfWhat, Touched, touched
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.lineage.graph import questions, recalls
from assent.lineage.graph.tables import LONGEST_REASON

_RECALLS = "/recalls"
_REASON = {"example": "Labels were leaked."}


class Why(Schema):
    """Why a recall is lifted."""

    reason = fields.String(required=True, validate=[validate.Length(1, LONGEST_REASON), storable], metadata=_REASON)


class NewRecall(OfWhat, Why):
    """What to recall, and why."""


class Recall(Schema):
    """A recall: of which node, why, by whom and when; and how it was lifted, if it was."""

    id = fields.Integer(required=True, metadata={"example": 4})
    node = fields.String(required=True, metadata={"example": "dataset:5ad6e8ce:train"})
    reason = fields.String(required=True, metadata=_REASON)
    recalled_at = fields.Integer(required=True, metadata=AT)
    recalled_by = fields.String(required=True, allow_none=True, metadata={"example": "alice"})
    lifted_at = fields.Integer(required=True, allow_none=True, metadata={"example": None})
    lifted_by = fields.String(required=True, allow_none=True, metadata={"example": None})
    lift_reason = fields.String(required=True, allow_none=True, metadata={"example": None})


class NewlyRecalled(Recall):
    """A recall, and what it touches, so far as one may see."""

    touches = fields.Nested(Touched, required=True)


class WhichRecalls(Schema):
    """Those that stand, or with `lifted` all of them; the page that goes on `before` the last number of another."""

    lifted = fields.Boolean(load_default=False)
    before = fields.Integer(load_default=None, validate=validate.Range(1, 2**63 - 1), metadata={"example": 4})


class Recalls(Schema):
    """Recalls, the newest first, at most 1,000 of a page."""

    recalls = fields.List(fields.Nested(Recall), required=True)


@api.call("GET", _RECALLS, takes=WhichRecalls(), gives=Recalls(), errors=(400,), uses=Uses.READS)
def list_recalls(session: Reader, lifted: bool, before: int | None, *, by: Principal) -> dict[str, Any]:
    """List recalls: all for auditors and administrators, for others their own and those of versions they may read."""
    return {"recalls": [each._asdict() for each in recalls.listed(session, by=by, lifted=lifted, before=before)]}


@api.call("POST", _RECALLS, takes=NewRecall(), gives=NewlyRecalled(), errors=(400, 403, 404, 409))
def create_recall(session: Session, what: str, reason: str, *, by: Principal) -> dict[str, Any]:
    """Recall a dataset, run, commit, model or version: whatever descends from it is quarantined."""
    made = recalls.flag(session, what, reason, by=by)
    reach = questions.reach_of(session, [made.node], by=by)
    return {**made._asdict(), "touches": touched(reach)}


@api.call("GET", f"{_RECALLS}/<int:recall_id>", gives=NewlyRecalled(), errors=(404,), uses=Uses.READS)
def read_recall(session: Reader, recall_id: int, *, by: Principal) -> dict[str, Any]:
    """Get a recall, standing or lifted, and what it touches."""
    found = recalls.seen(session, recall_id, by=by)
    return {**found._asdict(), "touches": touched(questions.reach_of(session, [found.node], by=by))}


@api.call("POST", f"{_RECALLS}/<int:recall_id>/lift", takes=Why(), gives=Recall(), errors=(400, 403, 404, 409))
def lift_recall(session: Session, recall_id: int, reason: str, *, by: Principal) -> dict[str, Any]:
    """Lift a recall, for a reason."""
    return recalls.lift(session, recall_id, reason, by=by)._asdict()
