"""`assent tokens`, over HTTP."""

from typing import Any

import click

from assent.access.policy.levels import Scope
from assent.cli.durations import Duration
from assent.cli.exchange import exchange
from assent.cli.printing import Shown, over_http, table, when
from assent.cli.remote import Registry
from assent.cli.who import whose


@click.group()
def tokens() -> None:
    """Create, list and revoke tokens, over HTTP."""


@tokens.command("list")
@whose
@click.option("--ended", is_flag=True, help="Those that let nobody in any more, too.")
@over_http
def list_tokens(registry: Registry, owner: str | None, ended: bool) -> Shown:
    """List tokens; their secrets cannot be shown."""
    asked: dict[str, Any] = {"for": owner, "ended": ended}
    found = registry.all("/tokens", "tokens", **asked)
    return Shown(_table(found), found)


@tokens.command("show")
@click.argument("number", type=int)
@over_http
def show_token(registry: Registry, number: int) -> Shown:
    """Show a token; its secret cannot be shown."""
    found = registry.call("GET", f"/tokens/{number}")
    return Shown(_table([found]), found)


@tokens.command("create")
@whose
@click.option("--label", default="", help="What it is for.")
@click.option("--expires", type=Duration(), help="After what time it ends, such as 90d.")
@click.option(
    "--scope", multiple=True, type=click.Choice([scope.value for scope in Scope]), help="What it may be used for."
)
@click.option("--pattern", help="The models that it may be used for, by a pattern of their names.")
@click.option("--target", multiple=True, help="Where it may move versions to: a stage, or @ and an alias.")
@click.option("--quiet", is_flag=True, help="Print the token alone.")
@over_http
def create_token(
    registry: Registry, owner: str | None, label: str, expires: int | None, quiet: bool, **limits: Any
) -> Shown:
    """Create a token; it is shown once."""
    fields = {
        "for": owner,
        "label": label,
        "lasts_ms": expires,
        "scopes": list(limits["scope"]) or None,
        "pattern": limits["pattern"],
        "targets": list(limits["target"]) or None,
    }
    made = registry.call("POST", "/tokens", **fields)
    secret = made["secret"]
    return Shown(secret if quiet else f"Token {made['id']} of {made['account']}, shown this once: {secret}", made)


@tokens.command("revoke")
@click.argument("number", type=int)
@over_http
def revoke_token(registry: Registry, number: int) -> Shown:
    """End a token, within seconds."""
    return Shown(f"The token {number} is revoked.", registry.call("DELETE", f"/tokens/{number}"))


tokens.add_command(exchange)


def _table(found: list[dict[str, Any]]) -> str:
    return table(
        found,
        id="id",
        account="account",
        label="label",
        scopes="scopes",
        pattern="pattern",
        targets="targets",
        last_used=lambda token: when(token["last_used_at"]),
        ends=lambda token: "ended" if token["ended"] else when(token["expires_at"]),
    )
