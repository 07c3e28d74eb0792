"""The guide to the command line tells of every command that is a client, and of every exit code."""

from pathlib import Path

import click
import pytest

from assent.cli import main
from assent.cli.changes import CHANGES
from assent.cli.lineage.digest import DIFFERS
from assent.cli.promoting.promote import CLOSED, INTERRUPTED, TIMED_OUT
from assent.cli.remote import Failure, Mistake, Refusal, Unreachable

GUIDE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()
CLIENTS = (
    "users",
    "service-accounts",
    "groups",
    "grants",
    "gates",
    "tokens",
    "sessions",
    "publishers",
    "lineage",
    "deployments",
    "audit",
    "at",
    "story",
    "checks",
    "comments",
    "card",
    "promote",
    "explain",
    "requests",
    "delegations",
)


def _commands() -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name in CLIENTS:
        command = main.commands[name]
        verbs = command.commands if isinstance(command, click.Group) else {"": command}
        found |= {f"assent {name} {verb}".rstrip(): each for verb, each in verbs.items()}
    return found


@pytest.mark.parametrize("command", _commands())
def test_every_command_is_told_of(command: str) -> None:
    assert command in GUIDE


@pytest.mark.parametrize("command", _commands().values(), ids=_commands().keys())
def test_every_command_prints_json_too(command: click.Command) -> None:
    assert "as_json" in [parameter.name for parameter in command.params]


OF_FAILURES = tuple(each.exit_code for each in (Failure, Mistake, Refusal, Unreachable))


@pytest.mark.parametrize("code", [0, CLOSED, TIMED_OUT, CHANGES, DIFFERS, INTERRUPTED, *OF_FAILURES])
def test_every_exit_code_is_told_of(code: int) -> None:
    assert f"| {code} |" in GUIDE
