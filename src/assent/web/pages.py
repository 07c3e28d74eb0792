"""Pages, and the headers that every one of them carries."""

import hashlib
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import flask
from flask import Flask, Response, g, render_template, request, url_for
from jinja2 import StrictUndefined

from assent.web.browser_names import name_of

ASSETS = files("assent.web") / "assets"

# In the cookie: where a browser is signed out of the identity provider that it signed in through.
SIGN_OUT_ADDRESS = "sign_out_address"

_YEAR = 365 * 24 * 60 * 60


def prepare(app: Flask, *, public_url: str | None) -> None:
    """Teach the templates what they need, and let every page carry its headers."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {"moment": moment, "machine_moment": machine_moment, "browser": name_of}
    app.jinja_env.globals |= {"asset": asset_url}
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


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page."""
    return Response(render_template(template, by=g.principal, **values), status=status, mimetype="text/html")


def see(location: str) -> Response:
    """Send the browser to another page, which it asks for anew."""
    return Response(status=303, headers={"Location": location})


def asset_url(name: str) -> str:
    """Where a style sheet or picture is; another one of that name is at another place."""
    return url_for("web.asset_get", name=name, v=_digest(name))


def moment(at: int | None) -> str:
    """A time stamp for people."""
    return "never" if at is None else f"{_time(at):%d %b %Y, %H:%M} UTC"


def machine_moment(at: int) -> str:
    """A time stamp for an attribute."""
    return _time(at).isoformat(timespec="seconds")


def _policy() -> str:
    # The form to sign out leads on to the provider, and browsers hold it to this even where it is redirected to.
    leads_to = urlsplit(flask.session.get(SIGN_OUT_ADDRESS, ""))
    provider = f" {leads_to.scheme}://{leads_to.netloc}" if leads_to.netloc else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"base-uri 'none'; form-action 'self'{provider}; frame-ancestors 'none'"
    )


def _time(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]
