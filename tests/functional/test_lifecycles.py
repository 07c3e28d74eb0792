"""Lifecycles: which stages a model has, and the moves that are allowed, whoever makes them and however."""

from typing import Any

import pytest

from support.calling import Caller
from support.databases import ADMINISTRATOR
from support.gating import asked, gate, govern, states

TRANSITION = "/model-versions/transition-stage"
RISK: dict[str, Any] = {
    "name": "risk",
    "models": ["risk-*"],
    "stages": [{"name": "UAT", "tier": "staging"}, {"name": "Production", "tier": "production"}],
    "moves": {"None": ["UAT"], "UAT": ["None", "Production"], "Production": ["Archived"], "Archived": ["UAT"]},
}


def live_by(call: Caller, *lifecycles: dict[str, Any]) -> None:
    """Let these be all lifecycles from now on."""
    call.by(ADMINISTRATOR).api("POST", "/gates/apply", lifecycles=list(lifecycles))


@pytest.fixture
def risky(call: Caller) -> Caller:
    """A model of a lifecycle of its own, with two versions."""
    live_by(call, RISK)
    call.model("risk-score")
    for _ in range(2):
        call.version("risk-score")
    return call


def _refused(call: Caller, stage: str, number: str = "1", name: str = "risk-score", **more: Any) -> str:
    status, code, message = call.refused("POST", TRANSITION, name=name, version=number, stage=stage, **more)
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
    return message


def _stages(call: Caller) -> dict[str, str]:
    found = call("GET", "/model-versions/search", filter="name = 'risk-score'")["model_versions"]
    return {each["version"]: each["current_stage"] for each in found}


def _findings(call: Caller, **of: Any) -> dict[str, str]:
    return states(call.api("GET", "/models/risk-score/versions/1/explain", **of)["report"])


def test_moves_that_the_lifecycle_allows_are_made(risky: Caller) -> None:
    for stage in ("UAT", "Production", "Archived", "UAT"):
        risky.move("1", stage, name="risk-score")
    assert _stages(risky)["1"] == "UAT"


@pytest.mark.parametrize("who", ["alice", ADMINISTRATOR])
def test_no_other_move_is_made_whoever_makes_it(risky: Caller, who: str) -> None:
    assert _refused(risky.by(who), "Production") == (
        "The lifecycle 'risk' allows no move from None to Production. From None a version goes to: UAT."
    )


def test_a_stage_that_the_lifecycle_has_not_is_refused_with_those_that_it_has(risky: Caller) -> None:
    assert _refused(risky, "Staging") == (
        "Invalid Model Version stage: Staging. Value must be one of None, UAT, Production, Archived: "
        "the lifecycle 'risk' has no others."
    )


def test_other_models_have_mlflows_stages(risky: Caller) -> None:
    risky.model("fraud")
    risky.version("fraud")
    assert "Value must be one of None, Staging, Production, Archived" in _refused(risky, "UAT", name="fraud")
    assert risky.move("1", "Production", name="fraud")["current_stage"] == "Production"


def test_a_version_may_enter_the_stage_where_it_stands(risky: Caller) -> None:
    risky.move("1", "UAT", name="risk-score")
    assert risky.move("1", "UAT", name="risk-score")["current_stage"] == "UAT"


def test_none_is_archived_from_where_nothing_goes_to_the_archive(risky: Caller) -> None:
    risky.move("1", "UAT", name="risk-score")
    told = _refused(risky, "UAT", "2", archive_existing_versions=True)
    assert told.startswith("The lifecycle 'risk' allows no move from UAT to Archived.")
    assert _stages(risky) == {"1": "UAT", "2": "None"}


def test_an_empty_stage_may_be_emptied(risky: Caller) -> None:
    assert risky.move("1", "UAT", name="risk-score", archive_existing_versions=True)["current_stage"] == "UAT"


@pytest.fixture
def waiting(risky: Caller) -> Caller:
    """A version in UAT, whose way into Production waits for one approval; alice and bob may override that."""
    people = {"by": ["user:alice", "user:bob"]}
    govern(risky, gate(override=people))
    risky.move("1", "UAT", name="risk-score")
    assert asked(risky, name="risk-score")["request"]["id"] == 1
    return risky


def test_nothing_is_asked_for_that_the_lifecycle_does_not_allow(waiting: Caller) -> None:
    refused = waiting.api("POST", "/models/risk-score/versions/2/requests", status=400, to="Production")
    assert "no move from None to Production" in refused["detail"]


def test_a_request_waits_while_its_version_stands_where_no_move_begins(waiting: Caller) -> None:
    waiting.move("1", "None", name="risk-score")
    approved = waiting.by("bob").api("POST", "/requests/1/approve")
    assert approved["state"] == "open"
    assert states(approved["report"])["lifecycle"] == "failed"


def test_it_is_applied_when_the_version_is_back(waiting: Caller) -> None:
    waiting.move("1", "None", name="risk-score")
    waiting.by("bob").api("POST", "/requests/1/approve")
    waiting.move("1", "UAT", name="risk-score")
    waiting.move("1", "Production", name="risk-score")
    assert _stages(waiting)["1"] == "Production"


def test_a_lifecycle_that_was_changed_since_counts(waiting: Caller) -> None:
    live_by(waiting, {**RISK, "moves": {**RISK["moves"], "UAT": ["None"]}})
    assert waiting.by("bob").api("POST", "/requests/1/approve")["state"] == "open"
    assert _findings(waiting, to="Production")["lifecycle"] == "failed"


def test_no_override_changes_the_lifecycle(waiting: Caller) -> None:
    waiting.move("1", "None", name="risk-score")
    refused = waiting.by("bob").api("POST", "/requests/1/override", status=403, comment="It burns.")
    assert refused["detail"].endswith("From None a version goes to: UAT. No override changes the lifecycle.")


def test_what_is_explained_says_nothing_of_a_move_that_is_allowed(waiting: Caller) -> None:
    assert "lifecycle" not in _findings(waiting, to="Production")
