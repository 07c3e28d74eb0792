"""`assent service-accounts`, over HTTP."""

from typing import Any

import click

from assent.cli.printing import Shown, over_http, table, when
from assent.cli.remote import Registry, segment


@click.group("service-accounts")
def service_accounts() -> None:
    """See and manage service accounts, over HTTP. They sign in by tokens alone."""


@service_accounts.command("list")
@over_http
def list_service_accounts(registry: Registry) -> Shown:
    """List the service accounts."""
    found = registry.all("/service-accounts", "service_accounts", after="name")
    return Shown(_table(found), found)


@service_accounts.command("show")
@click.argument("name")
@over_http
def show_service_account(registry: Registry, name: str) -> Shown:
    """Show a service account."""
    found = registry.call("GET", _path(name))
    return Shown(_table([found]), found)


@service_accounts.command("create")
@click.argument("name")
@over_http
def create_service_account(registry: Registry, name: str) -> Shown:
    """Create a service account; `assent tokens create --for NAME` gives it a token."""
    made = registry.call("POST", "/service-accounts", name=name)
    return Shown(f"Created the service account {name}.", made)


@service_accounts.command("rename")
@click.argument("name")
@click.argument("new_name")
@over_http
def rename_service_account(registry: Registry, name: str, new_name: str) -> Shown:
    """Rename a service account; what it has stays its own."""
    fields = {"name": new_name}
    return Shown(f"{name} is called {new_name} now.", registry.call("PATCH", _path(name), **fields))


@service_accounts.command("disable")
@click.argument("name")
@over_http
def disable_service_account(registry: Registry, name: str) -> Shown:
    """Shut a service account out, with all its tokens, within seconds."""
    return Shown(f"{name} is disabled.", registry.call("PATCH", _path(name), disabled=True))


@service_accounts.command("enable")
@click.argument("name")
@over_http
def enable_service_account(registry: Registry, name: str) -> Shown:
    """Let a disabled service account in again; it needs new tokens."""
    return Shown(f"{name} is enabled.", registry.call("PATCH", _path(name), disabled=False))


def _path(name: str) -> str:
    return f"/service-accounts/{segment(name)}"


def _table(found: list[dict[str, Any]]) -> str:
    return table(
        found,
        name="name",
        created=lambda account: when(account["created_at"]),
        disabled=lambda account: when(account["disabled_at"]),
    )
