"""Where two versions differ in origin."""

from typing import Any

import pytest

from assent.lineage.runs.facts import SCHEMA
from support.calling import Caller


def _facts(run_id: str, depth: str, digest: str) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "run": {"id": run_id},
        "params": {"depth": depth, "kind": "forest"},
        "datasets": [{"name": "train", "digest": digest}],
    }


@pytest.fixture
def two(call: Caller) -> Caller:
    """Two versions of a model, of two runs over two datasets."""
    call.model()
    for number, (run_id, depth, digest) in enumerate((("a", "3", "1"), ("b", "5", "2")), start=1):
        call.version(run_id=run_id)
        facts = _facts(run_id, depth, digest)
        call.api("PUT", f"/models/m/versions/{number}/snapshot", facts=facts)
    call.version(run_id="c")
    return call


def _difference(call: Caller, first: str, second: str, **options: Any) -> dict[str, Any]:
    return call.api("GET", "/lineage/difference", first=first, second=second, **options)


def test_facts_that_differ_are_told(two: Caller) -> None:
    found = _difference(two, "version:m/1", "version:m/2")["differences"]
    assert [(each["path"], each["first"], each["second"]) for each in found] == [
        ("datasets.train", "1", "2"),
        ("params.depth", "3", "5"),
        ("run.id", "a", "b"),
    ]


def test_what_one_alone_comes_from_is_told(two: Caller) -> None:
    found = _difference(two, "version:m/1", "version:m/2")
    assert [node["label"] for node in found["first"]["alone"]] == ["dataset:1:train", "run:a"]
    assert [node["label"] for node in found["second"]["alone"]] == ["dataset:2:train", "run:b"]


def test_a_version_does_not_differ_from_itself(two: Caller) -> None:
    found = _difference(two, "version:m/1", "version:m/1")
    assert (found["differences"], found["first"]["alone"]) == ([], [])


def test_without_a_snapshot_nothing_is_said_of_the_facts(two: Caller) -> None:
    found = _difference(two, "version:m/1", "version:m/3")
    assert (found["second"]["snapshot"], found["differences"]) == (None, [])


def test_deleted_versions_differ_still(two: Caller) -> None:
    two("DELETE", "/model-versions/delete", name="m", version="1")
    assert len(_difference(two, "version:m/1", "version:m/2")["differences"]) == 3


@pytest.mark.parametrize(("of", "status"), [("run:a", 400), ("version:m", 400), ("version:m/9", 404), ("", 400)])
def test_only_versions_are_compared(two: Caller, of: str, status: int) -> None:
    _difference(two, "version:m/1", of, status=status)
