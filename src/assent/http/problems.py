"""Problem details (RFC 9457): how errors are told outside of other people's protocols."""

from http import HTTPStatus

from flask import Response
from marshmallow import Schema, fields

from assent.http.calls import json_response
from assent.kernel.errors import (
    AlreadyExists,
    AssentError,
    Conflict,
    Denied,
    Invalid,
    NotFound,
    Unauthenticated,
    Unavailable,
)

MIMETYPE = "application/problem+json"


class Problem(Schema):
    """What went wrong, as RFC 9457 writes it."""

    type = fields.String(required=True, metadata={"example": "about:blank"})
    title = fields.String(required=True, metadata={"example": "Not Found"})
    status = fields.Integer(required=True, metadata={"example": 404})
    detail = fields.String(required=True, metadata={"example": "There is no such thing."})


_STATUS: dict[type[AssentError], int] = {
    Invalid: 400,
    Unauthenticated: 401,
    Denied: 403,
    NotFound: 404,
    AlreadyExists: 409,
    Conflict: 409,
    Unavailable: 503,
}


def domain_error(error: AssentError) -> Response:
    """The answer that tells of an error of the domain."""
    return http_error(status_of(error), error.message)


def status_of(error: AssentError) -> int:
    """The status that HTTP has for an error of the domain."""
    return _STATUS[type(error)]


def http_error(status: int, message: str) -> Response:
    """The answer to a request that reached no call."""
    problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": message}
    return json_response(problem, status, MIMETYPE)
