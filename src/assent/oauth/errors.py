"""OAuth's words for what went wrong (RFC 6749, section 5.2)."""

from flask import Response
from marshmallow import Schema, fields

from assent.http.calls import json_response
from assent.kernel.errors import AssentError, Unauthenticated, Unavailable


class OAuthError(Schema):
    """What went wrong, as RFC 6749 writes it."""

    error = fields.String(required=True, metadata={"example": "invalid_grant"})
    error_description = fields.String(required=True, metadata={"example": "The token has expired."})


class NoToken(AssentError):
    """There is no token for this request; `code` is OAuth's word for why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def tell(error: AssentError) -> Response:
    """The answer that tells of an error of the domain."""
    if isinstance(error, Unavailable):
        return _error("temporarily_unavailable", error.message, 503)
    if isinstance(error, Unauthenticated):
        return _error("invalid_client", error.message, 401)
    return _error(error.code if isinstance(error, NoToken) else "invalid_request", error.message, 400)


def tell_status(status: int, message: str) -> Response:
    """The answer to a request that reached no call."""
    return _error("server_error" if status >= 500 else "invalid_request", message, status)


def _error(code: str, message: str, status: int) -> Response:
    told = json_response({"error": code, "error_description": message}, 401 if code == "invalid_client" else status)
    if told.status_code == 401:
        told.headers["WWW-Authenticate"] = 'Basic realm="assent", charset="UTF-8"'
    return told
