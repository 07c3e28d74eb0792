"""What MLflow's access client does with users and with permissions on models."""

from collections.abc import Callable
from typing import Any

import pytest

from support.databases import PASSWORD
from support.server import Server

OTHER, THIRD = "tall ships at dawn", "nine lamps by the quay"

DENIED, MISSING, INVALID = "PERMISSION_DENIED", "RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"
TAKEN, NOWHERE, UNKNOWN = "RESOURCE_ALREADY_EXISTS", "ENDPOINT_NOT_FOUND", "UNAUTHENTICATED"
NOTHING = [False, "NO_PERMISSIONS"]

EXPECTED = {
    "created user": ["carol", False, True],
    "got user": ["carol", False, True],
    "made an administrator": True,
    "an administrator no longer": False,
    "old password": UNKNOWN,
    "own user": ["carol", False, True],
    "another user": DENIED,
    "own password without the current one": INVALID,
    "own password with the current one": ["carol", False, True],
    "user created by a user": DENIED,
    "another's password by a user": DENIED,
    "user deleted by a user": DENIED,
    "nothing granted": MISSING,
    "own permission on what one may not read": MISSING,
    "permission of somebody without one": NOTHING,
    "permissions": {
        "READ": [True, "READ"],
        "USE": [True, "READ"],
        "EDIT": [True, "EDIT"],
        "MANAGE": [True, "MANAGE"],
        "NO_PERMISSIONS": NOTHING,
        "DENY": NOTHING,
    },
    "let in": "model",
    "own permission": [True, "READ"],
    "another's permission by a reader": DENIED,
    "grant by a reader": DENIED,
    "granted by a manager": [True, "EDIT"],
    "revoked": NOTHING,
    "revoked again": MISSING,
    "levels between": [True, "EDIT"],
    "administrator's permission": [True, "MANAGE"],
    "taken name": TAKEN,
    "weak password": INVALID,
    "unknown user": MISSING,
    "permission of an unknown user": MISSING,
    "permission on an unknown model": MISSING,
    "unknown permission": INVALID,
    "permission on an experiment": INVALID,
    "role": NOWHERE,
    "deleted user": MISSING,
    "sign-in of a deleted user": UNKNOWN,
    "name of a deleted user": TAKEN,
}


@pytest.fixture(scope="module")
def told(registry: Server, tell: Callable[..., Any]) -> Any:
    """The facts of the story."""
    return tell("access", registry.password_login(), {"passwords": [PASSWORD, OTHER, THIRD]})


@pytest.mark.parametrize("fact", EXPECTED)
def test_client_sees(told: Any, fact: str) -> None:
    assert told[fact] == EXPECTED[fact]


def test_every_fact_is_expected(told: Any) -> None:
    assert told.keys() == EXPECTED.keys()
