"""Signing in, and the page about oneself. What is one's own, stories try; here are the things of others."""

from functools import partial

from security.actors import Actor
from security.pages.seen import SEE, form, page
from security.row import anyone


def _administrators(actor: Actor) -> int:
    return SEE if actor.lets_in else 404


_nowhere = partial(page, expects=anyone(404), in_path={"name": "nowhere"})

ROWS = (
    page("/account", anyone()),
    form("/account/sessions/<int:number>/end", _administrators, in_path={"number": "{session_id}"}),
    form("/account/sessions/end-others", anyone(SEE)),
    form("/account/tokens/<int:number>/revoke", _administrators, in_path={"number": "{token_id}"}),
    page("/assets/<name>", anyone(), in_path={"name": "assent.css"}),
    page("/sign-in", anyone(SEE)),
    _nowhere("/sign-in/with/<name>"),
    _nowhere("/sign-in/with/<name>/back"),
    form("/sign-in", anyone(400)),
    form("/sign-out", anyone(SEE)),
)
