"""Errors as the faces write them."""

import pytest

from assent.http import problems
from assent.http.wire.errors import untransient
from assent.kernel.errors import Denied, Held

# What the SDK of Databricks takes for a fault that passes by itself.
PHRASES = (
    "com.databricks.backend.manager.util.UnknownWorkerEnvironmentException",
    "does not have any associated worker environments",
    "There is no worker environment with id",
    "Unknown worker environment",
    "ClusterNotReadyException",
    "Unexpected error",
    "Please try again later or try a faster operation.",
    "RPC token bucket limit has been exceeded",
)
REPORT = {"complete": False, "findings": []}


@pytest.mark.parametrize("phrase", PHRASES)
def test_no_message_is_taken_for_a_fault_that_passes(phrase: str) -> None:
    message = f"There is no model {phrase} and no {phrase}."
    found = untransient(message)
    assert phrase not in found
    assert found.replace("\u2060", "") == message


def test_other_messages_are_left_as_they_are() -> None:
    assert untransient("Registered Model with name=m not found") == "Registered Model with name=m not found"


def test_a_held_move_is_a_problem_with_its_request_and_report() -> None:
    told = problems.domain_error(Held("Wait.", request_id=12, report=REPORT, subject="m", version=1)).json
    assert told == {
        "type": "urn:assent:held",
        "title": "Forbidden",
        "status": 403,
        "detail": "Wait.",
        "request": 12,
        "report": REPORT,
    }


def test_another_denial_is_a_problem_without() -> None:
    told = problems.domain_error(Denied("No.")).json
    assert told == {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": "No."}
