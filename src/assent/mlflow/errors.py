"""MLflow's form for what went wrong."""

from flask import Response

from assent.http.calls import json_response
from assent.http.wire.errors import CODES, code_of, untransient
from assent.kernel.errors import AssentError


def domain_error(error: AssentError) -> Response:
    """The answer that tells of an error of the domain."""
    code, status = CODES[type(error)]
    return _error(code, error.message, status)


def http_error(status: int, message: str) -> Response:
    """The answer to a request that reached no call."""
    return _error(code_of(status), message, status)


def _error(code: str, message: str, status: int) -> Response:
    return json_response({"error_code": code, "message": untransient(message)}, status)
