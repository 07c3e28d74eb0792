"""What Databricks' SDK of each line makes of transition requests."""

from pathlib import Path
from typing import Any

import pytest
import requests

from support import clients
from support.clients import DATABRICKS, every_line
from support.databases import ADMINISTRATOR, PASSWORD, PostgresDatabases, SqliteDatabases
from support.gating import gate
from support.server import Server

STORY = Path(__file__).parent / "stories/databricks_requests.py"
RULES = {
    "gates": [
        gate("Production", {"approvals": 2}, models=["churn"]),
        gate("Production", {"check": "ci"}, {"approvals": 1}, name="checks", models=["checked"]),
        gate("Production", {"approvals": 1}, name="freezing", models=["frozen"]),
    ],
    "freezes": [
        {
            "name": "for a long time",
            "models": ["frozen"],
            "targets": [{"stage": "Production"}],
            "from": "2026-01-01T00:00",
            "until": "2099-01-01T00:00",
            "zone": "UTC",
        }
    ],
}

APPROVE, REJECT = "APPROVE_TRANSITION_REQUEST", "REJECT_TRANSITION_REQUEST"
CANCEL = "CANCEL_TRANSITION_REQUEST"
TO_PRODUCTION = ["REQUESTED_TRANSITION", "None", "Production", "alice"]
ENTERED = "2 of 2 approvals: bob, petra; the version entered Production"
NOT_YET = "0 of 2 approvals; stage unchanged"
EXPECTED: dict[str, Any] = {
    "created": ["Production", "Please.", "alice", [REJECT, CANCEL]],
    "created again": True,
    "created by somebody else": ["ResourceAlreadyExists", "RESOURCE_ALREADY_EXISTS"],
    "listed": [[*TO_PRODUCTION, "Please.", NOT_YET]],
    "approved by who asked": ["FOUR_EYES", "assent"],
    "approved without the right": [
        "RIGHT_LACKING",
        "assent",
        {
            "permission": "request:decide_production",
            "level": "CAN_READ",
            "target": "Production",
            "request": "1",
        },
    ],
    "first approval": ["APPROVED_REQUEST", "None", "Production", "bob", "Fine.", "1 of 2 approvals; stage unchanged"],
    "first approval again": True,
    "listed after one approval": [[*TO_PRODUCTION, "Please.", "1 of 2 approvals; stage unchanged"]],
    "approved otherwise": ["InvalidParameterValue", "INVALID_PARAMETER_VALUE"],
    "second approval": ["APPROVED_REQUEST", "None", "Production", "petra", "", ENTERED],
    "ids": ["decision:1", "decision:2"],
    "listed after the move": [],
    "stage after the move": "Production",
    "approved once more by somebody else": ["ResourceDoesNotExist", "RESOURCE_DOES_NOT_EXIST"],
    "rejection": [
        *("REJECTED_REQUEST", "None", "Production", "bob", "It drifts."),
        "the request is rejected; stage unchanged",
    ],
    "rejected when closed": ["ResourceDoesNotExist", "RESOURCE_DOES_NOT_EXIST"],
    "deleted for another creator": ["ResourceDoesNotExist", "RESOURCE_DOES_NOT_EXIST"],
    "listed after the deletion": [],
    "moved": ["Staging", "CAN_MANAGE", 0],
    "move held": [
        "NEEDS_APPROVALS",
        "assent",
        {
            "request": "4",
            "target": "Production",
            "reasons": "NEEDS_APPROVALS",
            "approvals": "0 of 2 approvals.",
        },
    ],
    "listed after the move was held": [
        ["REQUESTED_TRANSITION", "Staging", "Production", "alice", "It is July.", NOT_YET]
    ],
    "check missing": [
        "CHECK_MISSING",
        "assent",
        {
            "request": "5",
            "target": "Production",
            "reasons": "CHECK_MISSING,NEEDS_APPROVALS",
            "check": "The check ci was not posted.",
            "approvals": "0 of 1 approval.",
        },
    ],
    "frozen": [
        "FROZEN_UNTIL",
        "assent",
        {
            "request": "6",
            "target": "Production",
            "reasons": "FROZEN_UNTIL,NEEDS_APPROVALS",
            "freeze": "Production is frozen (for a long time) until 2099-01-01 00:00:00 UTC.",
            "approvals": "0 of 1 approval.",
            "since": "4070908800000",
        },
    ],
}
# What old lines drop of an answer.
OF_NEW_LINES: dict[str, tuple[Any, Any]] = {
    "deletion": (
        [
            *("CANCELLED_REQUEST", "None", "Staging", "rita", "Never mind."),
            "the request is withdrawn; stage unchanged",
        ],
        None,
    ),
    "told with a version": (EXPECTED["listed after the move was held"], []),
}


@pytest.fixture(scope="module")
def told(
    databricks_line: str, databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """The facts of the story, as this line tells it to a new registry whose gates an administrator has applied."""
    folder = tmp_path_factory.mktemp(databricks_line)
    with databases.copy() as url, Server.start(url, folder) as server:
        applied = requests.post(
            f"{server.url}/api/v1/gates/apply", json=RULES, auth=(ADMINISTRATOR, PASSWORD), timeout=60
        )
        applied.raise_for_status()
        environment = {"DATABRICKS_HOST": server.url, "HOME": str(folder)}
        python = every_line(DATABRICKS)[databricks_line]
        return clients.tell(python, STORY, environment, folder, asked={"password": PASSWORD})


@pytest.mark.parametrize("fact", EXPECTED)
def test_sdk_sees(told: Any, fact: str) -> None:
    assert told[fact] == EXPECTED[fact]


@pytest.mark.parametrize("fact", OF_NEW_LINES)
def test_new_sdk_sees(told: Any, databricks_line: str, fact: str) -> None:
    seen, by_old_ones = OF_NEW_LINES[fact]
    assert told[fact] == (by_old_ones if databricks_line == "0.30" else seen)


def test_every_fact_is_expected(told: Any) -> None:
    assert told.keys() == EXPECTED.keys() | OF_NEW_LINES.keys() | {"release"}
