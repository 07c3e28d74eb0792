"""The guide to the command line tells of every command that is a client, and of every exit code."""

from pathlib import Path

import click
import pytest

from assent.cli import main
from assent.cli.grant_files import CHANGES
from assent.cli.lineage.digest import DIFFERS
from assent.cli.remote import Failure, Mistake, Refusal, Unreachable

GUIDE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()
CLIENTS = (
    "users",
    "service-accounts",
    "groups",
    "grants",
    "tokens",
    "sessions",
    "publishers",
    "lineage",
    "deployments",
    "audit",
)


def _commands() -> list[str]:
    groups = {name: main.commands[name] for name in CLIENTS}
    return [
        f"assent {name} {verb}"
        for name, group in groups.items()
        if isinstance(group, click.Group)
        for verb in group.commands
    ]


@pytest.mark.parametrize("command", _commands())
def test_every_command_is_told_of(command: str) -> None:
    assert command in GUIDE


@pytest.mark.parametrize("command", _commands())
def test_every_command_prints_json_too(command: str) -> None:
    _, group, verb = command.split()
    found = main.commands[group]
    assert isinstance(found, click.Group)
    assert "as_json" in [parameter.name for parameter in found.commands[verb].params]


@pytest.mark.parametrize(
    "code", [0, CHANGES, DIFFERS, *(each.exit_code for each in (Failure, Mistake, Refusal, Unreachable))]
)
def test_every_exit_code_is_told_of(code: int) -> None:
    assert f"| {code} |" in GUIDE
