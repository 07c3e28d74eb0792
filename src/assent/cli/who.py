"""Users, groups and service accounts as they are named on the command line."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import click

from assent.cli.remote import Mistake

F = TypeVar("F", bound=Callable[..., Any])

whose = click.option(
    "--for", "owner", metavar="NAME", help="Whose; one's own, unless an administrator names somebody."
)

_KINDS = ("user", "group", "service_account")


class Who(NamedTuple):
    """A user, a group or a service account."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


def naming_somebody(command: F) -> F:
    """Let a command take --user, --group and --service-account, each as often as one likes."""
    for kind in reversed(_KINDS):
        flag = "--" + kind.replace("_", "-")
        command = click.option(flag, kind, multiple=True, metavar="NAME", help=f"A {kind.replace('_', ' ')}.")(
            command
        )
    return command


def everybody(user: tuple[str, ...], group: tuple[str, ...], service_account: tuple[str, ...]) -> list[Who]:
    """Whom the options name: somebody at least. Raises Mistake."""
    by_kind = zip(_KINDS, (user, group, service_account), strict=True)
    named = [Who(kind, name) for kind, names in by_kind for name in names]
    if not named:
        raise Mistake("Name somebody: --user, --group or --service-account.")
    return named


def at_most_one(**named: tuple[str, ...]) -> Who | None:
    """Whom the options name, if anybody. Raises Mistake for more than one."""
    if not any(named.values()):
        return None
    found = everybody(**named)
    if len(found) > 1:
        raise Mistake("Name one: a user, a group or a service account.")
    return found[0]
