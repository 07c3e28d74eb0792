"""`assent delegations`, over HTTP."""

from typing import Any

import click

from assent.cli.moments import Moment
from assent.cli.printing import Shown, over_http, table, when
from assent.cli.remote import Registry


@click.group()
def delegations() -> None:
    """Let somebody decide on requests in one's own place for a limited time, over HTTP."""


@delegations.command("give")
@click.argument("delegate")
@click.option("--until", type=Moment(), required=True, metavar="WHEN", help="When it ends; at most 92 days later.")
@click.option("--since", type=Moment(), metavar="WHEN", help="When it begins; at once unless it is said.")
@click.option("--reason", default="", help="Why.")
@over_http
def give_delegation(registry: Registry, delegate: str, **told: Any) -> Shown:
    """Let a user decide in your place until a moment. Both of you can end it before."""
    given = registry.call("POST", "/delegations", delegate=delegate, **told)
    until = f"until {when(given['valid_until'])}"
    return Shown(f"Delegation {given['id']}: {delegate} decides for {given['principal']} {until}.", given)


@delegations.command("list")
@click.option("--ended", is_flag=True, help="Those that have ended, too.")
@over_http
def list_delegations(registry: Registry, ended: bool) -> Shown:
    """List who decides for you, and for whom you do; of everybody for administrators and auditors."""
    found = registry.call("GET", "/delegations", ended=str(ended).lower())["delegations"]
    text = table(
        found,
        id="id",
        of="principal",
        to="delegate",
        since=lambda each: when(each["valid_from"]),
        until=lambda each: when(each["valid_until"]),
        revoked=lambda each: when(each["revoked_at"]),
        reason="reason",
    )
    return Shown(text, found)


@delegations.command("revoke")
@click.argument("number", metavar="DELEGATION", type=click.IntRange(1))
@over_http
def revoke_delegation(registry: Registry, number: int) -> Shown:
    """End a delegation now. What was decided stands."""
    ended = registry.call("POST", f"/delegations/{number}/revoke")
    return Shown(f"{ended['delegate']} decides for {ended['principal']} no more.", ended)
