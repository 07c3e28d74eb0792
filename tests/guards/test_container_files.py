"""What Dockerfile and compose.yaml promise, and that they speak of a program that exists."""

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from assent.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "assent"}

SETTINGS = {PREFIX + each.name.upper() for each in fields(Settings)}


def instructions(word: str, *, stage: int = -1) -> list[str]:
    text = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[stage]
    return re.findall(rf"^{word} (.+)$", text, flags=re.MULTILINE)


def test_image_runs_as_a_user_without_rights() -> None:
    assert instructions("USER") == ["10001:10001"]


def test_image_takes_only_what_was_built() -> None:
    assert instructions("COPY") == ["--from=build /assent /assent"]


def test_everything_copied_is_sent_to_the_build() -> None:
    sources = {source for line in instructions("COPY", stage=1) for source in line.split()[:-1]}
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert sources == sent
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_everything_installed_is_checked_against_its_hash() -> None:
    installs = re.findall(r"pip [^&]*?install [^&\n]+", DOCKERFILE)
    assert len(installs) == 3
    assert [line for line in installs if "--require-hashes" not in line and "--no-index" not in line] == []


def test_every_variable_is_a_setting() -> None:
    given = {name for service in OURS.values() for name in service["environment"]}
    given |= {name for line in instructions("ENV") for name in re.findall(r"(\w+)=", line)}
    assert {name for name in given if name.startswith(PREFIX)} <= SETTINGS


def test_passwords_come_from_outside() -> None:
    given = [item for service in COMPOSE["services"].values() for item in service["environment"].items()]
    passwords = [value for name, value in given if "PASSWORD" in name]
    assert passwords
    assert [value for value in passwords if not re.fullmatch(r"\$\{\w+:\?[^}]+\}", value)] == []


@pytest.mark.parametrize("command", [json.loads(*instructions("CMD")), *(each["command"] for each in OURS.values())])
def test_every_command_exists(command: list[str]) -> None:
    program = Path(sys.executable).with_name("assent")
    assert subprocess.run([program, *command, "--help"], check=False, capture_output=True).returncode == 0
