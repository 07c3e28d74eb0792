"""The codes and the statuses with which both protocols tell what went wrong."""

from assent.kernel.errors import (
    AlreadyExists,
    AssentError,
    Conflict,
    Denied,
    Held,
    Invalid,
    NotFound,
    Unauthenticated,
    Unavailable,
)

# Clients retry 429, 503 and, of MLflow, any 5xx for minutes: no answer to a bad request may have one of these.
CODES: dict[type[AssentError], tuple[str, int]] = {
    Invalid: ("INVALID_PARAMETER_VALUE", 400),
    AlreadyExists: ("RESOURCE_ALREADY_EXISTS", 400),
    NotFound: ("RESOURCE_DOES_NOT_EXIST", 404),
    Denied: ("PERMISSION_DENIED", 403),
    Held: ("PERMISSION_DENIED", 403),
    Unauthenticated: ("UNAUTHENTICATED", 401),
    Conflict: ("RESOURCE_CONFLICT", 409),
    Unavailable: ("TEMPORARILY_UNAVAILABLE", 503),
}

_BY_STATUS = {404: "ENDPOINT_NOT_FOUND", 405: "ENDPOINT_NOT_FOUND", 500: "INTERNAL_ERROR"}


def code_of(status: int) -> str:
    """The code for a request that reached no call."""
    return _BY_STATUS.get(status, "INVALID_PARAMETER_VALUE")
