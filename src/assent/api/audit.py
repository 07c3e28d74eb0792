"""Native calls on the audit log: what was done and what was refused, as far as the caller may see it."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.api.fields import AT, storable
from assent.audit.actions import Outcome
from assent.audit.queries import Asked, Cut, Order, Position
from assent.http import exports
from assent.http.calls import Uses, reading
from assent.kernel.dialects import Reader
from assent.registry import trail
from assent.registry.trail import Event

_POSITION = {"description": "The moment and the number of an event.", "example": "1795408000000-12"}
_LONGEST = 256
_LATEST = 2**53
_LARGEST = 2**31 - 1


def _text(what: str, example: str) -> fields.String:
    told = {"description": what, "example": example}
    return fields.String(load_default=None, validate=[validate.Length(1, _LONGEST), storable], metadata=told)


def _number(what: str, example: int, most: int = _LARGEST) -> fields.Integer:
    told = {"description": what, "example": example}
    return fields.Integer(load_default=None, validate=validate.Range(0, most), metadata=told)


class Question(Schema):
    """What to look for: all that is said must hold, and what is left out is not asked for."""

    actor = _text("By whom: one of that name now, else whoever was called so then.", "alice")
    subject_kind = _text("On what kind of thing.", "user")
    subject = _text("On what, by what it was called then; with subject_kind.", "bob")
    action = _text("What: an action, or all of a subject, such as `alias.*`.", "alias.*")
    model = _text("On the model that is called so, or was when it was deleted last.", "Ecommerce Model")
    model_id = _number("On the model with this id.", 7)
    version = _number("On this version of the model.", 1)
    token_id = _number("With the token of this number.", 3)
    outcome = fields.Enum(Outcome, by_value=True, load_default=None, metadata={"example": "done"})
    face = _text("Through what.", "mlflow")
    address = _text("From which address.", "10.0.0.7")
    request_id = _text("In which request.", "5ce1a7c0ffee5ce1")
    since = _number("From this moment on, in milliseconds since 1970.", 1795408000000, _LATEST)
    until = _number("Before this moment, in milliseconds since 1970.", 1795494400000, _LATEST)
    text = _text("With this in a key or a value of the details, in upper or lower case.", "Production")
    after = fields.String(load_default=None, validate=validate.Length(max=40), metadata=_POSITION)


class QuestionOfAPage(Question):
    """What to look for, in which order, and how much of it at once."""

    order = fields.Enum(Order, by_value=True, load_default=Order.NEWEST, metadata={"example": "newest"})
    limit = fields.Integer(
        load_default=100, validate=validate.Range(1, trail.LONGEST_PAGE), metadata={"example": 100}
    )


class QuestionOfAll(Question):
    """What to look for, and how to write it."""

    order = fields.Enum(Order, by_value=True, load_default=Order.OLDEST, metadata={"example": "oldest"})
    written_as = fields.String(
        data_key="format",
        load_default=exports.JSONL,
        validate=validate.OneOf(sorted(exports.MEDIA_TYPES)),
        metadata={"example": "jsonl"},
    )


class AuditEvent(Schema):
    """One fact; address, request_id and token_id are null, too, where the caller may not know them."""

    position = fields.String(required=True, metadata=_POSITION)
    id = fields.Integer(required=True, metadata={"example": 12})
    at = fields.Integer(required=True, metadata=AT)
    action = fields.String(required=True, metadata={"example": "model_version.transitioned"})
    outcome = fields.String(required=True, metadata={"example": "done"})
    actor_id = fields.Integer(required=True, allow_none=True, metadata={"example": 2})
    actor = fields.String(required=True, metadata={"example": "alice"})
    token_id = fields.Integer(required=True, allow_none=True, metadata={"example": 3})
    subject_kind = fields.String(required=True, metadata={"example": "model_version"})
    subject_id = fields.Integer(required=True, allow_none=True, metadata={"example": 4})
    subject = fields.String(required=True, metadata={"example": "Ecommerce Model"})
    model_id = fields.Integer(required=True, allow_none=True, metadata={"example": 7})
    version = fields.Integer(required=True, allow_none=True, metadata={"example": 1})
    details = fields.Dict(
        required=True, metadata={"example": {"before": {"stage": "Staging"}, "after": {"stage": "Production"}}}
    )
    face = fields.String(required=True, metadata={"example": "mlflow"})
    address = fields.String(required=True, allow_none=True, metadata={"example": "10.0.0.7"})
    request_id = fields.String(required=True, allow_none=True, metadata={"example": "5ce1a7c0ffee5ce1"})


class AuditEvents(Schema):
    """A page of events. `next` is after what the following page begins, null on the last; a page may be short."""

    events = fields.List(fields.Nested(AuditEvent), required=True)
    next = fields.String(required=True, allow_none=True, metadata=_POSITION)


@api.call("GET", "/audit/events", takes=QuestionOfAPage(), gives=AuditEvents(), errors=(404,), uses=Uses.READS)
def list_audit_events(
    session: Reader, order: Order, after: str | None, limit: int, *, by: Principal, **asked: Any
) -> dict[str, Any]:
    """Look for events of the audit log, newest or oldest first.

    Everybody sees what they did. Who may read a model sees what became of it and of its versions; who may manage it
    sees all that concerns it; administrators and auditors see everything. A page is short where events are few and
    far between: go on with its `next`.
    """
    question = trail.question(session, Asked(**asked), by=by)
    found = trail.page(session, question, _cut(order, after), size=limit, by=by)
    return {"events": [exports.written(each) for each in found.events], "next": found.next and str(found.next)}


@api.call(
    "GET",
    "/audit/export",
    takes=QuestionOfAll(),
    streams=tuple(exports.MEDIA_TYPES.values()),
    errors=(404,),
    uses=Uses.READS,
)
def export_audit_events(
    session: Reader, order: Order, after: str | None, written_as: str, *, by: Principal, **asked: Any
) -> Response:
    """Export events of the audit log, a line for each, as JSON Lines or as CSV.

    An export that was cut goes on after the position of its last whole line. That is the first column of CSV, where
    a cell that a spreadsheet would take for a formula has an apostrophe before it, and where the names of the columns
    come first unless the export goes on.
    """
    question = trail.question(session, Asked(**asked), by=by)
    pages = trail.every(reading(), question, _cut(order, after), by=by)
    # The first page is read before the answer begins, so that what is wrong with the question is still told.
    first: Iterator[list[Event]] = iter([next(pages)])
    lines = exports.lines(written_as, chain(first, pages), with_header=after is None)
    return Response(lines, mimetype=exports.MEDIA_TYPES[written_as])


def _cut(order: Order, after: str | None) -> Cut:
    return Cut(order, None if after is None else Position.read(after))
