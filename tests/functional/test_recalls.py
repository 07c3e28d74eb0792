"""Recalls quarantine what descends from a node, until they are lifted; both leave their events."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from assent.audit.events import AuditEvent
from assent.database import db
from support.calling import API, Caller
from support.databases import ADMINISTRATOR, PASSWORD


@pytest.fixture
def copied(call: Caller) -> Caller:
    """A model with a version of a run, which was copied into another model; the copy stands in Production."""
    call.model("base")
    call.version("base", run_id="4f2c")
    call.model("copies")
    call.version("copies", source="models:/base/1")
    call.move("1", "Production", name="copies")
    return call


def _recall(call: Caller, of: str, **options: Any) -> dict[str, Any]:
    return call.api("POST", "/recalls", of=of, reason="Labels were leaked.", **options)


def _quarantined_by(call: Caller, model: str) -> list[int]:
    found = call.api("GET", f"/models/{model}/versions/1/lineage")["quarantined_by"]
    return [each["id"] for each in found]


def _events(app: Flask, action: str) -> list[tuple[str, int | None, dict[str, Any]]]:
    with app.app_context(), db.engine.connect() as connection:
        columns = select(AuditEvent.subject, AuditEvent.version, AuditEvent.details)
        rows = connection.execute(columns.where(AuditEvent.action == action).order_by(AuditEvent.id))
        return [(row.subject, row.version, row.details) for row in rows]


@pytest.mark.parametrize("of", ["version:base/1", "run:4f2c"])
def test_what_descends_from_a_recalled_node_is_quarantined(copied: Caller, of: str) -> None:
    made = _recall(copied.by(ADMINISTRATOR), of)
    assert [each["model"] for each in made["touches"]["versions"]] == ["base", "copies"]
    assert [each["model"] for each in made["touches"]["in_production"]] == ["copies"]
    assert _quarantined_by(copied, "base") == _quarantined_by(copied, "copies") == [made["id"]]


def test_what_a_recalled_version_comes_from_is_not_quarantined(copied: Caller) -> None:
    _recall(copied, "version:copies/1")
    assert _quarantined_by(copied, "base") == []


def test_a_version_that_is_registered_later_is_quarantined_too(copied: Caller) -> None:
    recall = _recall(copied.by(ADMINISTRATOR), "run:4f2c")["id"]
    copied.model("late")
    copied.version("late", run_id="4f2c")
    assert _quarantined_by(copied, "late") == [recall]


def test_something_is_recalled_before_anybody_used_it(copied: Caller) -> None:
    recall = _recall(copied.by(ADMINISTRATOR), "run:0000")["id"]
    copied.model("late")
    copied.version("late", run_id="0000")
    assert _quarantined_by(copied, "late") == [recall]


@pytest.mark.parametrize("digits", [40, 64])
def test_a_whole_commit_is_recalled_before_anybody_used_it(copied: Caller, digits: int) -> None:
    recall = _recall(copied.by(ADMINISTRATOR), f"commit:{'A' * digits}")["id"]
    facts = {"schema": "assent.run-snapshot/1", "run": {"id": "4f2c"}, "code": {"commit": "a" * digits}}
    copied.api("PUT", "/models/base/versions/1/snapshot", facts=facts)
    assert _quarantined_by(copied, "base") == [recall]


def test_a_run_with_blanks_about_its_id_is_recalled_as_it_is_shown(copied: Caller) -> None:
    copied.version("base", run_id=" 4f2c ")
    shown = copied.api("GET", "/models/base/versions/2/lineage")["nodes"][-1]["label"]
    (touched,) = _recall(copied.by(ADMINISTRATOR), shown)["touches"]["versions"]
    assert (touched["model"], touched["number"]) == ("base", 2)


def test_a_lifted_recall_quarantines_nothing(copied: Caller) -> None:
    recall = _recall(copied, "version:base/1")["id"]
    lifted = copied.api("POST", f"/recalls/{recall}/lift", reason="It was another file.")
    assert (lifted["lifted_by"], lifted["lift_reason"]) == ("alice", "It was another file.")
    assert _quarantined_by(copied, "copies") == []
    assert copied.api("GET", "/recalls")["recalls"] == []
    assert [each["id"] for each in copied.api("GET", "/recalls", lifted="true")["recalls"]] == [recall]


def test_what_was_lifted_is_recalled_again(copied: Caller) -> None:
    recall = _recall(copied, "version:base/1")["id"]
    copied.api("POST", f"/recalls/{recall}/lift", reason="A mistake.")
    assert _recall(copied, "version:base/1")["id"] > recall


def test_nothing_is_recalled_twice(copied: Caller) -> None:
    recall = _recall(copied, "version:base/1")["id"]
    _recall(copied, "version:base/1", status=409)
    copied.api("POST", f"/recalls/{recall}/lift", reason="A mistake.")
    copied.api("POST", f"/recalls/{recall}/lift", reason="A mistake.", status=409)


def test_what_an_administrator_recalled_is_lifted_by_administrators(copied: Caller) -> None:
    recall = _recall(copied.by(ADMINISTRATOR), "version:base/1")["id"]
    copied.api("POST", f"/recalls/{recall}/lift", reason="It is mine.", status=403)
    assert _quarantined_by(copied, "copies") == [recall]
    copied.by(ADMINISTRATOR).api("POST", f"/recalls/{recall}/lift", reason="A mistake.")


@pytest.mark.parametrize("of", ["run:4f2c", "dataset:5ad6e8ce:train", "external_model:hf://base"])
def test_what_belongs_to_no_model_is_recalled_by_administrators(copied: Caller, of: str) -> None:
    _recall(copied, of, status=403)
    assert _recall(copied.by(ADMINISTRATOR), of)["node"] == of


@pytest.mark.parametrize(
    "of", ["version:none/1", "deployment:none", "commit:0a1b2c3", "dataset:5ad6e8ce", "run:4f2c ", "run: 4f2c"]
)
def test_what_is_no_single_node_is_not_recalled(copied: Caller, of: str) -> None:
    _recall(copied.by(ADMINISTRATOR), of, status=404)


@pytest.mark.parametrize("reason", ["", " ", "x" * 5001, "a\x00b"])
def test_a_recall_has_a_reason(copied: Caller, reason: str) -> None:
    copied.api("POST", "/recalls", of="version:base/1", reason=reason, status=400)


def test_an_unknown_recall_is_not_found(copied: Caller) -> None:
    for number in (1, 2**63, 10**30):
        copied.api("GET", f"/recalls/{number}", status=404)


def test_recalls_and_what_they_touch_in_production_are_told_to_the_audit_log(app: Flask, copied: Caller) -> None:
    copied.api("PUT", "/deployments/web", serves=[{"model": "copies", "version": 1}])
    recall = _recall(copied, "version:base/1")["id"]
    copied.api("POST", f"/recalls/{recall}/lift", reason="A mistake.")
    ((subject, version, details),) = _events(app, "lineage_node.recalled")
    assert (subject, version, details) == (
        "base",
        1,
        {"recall": recall, "node": "version:1", "reason": "Labels were leaked."},
    )
    ((subject, version, details),) = _events(app, "model_version.quarantined")
    assert (subject, version, details) == (
        "copies",
        1,
        {"recall": recall, "reason": "Labels were leaked.", "stage": "Production", "deployments": ["web"]},
    )
    ((subject, version, details),) = _events(app, "lineage_node.recall_lifted")
    assert (subject, version, details["reason"]) == ("base", 1, "A mistake.")


@pytest.fixture
def shut_out(copied: Caller) -> Caller:
    """Somebody who manages the model that was copied, and may not read the one with the copy."""
    root = copied.by(ADMINISTRATOR)
    root.api("POST", "/users", name="mallory", password=PASSWORD)
    root.api("PUT", "/models/base/permissions", kind="user", name="mallory", level="CAN_MANAGE")
    return copied.by("mallory")


def test_whoever_recalls_learns_nothing_of_models_that_they_may_not_read(copied: Caller, shut_out: Caller) -> None:
    copied.api("PUT", "/deployments/web", serves=[{"model": "copies", "version": 1}])
    _recall(shut_out, "version:base/1")
    told = shut_out.answer("GET", f"{API}/audit/events").text
    assert "lineage_node.recalled" in told
    assert "copies" not in told
    assert "web" not in told


@pytest.mark.parametrize("of", ["dataset:5ad6e8ce", "commit:0a1b2c3", "deployment:web"])
def test_who_may_not_recall_something_does_not_learn_whether_it_is_there(shut_out: Caller, of: str) -> None:
    unknown = _recall(shut_out, of, status=403)["detail"]
    facts = {
        "schema": "assent.run-snapshot/1",
        "run": {"id": "4f2c"},
        "datasets": [{"name": name, "digest": "5ad6e8ce"} for name in ("a", "b")],
        "code": {"commit": f"0a1b2c3{'0' * 33}"},
    }
    root = shut_out.by(ADMINISTRATOR)
    root.api("PUT", "/models/base/versions/1/snapshot", facts=facts)
    root.api("PUT", "/deployments/web", serves=[{"model": "copies", "version": 1}])
    assert _recall(shut_out, of, status=403)["detail"] == unknown


def test_a_shortened_commit_is_recalled_beside_those_that_begin_with_it(copied: Caller) -> None:
    for number, sha in enumerate(("0a1b2c3", f"0a1b2c3{'0' * 33}"), start=2):
        copied.version("base", run_id=str(number))
        facts = {"schema": "assent.run-snapshot/1", "run": {"id": str(number)}, "code": {"commit": sha}}
        copied.api("PUT", f"/models/base/versions/{number}/snapshot", facts=facts)
    assert _recall(copied.by(ADMINISTRATOR), "commit:0a1b2c3")["node"] == "commit:0a1b2c3"


def test_a_dataset_is_recalled_by_the_name_that_it_is_shown_with(copied: Caller) -> None:
    datasets = [{"name": "a", "digest": "sha256:5ad6"}]
    facts = {"schema": "assent.run-snapshot/1", "run": {"id": "4f2c"}, "datasets": datasets}
    copied.api("PUT", "/models/base/versions/1/snapshot", facts=facts)
    shown = copied.api("GET", "/models/base/versions/1/lineage")["nodes"][-1]["label"]
    made = _recall(copied.by(ADMINISTRATOR), shown)
    assert [each["model"] for each in made["touches"]["versions"]] == ["base", "copies"]
