"""Databricks' form for what went wrong: a code, a message, and for programs the reason in the details."""

from typing import Any

from flask import Response

from assent.databricks import reasons
from assent.http.calls import json_response
from assent.http.wire.errors import CODES, code_of, untransient
from assent.kernel.errors import AssentError, Denied

_ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"


def domain_error(error: AssentError) -> Response:
    """The answer that tells of an error of the domain."""
    code, status = CODES[type(error)]
    details = [_refusal(error)] if isinstance(error, Denied) else []
    return _error(code, error.message, status, details)


def http_error(status: int, message: str) -> Response:
    """The answer to a request that reached no call."""
    return _error(code_of(status), message, status, [])


def _refusal(error: Denied) -> dict[str, Any]:
    """Why it was denied: the SDK gives this out as `error.get_error_details().error_info`."""
    reason, told = reasons.info(error)
    return {"@type": _ERROR_INFO, "reason": reason, "domain": "assent", "metadata": told}


def _error(code: str, message: str, status: int, details: list[dict[str, Any]]) -> Response:
    return json_response({"error_code": code, "message": untransient(message), "details": details}, status)
