"""Secrets that are shown once: on the very answer to the form that made them, and nowhere else."""

from flask import Response

from assent.access.credentials.tokens import NewToken
from assent.web.frame.pages import page


def shown_once(*, title: str, what: str, secret: str, told: str, on: str, lines: str = "") -> Response:
    """The page with a secret: what it is, what to do with it, lines to copy, and where to go on."""
    return page("frame/shown_once.html", title=title, what=what, secret=secret, told=told, on=on, lines=lines)


def new_token_shown(made: NewToken, owner: str, *, on: str) -> Response:
    """The page with a new token."""
    return shown_once(
        title=f"A token for {owner}" + (f": {made.token.label}" if made.token.label else ""),
        what="Token",
        secret=made.secret,
        told=f"Whoever has it comes in as {owner}, within its limits. Keep it where secrets are kept.",
        on=on,
        lines=f"export ASSENT_TOKEN={made.secret}\nexport MLFLOW_TRACKING_TOKEN={made.secret}",
    )
