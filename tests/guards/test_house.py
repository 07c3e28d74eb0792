"""Properties of the whole source that no single test would see broken."""

import re
import subprocess
from pathlib import Path

import pytest

from assent.audit.actions import Action
from assent.settings import as_table

TOP = Path(__file__).parents[2]
SOURCE = TOP / "src" / "assent"


def _python() -> dict[str, str]:
    return {str(file.relative_to(SOURCE)): file.read_text() for file in SOURCE.rglob("*.py")}


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, check=True).stdout.decode()
    return [TOP / name for name in listed.split("\0") if name and (TOP / name).is_file()]


def test_one_place_commits() -> None:
    # A commit of somebody's code is a node of the graph.
    committing = {name for name, code in _python().items() if re.search(r"(?<!\bnodes)\.commit\(", code)}
    assert committing == {"database.py"}


def test_a_version_enters_a_stage_in_one_place() -> None:
    domain = {name: code for name, code in _python().items() if name.startswith(("registry/", "governance/"))}
    written = {
        name: set(re.findall(r"""(?:"stage": |\bstage=)(\w+)""", code))
        for name, code in domain.items()
        if re.search(r"""update\(VERSIONS\)|VERSIONS\.insert\(""", code)
    }
    assert written == {
        "registry/deletions.py": {"found", "NO_STAGE"},  # told to the audit log; restored in none
        "registry/models.py": set(),
        "registry/transitions.py": {"case", "transition", "moved", "incumbent", "ARCHIVED"},
        "registry/versions.py": {"NO_STAGE"},
    }


def test_no_statement_is_pasted_together() -> None:
    pasted = {name for name, code in _python().items() if re.search(r"text\(f['\"]|execute\(f['\"]", code)}
    assert pasted == set()


@pytest.mark.parametrize("action", Action)
def test_every_action_is_recorded_somewhere(action: Action) -> None:
    spelled = f"Action.{action.name}"
    assert any(spelled in code for name, code in _python().items() if name != "audit/actions.py")


@pytest.mark.parametrize(
    "phrase",
    [
        "does not have any associated worker environments",
        "There is no worker environment with id",
        "Unknown worker environment",
        "ClusterNotReadyException",
        "Unexpected error",
        "Please try again later or try a faster operation.",
        "RPC token bucket limit has been exceeded",
    ],
)
def test_no_message_lets_databricks_sdk_try_again_for_minutes(phrase: str) -> None:
    # There they are found in what others called something, and parted.
    parting = {"http/wire/errors.py"}
    assert {name for name, code in _python().items() if phrase in code} - parting == set()


def test_the_documented_settings_are_those_there_are() -> None:
    assert as_table() in (TOP / "docs" / "settings.md").read_text(), "paste the output of `assent settings`"


def test_no_file_names_a_package_index_or_a_folder_of_somebodys_machine() -> None:
    # Said in pieces, so that this file does not find itself.
    index = "|".join(["pypi" + r"\.org", "pythonhosted" + r"\.org", "registry" + r"\.npmjs", "index" + "-url"])
    folders = "|".join(["/ro" + "ot/", "/ho" + "me/", "/wo" + "rk/"])
    unwanted = re.compile(f"{index}|(?<![\\w.])({folders})", re.IGNORECASE)
    found = [
        f"{file.relative_to(TOP)}: {line.strip()[:100]}"
        for file in _tracked()
        if "/vendor/" not in str(file)
        for line in file.read_text(errors="replace").splitlines()
        if unwanted.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("vendor", ["http/static/vendor", "web/assets/vendor"])
def test_what_is_vendored_is_unaltered(vendor: str) -> None:
    folder = SOURCE / vendor
    checked = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=False)
    assert checked.returncode == 0
    summed = {line.split()[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    assert {str(file.relative_to(folder)) for file in folder.glob("*/*")} == summed
    assert all((each / "LICENSE").is_file() for each in folder.iterdir() if each.is_dir())


def test_files_are_small() -> None:
    large = {name: code.count("\n") for name, code in _python().items() if code.count("\n") > 300}
    assert large == {}
