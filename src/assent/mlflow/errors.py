"""MLflow's words for what went wrong, and the status of each."""

from flask import Response

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

# A client retries 429 and any 5xx for minutes: no answer to a bad request may have one of these.
_CODES: dict[type[AssentError], tuple[str, int]] = {
    Invalid: ("INVALID_PARAMETER_VALUE", 400),
    AlreadyExists: ("RESOURCE_ALREADY_EXISTS", 400),
    NotFound: ("RESOURCE_DOES_NOT_EXIST", 404),
    Denied: ("PERMISSION_DENIED", 403),
    Unauthenticated: ("UNAUTHENTICATED", 401),
    Conflict: ("RESOURCE_CONFLICT", 409),
    Unavailable: ("TEMPORARILY_UNAVAILABLE", 503),
}

_BY_STATUS = {404: "ENDPOINT_NOT_FOUND", 405: "ENDPOINT_NOT_FOUND", 500: "INTERNAL_ERROR"}


def domain_error(error: AssentError) -> Response:
    """The answer that tells of an error of the domain."""
    code, status = _CODES[type(error)]
    return _error(code, error.message, status)


def http_error(status: int, message: str) -> Response:
    """The answer to a request that reached no call."""
    return _error(_BY_STATUS.get(status, "INVALID_PARAMETER_VALUE"), message, status)


def _error(code: str, message: str, status: int) -> Response:
    return json_response({"error_code": code, "message": message}, status)
