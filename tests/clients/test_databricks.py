"""What Databricks' SDK of each line sees of the registry."""

from pathlib import Path
from typing import Any

import pytest

from assent.access.people import accounts, groups
from assent.access.policy.principals import SYSTEM, Kind
from assent.database import unit_of_work
from support import clients
from support.clients import DATABRICKS, every_line
from support.databases import NEW_PASSWORD, PASSWORD, TEST, PostgresDatabases, SqliteDatabases, engine_for
from support.server import Server

STORY = Path(__file__).parent / "stories/databricks_registry.py"

MISSING = ["ResourceDoesNotExist", "RESOURCE_DOES_NOT_EXIST"]
DENIED = ["PermissionDenied", "PERMISSION_DENIED"]

EXPECTED = {
    "warnings": [],
    "me": ["alice", "alice", True, [], []],
    "by password": ["carol", ["reviewers"]],
    "wrong password": ["Unauthenticated", "UNAUTHENTICATED"],
    "wrong token": ["Unauthenticated", "UNAUTHENTICATED"],
    "created model": "model",
    "model": ["model", "Tells who buys what.", {"owner": "ada", "team": "shop"}, "alice"],
    "level": "CAN_MANAGE",
    "level of a reader": "CAN_READ",
    "id": ["str", True],
    "registered": ["1", "READY", "None"],
    "version": ["The first.", "a" * 32, {"checked": "yes", "data": "july"}],
    "download uri": "s3://bucket/model",
    "latest": ["3"],
    "latest in production": [],
    "versions page by page": ["3", "2", "1"],
    "versions after a deletion": ["1", "2"],
    "versions after a deletion by a body": ["1"],
    "comment": ["Why did recall drop?", "alice", ["EDIT_COMMENT", "DELETE_COMMENT"]],
    "comment edited": [True, "Why did recall drop in July?"],
    "comment edited later": True,
    "comment of a reader": "rita",
    "comment of somebody else": [DENIED, DENIED],
    "comment that is deleted": MISSING,
    "listed page by page": ["a", "b", "c", "model"],
    "found by tag, page by page": ["c", "b", "a"],
    "renamed": "d",
    "left": ["a", "b", "model"],
    "reason": [
        "RIGHT_LACKING",
        "assent",
        {"permission": "registered_model:grant", "level": "CAN_READ"},
    ],
    "levels": [
        "CAN_READ",
        "CAN_EDIT",
        "CAN_MANAGE_STAGING_VERSIONS",
        "CAN_MANAGE_PRODUCTION_VERSIONS",
        "CAN_MANAGE",
    ],
    "permissions at first": {
        "alice": [["CAN_MANAGE", True, ["/registered-models/"]], ["CAN_MANAGE", False, None]],
        "rita": [["CAN_READ", True, ["/registered-models/"]]],
        "carol": None,
    },
    "permissions updated": {
        "alice": [["CAN_MANAGE", True, ["/registered-models/"]], ["CAN_MANAGE", False, None]],
        "carol": [["CAN_READ", False, None]],
        "reviewers": [["CAN_EDIT", False, None]],
        "robot": [["CAN_MANAGE_STAGING_VERSIONS", False, None]],
    },
    "level of who was let in": ["CAN_EDIT", ["model"]],
    "permissions set": {
        "alice": [["CAN_MANAGE", True, ["/registered-models/"]]],
        "carol": [["CAN_MANAGE", False, None]],
        "reviewers": None,
        "robot": None,
    },
    "who was shut out": MISSING,
}
ERRORS = {
    "taken name": ["ResourceAlreadyExists", "RESOURCE_ALREADY_EXISTS"],
    "bad name": ["InvalidParameterValue", "INVALID_PARAMETER_VALUE"],
    "unknown model": MISSING,
    "unknown version": MISSING,
    "unreadable model": MISSING,
    "unreadable model by its id": MISSING,
    "name in the place of an id": MISSING,
    "delete as a reader": DENIED,
    "permissions as a reader": DENIED,
    "unknown user": MISSING,
    "comment on an unknown version": MISSING,
    "comment on an unreadable model": MISSING,
    "empty comment": ["InvalidParameterValue", "INVALID_PARAMETER_VALUE"],
    "unknown comment": MISSING,
    "what is not there yet": ["NotFound", "ENDPOINT_NOT_FOUND"],
}


@pytest.fixture(scope="module")
def told(
    databricks_line: str, databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """The facts of the story, as this line tells it to a new registry."""
    folder = tmp_path_factory.mktemp(databricks_line)
    with databases.copy() as url:
        let_in_more_people(url)
        with Server.start(url, folder) as server:
            environment = {"DATABRICKS_HOST": server.url, "HOME": str(folder)}
            asked = {"token": server.token("alice"), "password": PASSWORD}
            python = every_line(DATABRICKS)[databricks_line]
            return clients.tell(python, STORY, environment, folder, asked=asked)


def let_in_more_people(url: str) -> None:
    """Add carol, whom nothing is granted, the group that holds her, and a service account."""
    engine = engine_for(url)
    with unit_of_work(engine, TEST) as session:
        carol = accounts.create(session, "carol", password=NEW_PASSWORD, by=SYSTEM)
        groups.add(session, groups.create(session, "reviewers", by=SYSTEM), carol, by=SYSTEM)
        accounts.create(session, "robot", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM)
    engine.dispose()


def test_newest_line_is_never_left_out() -> None:
    assert every_line(DATABRICKS)["newest"].exists()


def test_environment_has_the_line(told: Any, databricks_line: str) -> None:
    assert databricks_line == "newest" or told["release"].startswith(f"{databricks_line}.")


@pytest.mark.parametrize("fact", EXPECTED)
def test_sdk_sees(told: Any, fact: str) -> None:
    assert told[fact] == EXPECTED[fact]


@pytest.mark.parametrize("attempt", ERRORS)
def test_sdk_raises(told: Any, attempt: str) -> None:
    assert told["errors"][attempt] == ERRORS[attempt]


def test_every_fact_is_expected(told: Any) -> None:
    assert told.keys() == EXPECTED.keys() | {"release", "errors"}
    assert told["errors"].keys() == ERRORS.keys()
