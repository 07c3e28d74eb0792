"""The digest of artifacts follows from names and contents of the files, and from nothing else."""

import os
import subprocess
from pathlib import Path

import pytest

from assent.lineage.runs import digesting


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "code").mkdir(parents=True)
    (folder / "MLmodel").write_text("flavors: {}\n")
    (folder / "model.pkl").write_bytes(bytes(range(256)) * 8192)
    (folder / "code" / "träger.py").write_text("pass\n")
    return folder


def test_anybody_gets_the_same_with_common_tools(model: Path) -> None:
    command = "find . -type f -printf '%P\\0' | xargs -0 sha256sum | LC_ALL=C sort | sha256sum"
    told = subprocess.run(["bash", "-c", command], cwd=model, capture_output=True, text=True, check=True).stdout
    assert digesting.of(model).digest == f"sha256:{told.split()[0]}"


def test_files_and_bytes_are_counted(model: Path) -> None:
    found = digesting.of(model)
    assert (found.files, found.bytes) == (3, 12 + 256 * 8192 + 5)


def test_what_a_client_adds_on_download_makes_no_difference(model: Path) -> None:
    before = digesting.of(model)
    (model / "registered_model_meta").write_text("model_name: Churn\n")
    assert digesting.of(model) == before


def test_a_file_of_that_name_further_down_counts(model: Path) -> None:
    before = digesting.of(model)
    (model / "code" / "registered_model_meta").write_text("")
    assert digesting.of(model) != before


def test_time_and_place_make_no_difference(model: Path) -> None:
    before = digesting.of(model)
    os.utime(model / "MLmodel", (0, 0))
    assert digesting.of(model.rename(model.with_name("elsewhere"))) == before


@pytest.mark.parametrize("change", ["content", "name", "gone"])
def test_every_change_of_a_file_is_told(model: Path, change: str) -> None:
    before = digesting.of(model).digest
    file = model / "MLmodel"
    match change:
        case "content":
            file.write_text("flavors: []\n")
        case "name":
            file.rename(model / "mlmodel")
        case "gone":
            file.unlink()
    assert digesting.of(model).digest != before


def test_one_file_has_a_digest_too(model: Path) -> None:
    assert digesting.of(model / "MLmodel").files == 1


def test_an_empty_folder_has_none(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="There is no file"):
        digesting.of(tmp_path)


def test_a_name_that_could_pass_for_a_line_is_refused(model: Path) -> None:
    (model / "a\nb").write_text("")
    with pytest.raises(ValueError, match="line feed"):
        digesting.of(model)


@pytest.mark.parametrize(
    ("text", "is_one"), [("sha256:" + "a" * 64, True), ("a" * 64, False), ("sha256:" + "A" * 64, False)]
)
def test_digests_are_known_by_their_form(text: str, *, is_one: bool) -> None:
    assert digesting.is_digest(text) is is_one
