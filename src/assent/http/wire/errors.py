"""The codes and the statuses with which both protocols tell what went wrong."""

import re

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

# Databricks' SDK tries again for minutes whatever holds one of these, and a model may be called so.
_TRANSIENT = re.compile(
    "UnknownWorkerEnvironmentException|does not have any associated worker environments"
    "|There is no worker environment with id|Unknown worker environment|ClusterNotReadyException"
    "|Unexpected error|Please try again later or try a faster operation|RPC token bucket limit has been exceeded"
)

_BY_STATUS = {404: "ENDPOINT_NOT_FOUND", 405: "ENDPOINT_NOT_FOUND", 500: "INTERNAL_ERROR"}


def code_of(status: int) -> str:
    """The code for a request that reached no call."""
    return _BY_STATUS.get(status, "INVALID_PARAMETER_VALUE")


def untransient(message: str) -> str:
    """A message that no client takes for that of a fault which passes by itself: it reads the same."""
    return _TRANSIENT.sub(lambda found: f"{found[0][:1]}\u2060{found[0][1:]}", message)
