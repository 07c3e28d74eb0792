"""`assent groups`, over HTTP."""

import click

from assent.cli.printing import Shown, over_http, table, when
from assent.cli.remote import Registry, segment
from assent.cli.who import everybody, naming_somebody


@click.group()
def groups() -> None:
    """See and manage groups and who is in them, over HTTP."""


@groups.command("list")
@over_http
def list_groups(registry: Registry) -> Shown:
    """List the groups."""
    found = registry.all("/groups", "groups", after="name")
    return Shown(table(found, name="name", created=lambda group: when(group["created_at"])), found)


@groups.command("show")
@click.argument("name")
@over_http
def show_group(registry: Registry, name: str) -> Shown:
    """Show who is in a group directly."""
    found = registry.call("GET", f"/groups/{segment(name)}")
    members = registry.all("/memberships", "memberships", group=name)
    text = table(
        members,
        kind="kind",
        name="name",
        kept_by=lambda member: member["issuer"],
        since=lambda member: when(member["added_at"]),
    )
    return Shown(text, found | {"members": members})


@groups.command("create")
@click.argument("name")
@over_http
def create_group(registry: Registry, name: str) -> Shown:
    """Create a group, with nobody in it."""
    return Shown(f"Created the group {name}.", registry.call("POST", "/groups", name=name))


@groups.command("rename")
@click.argument("name")
@click.argument("new_name")
@over_http
def rename_group(registry: Registry, name: str, new_name: str) -> Shown:
    """Rename a group; who is in it and what is granted to it stays."""
    fields = {"name": new_name}
    answer = registry.call("PATCH", f"/groups/{segment(name)}", **fields)
    return Shown(f"The group {name} is called {new_name} now.", answer)


@groups.command("delete")
@click.argument("name")
@over_http
def delete_group(registry: Registry, name: str) -> Shown:
    """Delete a group: what was granted to it is taken."""
    return Shown(f"The group {name} is deleted.", registry.call("DELETE", f"/groups/{segment(name)}"))


@groups.command("add")
@click.argument("group_name", metavar="GROUP")
@naming_somebody
@over_http
def add_members(registry: Registry, group_name: str, **named: tuple[str, ...]) -> Shown:
    """Put users, service accounts or other groups into a group."""
    return _each(registry, "POST", group_name, named, "is in")


@groups.command("remove")
@click.argument("group_name", metavar="GROUP")
@naming_somebody
@over_http
def remove_members(registry: Registry, group_name: str, **named: tuple[str, ...]) -> Shown:
    """Take users, service accounts or other groups out of a group."""
    return _each(registry, "DELETE", group_name, named, "is not in")


def _each(registry: Registry, method: str, group: str, named: dict[str, tuple[str, ...]], told: str) -> Shown:
    members = everybody(**named)
    for kind, name in members:
        registry.call(method, "/memberships", group=group, kind=kind, name=name)
    lines = [f"{member} {told} the group {group}." for member in members]
    return Shown("\n".join(lines), {"group": group, "members": [member._asdict() for member in members]})
