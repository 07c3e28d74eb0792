"""`assent lineage openlineage`."""

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from assent.cli.printing import Shown, over_http
from assent.cli.remote import Mistake, Refusal, Registry, Unreachable, cause, segment

if TYPE_CHECKING:
    from requests import PreparedRequest

_PATH = "/api/v1/lineage"
_SECONDS = 30


@click.command("openlineage")
@click.argument("model")
@click.argument("number", metavar="VERSION", type=int)
@click.option("--send", metavar="URL", help="Send it to this server of OpenLineage events.")
@over_http
def openlineage(registry: Registry, model: str, number: int, send: str | None) -> Shown:
    """Show the run event of a version in the OpenLineage standard, or send it.

    What lets in at the server is the token in OPENLINEAGE_API_KEY, if there is one.
    """
    event = registry.call("GET", f"/models/{segment(model)}/versions/{number}/openlineage")
    if send is None:
        return Shown(_text(event), event)
    url = _endpoint(send)
    _send(event, url)
    return Shown(f"Sent the run {event['run']['runId']} to {url}.", event)


def _text(event: dict[str, Any]) -> str:
    import json

    return json.dumps(event, indent=2, ensure_ascii=False)


def _endpoint(url: str) -> str:
    """The address itself or, where it names only a server, the standard's path there."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise Mistake("--send takes an address such as https://marquez.example.com, without credentials.")
    return url if parts.path.strip("/") else f"{url.rstrip('/')}{_PATH}"


def _send(event: dict[str, Any], url: str) -> None:
    import requests

    def authorize(request: "PreparedRequest") -> "PreparedRequest":
        # As a function, or requests would rather believe a .netrc.
        if token := os.environ.get("OPENLINEAGE_API_KEY", "").strip():
            request.headers["Authorization"] = f"Bearer {token}"
        return request

    try:
        answer = requests.post(url, json=event, auth=authorize, timeout=_SECONDS, allow_redirects=False)
    except requests.RequestException as problem:
        raise Unreachable(f"{url} cannot be reached: {cause(problem)}") from None
    if answer.status_code in (401, 403):
        raise Refusal(f"{url} answers {answer.status_code}; OPENLINEAGE_API_KEY holds the token that it is shown.")
    if not 200 <= answer.status_code < 300:
        raise Mistake(f"{url} answers {answer.status_code}.")
