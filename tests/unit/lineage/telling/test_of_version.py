"""What happened, as sentences."""

from typing import Any

import pytest

from assent.audit.actions import Action
from assent.lineage.telling.of_version import Event, phrase

DIGEST = f"sha256:{'0123456789abcdef' * 4}"


def told(action: str, details: dict[str, Any], *, version: int | None = 1) -> str:
    """What is told of an event of version 1."""
    return phrase(Event(action, version, details, 1, is_own=False))


@pytest.mark.parametrize(
    ("action", "details", "sentence"),
    [
        (
            Action.VERSION_REGISTERED,
            {"source": "models:/m-1", "run_id": "4f2c", "logged_model_id": "m-1"},
            "registered it from models:/m-1, run 4f2c, logged model m-1",
        ),
        (
            Action.VERSION_TRANSITIONED,
            {"before": {"stage": "None"}, "after": {"stage": "Staging"}, "archived": [2, 3]},
            "moved it from None to Staging, and archived versions 2, 3",
        ),
        (Action.VERSION_DELETED, {"before": {"stage": "None", "aliases": []}}, "deleted it"),
        (
            Action.MODEL_DELETED,
            {"before": {"versions": {"1": "None"}, "aliases": {"champion": 1, "other": 2}}},
            "deleted the model with all its versions, which took it out of @champion",
        ),
        (Action.MODEL_DELETED, {}, "deleted the model"),
        (Action.MODEL_RESTORED, {"former_name": "m"}, "restored the model"),
        (
            Action.SNAPSHOT_PUSHED,
            {"digest": DIGEST, "run_id": "4f2c"},
            "pushed the snapshot of its run 4f2c, sha256:0123456789ab",
        ),
        (
            Action.SNAPSHOT_PULLED,
            {"digest": DIGEST, "run_id": "4f2c", "server": "https://runs.example.com"},
            "took the snapshot of its run 4f2c from https://runs.example.com, sha256:0123456789ab",
        ),
        (
            Action.SNAPSHOT_CONTRADICTED,
            {"differences": ["params.a", "metrics.b"]},
            "found its snapshots to contradict each other, in params.a, metrics.b",
        ),
        (Action.SNAPSHOT_ASKED_FOR, {}, "asked for the snapshot of its run to be taken again"),
        (
            Action.PARENT_DECLARED,
            {"relation": "fine_tuned", "parent": "base/1"},
            "declared that it is fine-tuned from base/1",
        ),
        (
            Action.PARENT_WITHDRAWN,
            {"relation": "ensembled", "parent": None},
            "withdrew that it is an ensemble of something",
        ),
        (Action.REQUEST_AMENDED, {"request": 5, "target": "Production"}, "amended request 5, to Production"),
        (Action.VERSION_SERVED, {"deployment": "fraud-api"}, "told that fraud-api serves it"),
        (Action.VERSION_NO_LONGER_SERVED, {"deployment": "fraud-api"}, "told that fraud-api serves it no longer"),
        (Action.DIGEST_GIVEN, {"digest": DIGEST}, "gave the digest of its artifacts, sha256:0123456789ab"),
    ],
)
def test_an_action_is_told_in_a_sentence(action: Action, details: dict[str, Any], sentence: str) -> None:
    assert told(action, details) == sentence


def test_an_action_without_a_sentence_is_told_by_its_name() -> None:
    assert told("model_version.gold_plated", {}) == "gold plated"


def test_a_long_text_is_told_in_part_and_on_one_line() -> None:
    sentence = told(Action.VERSION_UPDATED, {"after": {"description": "very \n" * 100}})
    assert sentence.startswith("described it: “very very")
    assert sentence.endswith("…”")
    assert len(sentence) < 100
