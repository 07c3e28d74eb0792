"""`assent users`, over HTTP."""

import secrets
import sys
from typing import Any

import click

from assent.cli.printing import Shown, over_http, table, when
from assent.cli.remote import Registry, segment

_STDIN = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group()
def users() -> None:
    """See and manage users, over HTTP."""


@users.command("list")
@over_http
def list_users(registry: Registry) -> Shown:
    """List the users."""
    found = registry.all("/users", "users", after="name")
    return Shown(_table(found), found)


@users.command("show")
@click.argument("name")
@over_http
def show_user(registry: Registry, name: str) -> Shown:
    """Show a user, and the groups they are in directly."""
    found = registry.call("GET", f"/users/{segment(name)}")
    memberships = registry.all("/memberships", "memberships", kind="user", name=name)
    groups = [each["group"] for each in memberships]
    text = f"{_table([found])}\nGroups: {', '.join(groups) or 'none'}"
    return Shown(text, found | {"groups": groups})


@users.command("create")
@click.argument("name")
@click.option("--admin", "administrator", is_flag=True, help="An administrator may do everything.")
@click.option("--no-password", is_flag=True, help="For tokens and identity providers only.")
@_STDIN
@over_http
def create_user(registry: Registry, name: str, administrator: bool, no_password: bool, password_stdin: bool) -> Shown:
    """Create a user; unless told otherwise, a password is made up and shown once."""
    password = None if no_password else _password(password_stdin)
    made = registry.call("POST", "/users", name=name, password=password, administrator=administrator)
    called = "administrator" if administrator else "user"
    shown = None if no_password or password_stdin else password
    return _with_password(f"Created the {called} {name}.", made, shown)


@users.command("password")
@click.argument("name")
@_STDIN
@over_http
def replace_password(registry: Registry, name: str, password_stdin: bool) -> Shown:
    """Replace a user's password; unless it is read, one is made up and shown once."""
    password = _password(password_stdin)
    made = registry.call("PATCH", f"/users/{segment(name)}", password=password)
    return _with_password(f"The password of {name} is replaced.", made, None if password_stdin else password)


@users.command("own-password")
@click.option("--password-stdin", is_flag=True, required=True, help="Read both from standard input, a line each.")
@over_http
def replace_own_password(registry: Registry, password_stdin: bool) -> Shown:  # noqa: ARG001 (nobody types one)
    """Replace one's own password: the current one is the first line of standard input, the new one the second."""
    current = _line()
    answer = registry.call("POST", "/me/password", current=current, password=_line())
    return Shown("Your password is replaced.", answer)


@users.command("rename")
@click.argument("name")
@click.argument("new_name")
@over_http
def rename_user(registry: Registry, name: str, new_name: str) -> Shown:
    """Rename a user; what they have stays theirs."""
    return Shown(f"{name} is called {new_name} now.", _changed(registry, name, {"name": new_name}))


@users.command("administrator")
@click.argument("name")
@click.argument("choice", type=click.Choice(["yes", "no"]))
@over_http
def set_administrator(registry: Registry, name: str, choice: str) -> Shown:
    """Make somebody an administrator, or no longer."""
    answer = _changed(registry, name, {"administrator": choice == "yes"})
    return Shown(f"{name} is {'an' if choice == 'yes' else 'no'} administrator.", answer)


@users.command("disable")
@click.argument("name")
@over_http
def disable_user(registry: Registry, name: str) -> Shown:
    """Shut a user out, with all sessions and tokens, within seconds."""
    return Shown(f"{name} is disabled.", _changed(registry, name, {"disabled": True}))


@users.command("enable")
@click.argument("name")
@over_http
def enable_user(registry: Registry, name: str) -> Shown:
    """Let a disabled user in again."""
    return Shown(f"{name} is enabled.", _changed(registry, name, {"disabled": False}))


def _changed(registry: Registry, name: str, changes: dict[str, Any]) -> dict[str, Any]:
    return registry.call("PATCH", f"/users/{segment(name)}", **changes)


def _password(from_stdin: bool) -> str:
    return _line() if from_stdin else secrets.token_urlsafe(15)


def _line() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _with_password(text: str, answer: dict[str, Any], password: str | None) -> Shown:
    if password is None:
        return Shown(text, answer)
    return Shown(f"{text}\nPassword, shown this once: {password}", answer | {"password": password})


def _table(found: list[dict[str, Any]]) -> str:
    return table(
        found,
        name="name",
        administrator="administrator",
        password=lambda user: user["has_password"],
        created=lambda user: when(user["created_at"]),
        disabled=lambda user: when(user["disabled_at"]),
    )
