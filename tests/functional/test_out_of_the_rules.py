"""Nobody slips out of a rule by what a model is called or tagged, and nothing slips into one with what it guards."""

from typing import Any

import pytest

from support.calling import Caller
from support.databases import ADMINISTRATOR
from support.gating import gate, govern

RENAME, SET_TAG = "/registered-models/rename", "/registered-models/set-tag"
TIER = {"name": "risk-m", "key": "tier"}
LIFECYCLE = {
    "name": "risk",
    "models": ["risk-*"],
    "stages": [{"name": "Staging", "tier": "staging"}, {"name": "Production", "tier": "production"}],
    "moves": {"None": ["Staging"], "Staging": ["Production"], "Production": ["Archived"]},
}
FREEZE = {
    "name": "long",
    "models": ["risk-*"],
    "targets": [{"stage": "Production"}],
    "from": "2026-01-01T00:00",
    "until": "2099-01-01T00:00",
    "zone": "UTC",
}


@pytest.fixture
def risky(call: Caller) -> Caller:
    """A model with a version, which is called and tagged as gates go by."""
    call.model("risk-m", tags=[{"key": "tier", "value": "critical"}])
    call.version("risk-m")
    return call


def _rules(call: Caller, **rules: Any) -> None:
    call.by(ADMINISTRATOR).api("POST", "/gates/apply", **rules)


def _rename(call: Caller, name: str = "risk-m", to: str = "m") -> tuple[int, str]:
    status, _, message = call.refused("POST", RENAME, name=name, new_name=to)
    return status, message


def test_a_name_that_no_gate_goes_by_takes_an_administrator(risky: Caller) -> None:
    govern(risky, gate(models=["risk-*"]))
    refused = "risk-m would be guarded no more by the gate production: that takes an administrator."
    assert _rename(risky) == (403, refused)
    risky.by(ADMINISTRATOR)("POST", RENAME, name="risk-m", new_name="m")


def test_another_name_of_the_same_gate_takes_none(risky: Caller) -> None:
    govern(risky, gate(models=["risk-*"]))
    risky("POST", RENAME, name="risk-m", new_name="risk-n")


def test_a_name_that_a_freeze_does_not_hold_takes_an_administrator(risky: Caller) -> None:
    govern(risky, gate(), freezes=[FREEZE])
    assert _rename(risky)[1].startswith("risk-m would be guarded no more by the freeze long")


def test_a_freeze_that_is_over_keeps_no_name(risky: Caller) -> None:
    govern(risky, gate(), freezes=[FREEZE | {"until": "2026-01-02T00:00"}])
    risky("POST", RENAME, name="risk-m", new_name="m")


def test_a_name_of_another_lifecycle_takes_an_administrator(risky: Caller) -> None:
    _rules(risky, lifecycles=[LIFECYCLE])
    assert _rename(risky)[1].startswith("risk-m would be guarded no more by the lifecycle risk")


def test_a_model_comes_back_under_no_name_that_no_gate_goes_by(risky: Caller) -> None:
    model_id = int(risky.api("GET", "/models/risk-m")["id"])
    risky("DELETE", "/registered-models/delete", name="risk-m")
    govern(risky, gate(models=["risk-*"]))
    refused = risky.api("POST", f"/deleted-models/{model_id}/restore", name="m", status=403)
    assert refused["detail"] == "risk-m would be guarded no more by the gate production: that takes an administrator."
    assert risky.api("POST", f"/deleted-models/{model_id}/restore", name="risk-n")["name"] == "risk-n"


@pytest.mark.parametrize(
    ("method", "path", "value"),
    [("POST", "set-tag", {"value": "low"}), ("DELETE", "delete-tag", {})],
)
def test_a_tag_that_a_gate_goes_by_takes_an_administrator(
    risky: Caller, method: str, path: str, value: dict[str, str]
) -> None:
    govern(risky, gate(tags={"tier": "crit*"}))
    status, _, message = risky.refused(method, f"/registered-models/{path}", **TIER, **value)
    assert (status, message.partition(":")[0]) == (403, "risk-m would be guarded no more by the gate production")
    risky.by(ADMINISTRATOR)(method, f"/registered-models/{path}", **TIER, **value)


def test_a_tag_that_the_gate_goes_by_just_as_well_is_free(risky: Caller) -> None:
    govern(risky, gate(tags={"tier": "crit*"}))
    risky("POST", SET_TAG, **TIER, value="critical!")


@pytest.mark.parametrize("target", [{"stage": "Production"}, {"alias": "champion"}])
def test_no_name_leads_under_a_gate_that_a_version_never_passed(risky: Caller, target: dict[str, str]) -> None:
    risky.model()
    risky.version()
    risky.move("1", "Production")
    risky.point("champion", "1")
    govern(risky, gate(target, models=["risk-*"]))
    assert _rename(risky, "m", "risk-n")[0] == 403


def test_a_tag_leads_under_a_gate_that_a_version_never_passed_by_an_administrator_alone(risky: Caller) -> None:
    risky.model()
    risky.version()
    risky.move("1", "Production")
    govern(risky, gate(tags={"tier": "critical"}))
    tag = {"name": "m", "key": "tier", "value": "critical"}
    assert risky.refused("POST", SET_TAG, **tag) == (
        403,
        "PERMISSION_DENIED",
        "A version of m stands in Production, which the gate production would guard: that takes an administrator.",
    )
    risky.by(ADMINISTRATOR)("POST", SET_TAG, **tag)
