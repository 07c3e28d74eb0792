"""The lock files fit pyproject.toml, check what is fetched, and do not say from where."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").rglob("*.lock"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]


def locked(lock: Path) -> dict[str, str]:
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)", lock.read_text(), flags=re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("server", PROJECT["project"]["dependencies"]),
        ("dev", PROJECT["project"]["dependencies"] + GROUPS["dev"] + GROUPS["build"]),
        ("build", GROUPS["build"]),
        ("mlflow", GROUPS["mlflow"]),
    ],
)
def test_lock_has_what_the_project_wants(name: str, wanted: list[str | dict[str, str]]) -> None:
    pins = locked(ROOT / "requirements" / f"{name}.lock")
    requirements = [Requirement(each) for each in wanted if isinstance(each, str)]
    unmet = [each for each in requirements if not meets(pins.get(canonicalize_name(each.name)), each)]
    assert unmet == [], "run `make lock`"


def meets(version: str | None, requirement: Requirement) -> bool:
    return version is not None and version in requirement.specifier


def test_what_is_tested_is_what_runs() -> None:
    assert locked(ROOT / "requirements/server.lock").items() <= locked(ROOT / "requirements/dev.lock").items()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_package_has_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert re.search(r"://|^--|^\S+ @ ", text, flags=re.MULTILINE) is None
    assert [each for each in re.split(r"\n(?=\w)", text) if "==" in each and "--hash=sha256:" not in each] == []
