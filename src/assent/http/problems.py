"""Problem details (RFC 9457): how errors are told outside of other people's protocols."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from assent.http.calls import json_response
from assent.kernel.errors import (
    AlreadyExists,
    AssentError,
    Conflict,
    Denied,
    Fault,
    Faulty,
    Held,
    Invalid,
    NotFound,
    Unauthenticated,
    Unavailable,
)

MIMETYPE = "application/problem+json"
# What a client knows a held move by.
HELD = "urn:assent:held"


class FaultTold(Schema):
    """One thing that is wrong in what was sent, and where: a JSON pointer."""

    at = fields.String(required=True, metadata={"example": "/groups/risk/0"})
    detail = fields.String(required=True, metadata={"example": "There is no user ritta."})


class Problem(Schema):
    """What went wrong, as RFC 9457 writes it; `errors` tells of several things one by one.

    The type of a move that waits for what its gates ask for is `urn:assent:held`, else it is `about:blank`.
    """

    type = fields.String(required=True, metadata={"example": "about:blank"})
    title = fields.String(required=True, metadata={"example": "Not Found"})
    status = fields.Integer(required=True, metadata={"example": 404})
    detail = fields.String(required=True, metadata={"example": "There is no such thing."})
    errors = fields.List(fields.Nested(FaultTold))
    request = fields.Integer(metadata={"description": "Of a move that is held back: the transition request."})
    report = fields.Dict(
        metadata={"description": "Of a move that is held back: what was found, as `explain` tells it."}
    )


_STATUS: dict[type[AssentError], int] = {
    Invalid: 400,
    Faulty: 400,
    Unauthenticated: 401,
    Denied: 403,
    Held: 403,
    NotFound: 404,
    AlreadyExists: 409,
    Conflict: 409,
    Unavailable: 503,
}


def domain_error(error: AssentError) -> Response:
    """The answer that tells of an error of the domain."""
    more: dict[str, Any] = {}
    if isinstance(error, Faulty):
        more = {"errors": [_told(fault) for fault in error.faults]}
    if isinstance(error, Held):
        more = {"type": HELD, "request": error.request_id, "report": error.report}
    return http_error(status_of(error), error.message, more)


def status_of(error: AssentError) -> int:
    """The status that HTTP has for an error of the domain."""
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def http_error(status: int, message: str, more: Mapping[str, Any] | None = None) -> Response:
    """The answer to a request that reached no call."""
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": message,
    }
    return json_response(problem | dict(more or {}), status, MIMETYPE)


def _told(fault: Fault) -> dict[str, str]:
    """A fault with its place as a JSON pointer (RFC 6901)."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in fault.at)
    return {"at": "".join(f"/{step}" for step in steps), "detail": fault.message}
