"""Pages, and the headers that every one of them carries."""

from collections.abc import Collection
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

import flask
from flask import Flask, Response, g, render_template, request, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup

from assent.web.frame import assembling, markdown, moments, refusals, sentences
from assent.web.frame.browser_names import name_of
from assent.web.frame.tiers import tier_of

# In the cookie: where a browser is signed out of the identity provider that it signed in through.
SIGN_OUT_ADDRESS = "sign_out_address"

_YEAR = 365 * 24 * 60 * 60


def prepare(app: Flask, *, public_url: str | None) -> None:
    """Teach the templates what they need, and let every page carry its headers."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {
        "moment": moments.moment,
        "exact_moment": moments.exact_moment,
        "machine_moment": moments.machine_moment,
        "shown_moment": sentences.shown,
        "right": sentences.right,
        "stretch": moments.stretch,
        "browser": name_of,
        "markdown": _rendered,
        "in_words": sentences.in_words,
    }
    app.jinja_env.globals |= {
        "asset": asset_url,
        "asked_with": asked_with,
        "typed": refusals.typed,
        "refused_at": refusals.refused_at,
        "untold": refusals.untold,
        "is_shown_again": refusals.is_shown_again,
        "previewed": refusals.previewed,
        "is_here": is_here,
        "public_address": public_address,
        "tier_of": tier_of,
    }
    is_public_over_tls = (public_url or "").startswith("https:")

    @app.after_request
    def _headers(answer: Response) -> Response:
        if g.face.shows_pages:
            answer.headers["Content-Security-Policy"] = _policy()
            answer.headers["Referrer-Policy"] = "same-origin"
            answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
            if request.is_secure or is_public_over_tls:
                answer.headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
        return answer


def _rendered(text: str, mentioned: Collection[str] = ()) -> Markup:
    """What a text in Markdown looks like, beside all others of this page."""
    if "room_for_markdown" not in g:
        g.room_for_markdown = markdown.Room()
    room: markdown.Room = g.room_for_markdown
    return room.rendered(text, mentioned)


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page."""
    return Response(render_template(template, by=g.principal, **values), status=status, mimetype="text/html")


def see(location: str) -> Response:
    """Send the browser to another page, which it asks for anew."""
    return Response(status=303, headers={"Location": location})


def asset_url(name: str) -> str:
    """Where a style sheet or picture is; another one of that name is at another place."""
    return url_for("web.asset_get", name=name, v=assembling.digest_of(name))


def asked_with(**changed: Any) -> str:
    """The address of this page with other words in its query; None takes a word out."""
    kept = [(name, text) for name, text in request.args.items(multi=True) if name not in changed]
    added = [(name, text) for name, text in changed.items() if text is not None]
    query = urlencode([*kept, *added])
    path = quote(refusals.path())
    return f"{path}?{query}" if query else path


def is_here(address: str) -> bool:
    """Whether an address is that of this page, whatever its query says."""
    return unquote(urlsplit(address).path) == refusals.path()


def public_address() -> str:
    """Where people reach the server: as the setting says, or as whoever asks has found it."""
    said: str | None = flask.current_app.config["PUBLIC_URL"]
    return said or request.host_url.rstrip("/")


def _policy() -> str:
    # The form to sign out leads on to the provider, and browsers hold it to this even where it is redirected to.
    leads_to = urlsplit(flask.session.get(SIGN_OUT_ADDRESS, ""))
    provider = f" {leads_to.scheme}://{leads_to.netloc}" if leads_to.netloc else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"base-uri 'none'; form-action 'self'{provider}; frame-ancestors 'none'"
    )
