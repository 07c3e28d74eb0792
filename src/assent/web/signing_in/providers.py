"""Signing in through an identity provider."""

from collections.abc import Sequence

import flask
from flask import Flask, Response, current_app, g, request, url_for

from assent.access.policy.principals import Principal
from assent.access.signing_in import identities
from assent.database import db, refusals_recorded, unit_of_work
from assent.http.assertions import Assertions
from assent.http.browsers import browsers
from assent.http.calls import Uses
from assent.http.oidc import Door
from assent.http.providers import Provider
from assent.kernel.errors import NotFound, Unauthenticated, Unavailable
from assent.web.frame.face import web
from assent.web.frame.pages import SIGN_OUT_ADDRESS, see
from assent.web.frame.paths import HOME
from assent.web.signing_in import schemas as s
from assent.web.signing_in.sign_in import show

_ASK = "/sign-in/with/<name>"


@web.call("GET", _ASK, takes=s.Next(), uses=Uses.NOTHING, needs_credentials=False)
def ask_provider(name: str, next: str) -> Response:  # noqa: A002 (as everybody calls it)
    """Send the browser to an identity provider."""
    try:
        return see(_door(name).begin(_address(url_for("web.answer_of_provider_get", name=name)), next=next))
    except Unavailable as problem:
        return show(next, 503, message=problem.message)


@web.call("GET", f"{_ASK}/back", uses=Uses.NOTHING, needs_credentials=False)
def answer_of_provider(name: str) -> Response:
    """Sign in whoever the identity provider sends back."""
    door, going_to = _door(name), HOME
    try:
        with refusals_recorded(db.engine, g.origin, None):
            try:
                shown, kept = door.finish(request.args)
            except Unavailable as problem:
                raise Unauthenticated(problem.message) from problem
        going_to = kept["next"]
        with unit_of_work(db.engine, g.origin) as session:
            account = identities.account_of(session, shown)
            principal = Principal(account.id, account.name)
    except Unauthenticated as refused:
        status = 503 if isinstance(refused.__cause__, Unavailable) else 403
        return show(going_to, status, message=refused.message)
    browsers().begin(principal, issuer=shown.issuer)
    if address := door.sign_out_address(_address(url_for("web.sign_in_page_get"))):
        flask.session[SIGN_OUT_ADDRESS] = address
    return see(going_to)


def open_doors(app: Flask, listed: Sequence[Provider], assertions: Assertions, *, public_url: str | None) -> None:
    """Let people sign in through these providers."""
    app.config |= {
        "PROVIDERS": listed,
        "DOORS": {each.name: Door(each, assertions) for each in listed},
        "PUBLIC_URL": public_url,
    }


def _door(name: str) -> Door:
    door: Door | None = current_app.config["DOORS"].get(name)
    if door is None:
        raise NotFound(f"There is no identity provider {name}.")
    return door


def _address(path: str) -> str:
    root: str = current_app.config["PUBLIC_URL"] or request.url_root.rstrip("/")
    return root + path
