"""Lineage: read, told, and judged part by part."""

from typing import Any

import pytest

from support.moves import facts, in_words, judged, of_version, read, spec

ALL = {
    "snapshot": "sha256:1",
    "code_commit": "c0ffee",
    "datasets": {"train": "", "test": "d1"},
    "artifacts": "sha256:2",
}
FIELDS = {"snapshot": "snapshot", "commit": "code_commit", "dataset": "datasets", "artifacts": "artifacts"}


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("snapshot", ("snapshot",)),
        (["commit", "dataset", "commit"], ("commit", "dataset")),
        (list(FIELDS), tuple(FIELDS)),
    ],
)
def test_lineage_is_read(written: object, read_as: tuple[str, ...]) -> None:
    assert spec("lineage", written) == read_as


@pytest.mark.parametrize(
    ("written", "place", "message"),
    [
        ([], (), "Write 1 at least."),
        (True, (), "Write a text here."),
        ({"snapshot": True}, (), "Write a text here."),
        (["snapshot", "code"], (1,), "Write one of snapshot, commit, dataset, artifacts in the place of code."),
    ],
)
def test_what_is_wrong_is_told_with_its_place(written: object, place: Any, message: str) -> None:
    _, faults = read("lineage", written)
    assert (place, True) in [(fault.at, fault.message.startswith(message)) for fault in faults]


def test_lineage_is_told_in_words() -> None:
    assert in_words("lineage", ["commit", "dataset"]) == "a code commit, a dataset with a digest"


@pytest.mark.parametrize("part", FIELDS)
def test_what_is_known_satisfies(part: str) -> None:
    field = FIELDS[part]
    assert judged("lineage", part, of_version(**{field: ALL[field]})).is_satisfied


@pytest.mark.parametrize("part", FIELDS)
def test_what_is_not_known_is_missing(part: str) -> None:
    field = FIELDS[part]
    rest = {name: value for name, value in ALL.items() if name != field}
    assert judged("lineage", part, of_version(**rest)).state == "missing"


def test_a_dataset_without_a_digest_is_none() -> None:
    finding = judged("lineage", ["snapshot", "dataset"], of_version(datasets={"train": ""}))
    assert finding.why == "The version has not a run snapshot, nor a dataset with a digest."


def test_a_model_that_is_deleted_comes_from_nothing() -> None:
    assert judged("lineage", "snapshot", facts(version=None)).state == "missing"
