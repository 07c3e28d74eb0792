"""Signing in, and out."""

import flask
from flask import Response, current_app

from assent.access.signing_in.attempts import OVER
from assent.http.browsers import browsers
from assent.http.calls import Uses
from assent.kernel.errors import Unauthenticated
from assent.web.frame.face import web
from assent.web.frame.pages import SIGN_OUT_ADDRESS, page, see
from assent.web.signing_in import schemas as s

_NOT_LET_IN, _TOO_OFTEN = 403, 429


@web.call("GET", "/sign-in", takes=s.Next(), uses=Uses.NOTHING, needs_credentials=False)
def sign_in_page(next: str) -> Response:  # noqa: A002 (as everybody calls it)
    """Show how to sign in."""
    return see(next) if browsers().who() else show(next)


@web.call("POST", "/sign-in", takes=s.SignIn(), uses=Uses.NOTHING, needs_credentials=False)
def sign_in(username: str, password: str, next: str) -> Response:  # noqa: A002 (likewise)
    """Sign in with a name and a password."""
    if not (username and password):
        return show(next, 400, username=username, message="Give your name and your password.")
    try:
        browsers().begin_with_password(username, password)
    except Unauthenticated as refused:
        status = _TOO_OFTEN if OVER in refused.details else _NOT_LET_IN
        return show(next, status, username=username, message=refused.message)
    return see(next)


@web.call("POST", "/sign-out", uses=Uses.NOTHING, needs_credentials=False)
def sign_out() -> Response:
    """Sign out, and out of the identity provider where it has a place for that."""
    lead_on = flask.session.get(SIGN_OUT_ADDRESS)
    browsers().end()
    flask.flash("You are signed out.")
    return see(lead_on or "/sign-in")


def show(next: str, status: int = 200, *, username: str = "", message: str = "") -> Response:  # noqa: A002 (likewise)
    """The page to sign in, with what was typed; never the password."""
    return page(
        "signing_in/sign_in.html",
        status,
        next=next,
        username=username,
        message=message,
        providers=current_app.config["PROVIDERS"],
    )
