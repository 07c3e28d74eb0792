"""`assent deployments`, over HTTP."""

from typing import Any

import click

from assent.cli.durations import Duration
from assent.cli.printing import Shown, over_http, table, when
from assent.cli.remote import Registry, segment
from assent.cli.version_names import VersionName


@click.group()
def deployments() -> None:
    """Report what is served where, and see who serves what, over HTTP."""


@deployments.command("list")
@click.option("--model", help="Those that serve this model.")
@click.option("--version", type=int, help="Those that serve this version of it.")
@click.option("--environment", help="Those of this environment.")
@click.option("--unseen-for", type=Duration(), help="Those that have been quiet for so long, such as 2h.")
@over_http
def list_deployments(registry: Registry, **which: Any) -> Shown:
    """List deployments: your own, and those that serve, or served, what you may read."""
    found = registry.all("/deployments", "deployments", **which)
    text = table(
        found,
        name="name",
        environment="environment",
        serves=lambda each: [f"{served['model']}/{served['version']}" for served in each["serves"]],
        reported_by="reported_by",
        seen=lambda each: when(each["last_seen_at"]),
    )
    return Shown(text, found)


@deployments.command("show")
@click.argument("name")
@over_http
def show_deployment(registry: Registry, name: str) -> Shown:
    """Show what a deployment serves, and what it served until when."""
    found = registry.call("GET", f"/deployments/{segment(name)}")
    lines = [f"{found['name']}: {found['environment'] or 'no environment'}, {found['url'] or 'no address'}"]
    lines.append(f"reported by {found['reported_by']}, seen {when(found['last_seen_at'])}")
    text = table(
        [*found["serves"], *found["history"]],
        version=lambda each: f"{each['model']}/{each['version']}",
        since=lambda each: when(each["valid_from"]),
        until=lambda each: when(each["valid_until"]),
        seen=lambda each: when(each["last_seen_at"]),
    )
    return Shown("\n".join([*lines, "", text]), found)


@deployments.command("report")
@click.argument("name")
@click.argument("versions", nargs=-1, type=VersionName(), metavar="[MODEL/VERSION]...")
@click.option("--environment", default="", help="Where it runs, such as production.")
@click.option("--url", default="", help="Its address.")
@over_http
def report_deployment(
    registry: Registry, name: str, versions: tuple[tuple[str, int], ...], environment: str, url: str
) -> Shown:
    """Report all that a deployment serves; none where it serves nothing any more."""
    serves = [{"model": model, "version": number} for model, number in versions]
    fields = {"environment": environment, "url": url, "serves": serves}
    done = registry.call("PUT", f"/deployments/{segment(name)}", **fields)
    told = ", ".join(f"{each['model']}/{each['version']}" for each in done["serves"]) or "nothing"
    return Shown(f"{name} serves {told}.", done)
