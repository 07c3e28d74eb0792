"""Files as their writers see them: texts, lists and mappings, each with a line."""

from itertools import pairwise
from pathlib import Path

import pytest

from assent.cli.files import Wrong, YamlFile
from assent.cli.remote import Failure, Mistake


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file of a test is."""
    return tmp_path / "grants.yaml"


def test_every_value_is_a_text_a_list_a_mapping_or_nothing(path: Path) -> None:
    path.write_text("groups: {007: [no, 1.50, 2026-01-01], empty: , null: ~}\n")
    assert YamlFile(str(path)).content == {
        "groups": {"007": ["no", "1.50", "2026-01-01"], "empty": None, "null": None}
    }


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_file_says_nothing(path: Path, text: str) -> None:
    path.write_text(text)
    assert YamlFile(str(path)).content is None


def test_json_is_such_a_file(path: Path) -> None:
    path.write_text('{"groups": {"risk": ["user:alice"]}}')
    assert YamlFile(str(path)).content == {"groups": {"risk": ["user:alice"]}}


def test_a_part_may_be_named_and_repeated(path: Path) -> None:
    path.write_text("a: &people [x, y]\nb: *people\n")
    assert YamlFile(str(path)).content == {"a": ["x", "y"], "b": ["x", "y"]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: [\n", ":3: This is no YAML: "),
        ("a: 1\nb: 2\na: 3\n", ":3: a is there twice."),
        ("a: 1\n? [b]\n: 2\n", ":2: Write a name before the colon."),
        ("a: 1\n---\nb: 2\n", ":2: This is no YAML: "),
        ("a: \x01\n", ":1: This is no YAML: "),
        ("a:\n  b: &b [*b]\n", ":2: The file comes to too much"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_line(path: Path, text: str, told: str) -> None:
    path.write_text(text)
    with pytest.raises(Wrong) as refused:
        YamlFile(str(path))
    assert refused.value.message.startswith(f"{path}{told}")


def test_a_file_that_unfolds_to_a_billion_is_refused(path: Path) -> None:
    names = "abcdefghij"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]" for before, name in pairwise(names)]
    path.write_text("\n".join(lines))
    with pytest.raises(Mistake, match="too much"):
        YamlFile(str(path))


def test_a_file_nested_too_deeply_is_refused(path: Path) -> None:
    path.write_text("[" * 5000)
    with pytest.raises(Mistake):
        YamlFile(str(path))


@pytest.mark.parametrize("raw", [None, b"\xff\xfe\x00"])
def test_what_cannot_be_read_is_a_mistake(path: Path, raw: bytes | None) -> None:
    if raw is not None:
        path.write_bytes(raw)
    with pytest.raises(Mistake):
        YamlFile(str(path))


def test_what_the_server_finds_wrong_is_told_with_its_line(path: Path) -> None:
    path.write_text("groups:\n  a/b:\n    - user:x\n    - user:y\n  c: [user:z]\n")
    errors = [
        {"at": "/groups/c/0", "detail": "No z."},
        {"at": "/groups/a~1b/1", "detail": "No y."},
        {"at": "/groups/a~1b", "detail": "No group."},
        {"at": "/grants/registry", "detail": "Not there."},
    ]
    told = YamlFile(str(path)).faults_of(Failure("Several.", {"errors": errors}))
    assert isinstance(told, Wrong)
    assert told.faults == [
        f"{path}:1: Not there.",
        f"{path}:2: No group.",
        f"{path}:4: No y.",
        f"{path}:5: No z.",
    ]


def test_another_failure_stays_what_it_is(path: Path) -> None:
    path.write_text("groups: {}\n")
    failure = Failure("It is on fire.")
    assert YamlFile(str(path)).faults_of(failure) is failure
