"""A run may go on after somebody pushed its facts; what it said once, it does not take back."""

from collections.abc import Callable
from typing import Any

import pytest

from assent.lineage.runs import contradictions, facts
from assent.lineage.runs.facts import Facts
from support import runs


def told(change: Callable[[Facts], object] = lambda _: None) -> Facts:
    found = facts.of(runs.run(), runs.logged_model(), runs.MLMODEL, runs.REQUIREMENTS)
    change(found)
    return found


def measured(value: float, step: int, at: int) -> dict[str, Any]:
    return {"value": value, "step": step, "at": runs.STARTED + at}


@pytest.mark.parametrize(
    "later",
    [
        lambda _: None,
        lambda found: found["run"].update(status="FAILED", ended_at=1, name="renamed"),
        lambda found: found["params"].update(more="1"),
        lambda found: found["tags"].update(team="other"),
        lambda found: found["metrics"].update(auc=measured(0.1, 3, 0)),
        lambda found: found["metrics"].update(auc=measured(0.1, 2, 9999)),
        lambda found: found["metrics"].update(more=measured(1, 0, 0)),
        lambda found: found["datasets"].append({"name": "more", "digest": "1"}),
        lambda found: found["datasets"].reverse(),
        lambda found: found["datasets"][0].pop("context"),
        lambda found: found["code"].pop("commit"),
        lambda found: found["code"].update(commit=runs.COMMIT[:9].upper()),
        lambda found: found["code"].update(branch="other", dirty=True),
        lambda found: found.pop("model"),
        lambda found: found["model"].pop("signature"),
        lambda found: found["model"]["flavors"]["sklearn"].update(config={"alpha": 1}),
        lambda found: found["model"].update(dependencies=["other"], tags={}),
    ],
)
def test_run_that_went_on_contradicts_nothing(later: Callable[[Facts], object]) -> None:
    assert contradictions.between(told(), told(later)) == []


@pytest.mark.parametrize(
    ("path", "later"),
    [
        ("run.id", lambda found: found["run"].update(id="other")),
        ("run.user", lambda found: found["run"].update(user="eve")),
        ("run.started_at", lambda found: found["run"].update(started_at=1)),
        ("params.C", lambda found: found["params"].update(C="2.0")),
        ("params.C", lambda found: found["params"].pop("C")),
        ("metrics.auc", lambda found: found["metrics"].pop("auc")),
        ("metrics.auc", lambda found: found["metrics"].update(auc=measured(0.94, 2, 252))),
        ("metrics.auc", lambda found: found["metrics"].update(auc=measured(0.93, 1, 9999))),
        ("metrics.auc", lambda found: found["metrics"].update(auc=measured(0.93, 2, 251))),
        ("metrics.loss", lambda found: found["metrics"]["loss"].update(value=0.0)),
        ("datasets.train", lambda found: found["datasets"].pop(0)),
        ("datasets.train", lambda found: found["datasets"][0].update(digest="other")),
        ("datasets.train", lambda found: found["datasets"][0].update(context="evaluation")),
        ("code.commit", lambda found: found["code"].update(commit="0" * 40)),
        ("model.signature", lambda found: found["model"].update(signature={"inputs": []})),
        ("model.flavors", lambda found: found["model"]["flavors"].pop("sklearn")),
        ("model.flavors", lambda found: found["model"]["flavors"]["sklearn"].update(sklearn_version="2")),
        ("model.params.C", lambda found: found["model"]["params"].update(C="3")),
        ("model.metrics.acc", lambda found: found["model"].pop("metrics")),
    ],
)
def test_what_cannot_honestly_change_is_a_contradiction(path: str, later: Callable[[Facts], object]) -> None:
    assert [each["path"] for each in contradictions.between(told(), told(later))] == [path]


def test_difference_shows_both_sides() -> None:
    [difference] = contradictions.between(told(), told(lambda found: found["params"].update(C="2.0")))
    assert difference == {"path": "params.C", "pushed": "1.0", "pulled": "2.0"}


def test_what_the_server_does_not_know_is_absent() -> None:
    [difference] = contradictions.between(told(), told(lambda found: found["params"].pop("C")))
    assert difference == {"path": "params.C", "pushed": "1.0"}


def test_a_metric_without_a_time_is_told_by_its_value() -> None:
    pushed = told(lambda found: found["metrics"].update(auc={"value": 0.93, "step": 2}))
    assert contradictions.between(pushed, told()) == []


def test_wholly_different_runs_are_not_told_at_length() -> None:
    pushed = told(lambda found: found["params"].update({f"p{number}": "1" for number in range(1000)}))
    assert len(contradictions.between(pushed, told())) == contradictions.MOST
