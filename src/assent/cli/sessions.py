"""`assent sessions`, over HTTP."""

import click

from assent.cli.printing import Shown, over_http, table, when
from assent.cli.remote import Registry
from assent.cli.who import whose


@click.group()
def sessions() -> None:
    """List and end sessions, over HTTP: browsers that somebody signed in with."""


@sessions.command("list")
@whose
@over_http
def list_sessions(registry: Registry, owner: str | None) -> Shown:
    """List the browsers that somebody is signed in with."""
    found = registry.call("GET", "/sessions", **{"for": owner})["sessions"]
    text = table(
        found,
        id="id",
        address="address",
        browser="user_agent",
        signed_in=lambda session: when(session["created_at"]),
        last_used=lambda session: when(session["last_used_at"]),
    )
    return Shown(text, found)


@sessions.command("end")
@click.argument("number", type=int)
@over_http
def end_session(registry: Registry, number: int) -> Shown:
    """Sign a browser out, at once."""
    return Shown(f"The session {number} is ended.", registry.call("DELETE", f"/sessions/{number}"))


@sessions.command("end-all")
@whose
@over_http
def end_sessions(registry: Registry, owner: str | None) -> Shown:
    """Sign somebody out everywhere, at once."""
    answer = registry.call("DELETE", "/sessions", **{"for": owner})
    return Shown(f"All sessions{f' of {owner}' if owner else ''} are ended.", answer)
