"""What MLflow's client raises: the codes and the texts that it, and people's code around it, look for."""

from collections.abc import Callable
from typing import Any

import pytest

from support.server import Server

INVALID, TAKEN, MISSING = "INVALID_PARAMETER_VALUE", "RESOURCE_ALREADY_EXISTS", "RESOURCE_DOES_NOT_EXIST"
NO_MODEL = "Registered Model with name=nobody not found"
NO_VERSION = "Model Version (name=taken, version=9) not found"
NO_STAGE = "Invalid Model Version stage: unknown. Value must be one of None, Staging, Production, Archived."
NO_SOURCE = "Invalid model version source: "

EXPECTED = {
    "taken name": (TAKEN, "Registered Model (name=taken) already exists"),
    "name with a slash": (INVALID, "Invalid model name 'a/b'. Names cannot contain '/' or ':'."),
    "name with a colon": (INVALID, "Invalid model name 'a:b'. Names cannot contain '/' or ':'."),
    "blank name": (INVALID, "Registered model name cannot be empty"),
    "name of a prompt": (
        TAKEN,
        "Tried to create a registered model with name 'prompt', but the name is already taken by a prompt.",
    ),
    "rename to a taken name": (TAKEN, "Registered Model (name=taken) already exists"),
    "unknown model": (MISSING, NO_MODEL),
    "version of an unknown model": (MISSING, NO_MODEL),
    "tag of an unknown model": (MISSING, NO_MODEL),
    "unknown version": (MISSING, NO_VERSION),
    "download uri of an unknown version": (MISSING, NO_VERSION),
    "version that is no number": (INVALID, "Parameter 'version' must be an integer, got 'x'."),
    "unknown alias": (INVALID, "Registered model alias nobody not found."),
    "latest of a model without versions": (MISSING, "Latest version not found for model empty."),
    "alias to an unknown version": (MISSING, NO_VERSION),
    "alias with a dot": (INVALID, "Invalid alias name: 'a.b'."),
    "alias called latest": (INVALID, "'latest' alias name (case insensitive) is reserved."),
    "alias like a number": (INVALID, "Version alias name 'v1' is reserved."),
    "unknown stage": (INVALID, NO_STAGE),
    "latest versions of an unknown stage": (INVALID, NO_STAGE),
    "archiving for the archive": (
        INVALID,
        "Model version transition cannot archive existing model versions because 'Archived' is not an Active stage.",
    ),
    "tag key with a question mark": (INVALID, "Invalid value \"a?b\" for parameter 'key' supplied: Names may only"),
    "too long a tag": (INVALID, "'value' exceeds the maximum length of 100000 characters"),
    "local source": (INVALID, f"{NO_SOURCE}'/etc'. To use a local path as a model version source"),
    "source with a host": (
        INVALID,
        f"{NO_SOURCE}'https://example.org/model'. 'source' cannot use the 'https' scheme",
    ),
    "relative source": (INVALID, f"{NO_SOURCE}'s3://bucket/../model'. If supplying a source as an http, https,"),
    "source of an unknown version": (MISSING, NO_VERSION),
    "filter without a value": (INVALID, "Invalid clause(s) in filter string"),
    "filter by an unknown attribute": (INVALID, "Invalid attribute key 'colour' specified"),
    "filter without quotes": (INVALID, "Parameter value is either not quoted or unidentified quote types used for"),
    "filter with an empty list": (INVALID, "While parsing a list in the query, expected a non-empty list of string"),
    "order by an unknown attribute": (INVALID, "Invalid order by key 'colour' specified"),
    "order of versions by an unknown attribute": (INVALID, "Invalid attribute key 'colour' specified"),
    "order with more words": (INVALID, "Invalid order_by clause 'name DESC blah'"),
    "page token of somebody else": (INVALID, "Invalid page token, could not base64-decode"),
    "too large a page": (INVALID, "Invalid value \"1001\" for parameter 'max_results' supplied"),
}


@pytest.fixture(scope="module")
def told(registry: Server, tell: Callable[..., Any]) -> Any:
    """The facts of the story."""
    return tell("refusals", registry.password_login())


@pytest.mark.parametrize("attempt", EXPECTED)
def test_client_is_refused(told: Any, attempt: str) -> None:
    code, message = told[attempt]
    expected_code, beginning = EXPECTED[attempt]
    assert (code, message[: len(beginning)]) == (expected_code, beginning)


def test_every_refusal_is_expected(told: Any) -> None:
    assert told.keys() == EXPECTED.keys()
