"""Requirements where they are enforced: on moves that are asked for over HTTP."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from assent.governance.requests.records.tables import Awaited
from assent.kernel.dialects import table
from support.calling import Caller
from support.databases import engine_for
from support.gating import asked, gate, govern
from support.plugins import installed

AWAITED = table(Awaited)
BROKEN = """
class KIND:
    word = "brought"
    read = lambda content: content.value
    judge = lambda spec, facts, asking: spec.nowhere
    words = str
"""


@pytest.fixture
def model(call: Caller) -> Caller:
    """A model with two versions."""
    call.model()
    call.version()
    call.version()
    return call


def _approve(call: Caller, by: str, request: dict[str, Any], status: int = 200) -> dict[str, Any]:
    return call.by(by).api("POST", f"/requests/{request['id']}/approve", status=status)


def test_a_plug_in_that_breaks_lets_no_move_pass(
    model: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installed(tmp_path, monkeypatch, {"brought": "brought:KIND"}, BROKEN):
        govern(model, gate("Production", {"brought": 1}))
        answer = model.refused("POST", "/model-versions/transition-stage", name="m", version="1", stage="Production")
    assert answer == (
        403,
        "PERMISSION_DENIED",
        "Version 1 of m cannot enter Production yet: The requirement brought could not be judged: AttributeError: "
        "'int' object has no attribute 'nowhere'. Request 1 is open; the same call succeeds once it is applied.",
    )


def test_a_plug_in_that_is_gone_lets_no_move_pass(
    model: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installed(tmp_path, monkeypatch, {"brought": "brought:KIND"}, BROKEN):
        govern(model, gate("Production", {"brought": 1}))
    (finding,) = (each for each in asked(model)["request"]["report"]["findings"] if each["requirement"] == "brought")
    assert (finding["state"], finding["why"]) == (
        "failed",
        "The plug-in that knows the requirement brought is not installed.",
    )


def test_whoever_posted_what_the_incumbent_is_compared_by_cannot_approve(model: Caller) -> None:
    metric = {"key": "auc", "check": "ci", "against": "incumbent", "may_drop": 0}
    govern(model, gate("Production", {"approvals": 1}, {"metric": metric}))
    for number, by, auc in ((1, "edith", 0.9), (1, "bob", 0.1), (2, "edith", 0.5)):
        posted: dict[str, Any] = {"name": "ci", "state": "passed", "metrics": {"auc": auc}}
        model.by(by).api("POST", f"/models/m/versions/{number}/checks", **posted)
        if (number, by) == (1, "edith"):
            assert _approve(model, "petra", asked(model)["request"])["state"] == "applied"
    refused = _approve(model, "bob", asked(model, number=2)["request"], status=403)
    assert refused["detail"].startswith("Four eyes: bob posted a check that the gate asks for.")


def test_what_the_incumbent_is_compared_by_makes_an_approval_stale(model: Caller) -> None:
    metric = {"key": "auc", "check": "ci", "against": "incumbent", "may_drop": 0}
    govern(model, gate("Production", {"approvals": 1}, {"metric": metric}))
    for number in (1, 2):
        posted: dict[str, Any] = {"name": "ci", "state": "passed", "metrics": {"auc": 1 - number / 10}}
        model.by("edith").api("POST", f"/models/m/versions/{number}/checks", **posted)
        request = asked(model, number=number)["request"]
        _approve(model, "petra", request)
    model.by("edith").api("POST", "/models/m/versions/1/checks", name="ci", state="passed", metrics={"auc": 0.1})
    again = asked(model, number=2)["request"]
    assert "since then the incumbent's auc of ci changed" in again["report"]["findings"][1]["why"]


def test_deleting_again_what_was_restored_is_no_way_back(model: Caller) -> None:
    govern(model, gate({"deletion": "version"}, {"approvals": 1}, rollback={"approvals": 0}))
    request = asked(model, "deletion")["request"]
    assert _approve(model, "bob", request)["state"] == "applied"
    model.api("POST", "/models/m/versions/1/restore")
    report = asked(model, "deletion")["request"]["report"]
    assert (report["rollback"], report["complete"]) == (False, False)


def test_a_request_waits_for_everybody_where_only_some_must_be_of_a_group(model: Caller, database_url: str) -> None:
    model.by("admin").api("POST", "/groups", name="risk")
    govern(model, gate("Production", {"approvals": {"count": 2, "at_least": {"group:risk": 1}}}))
    asked(model)
    engine = engine_for(database_url)
    with engine.connect() as connection:
        awaited = connection.execute(select(AWAITED.c.principal_id, AWAITED.c.group_id.is_not(None))).all()
    engine.dispose()
    assert sorted(map(tuple, awaited)) == [(None, False), (None, True)]
