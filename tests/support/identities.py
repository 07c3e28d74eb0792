"""Who is who, as a server process of its own knows it."""

from typing import Any

from flask import Flask
from sqlalchemy import Engine

from assent.access.signing_in.attempts import AttemptLimits
from assent.access.signing_in.sign_in import SignIn
from assent.database import READING, db
from assent.http.by_password import ByPassword
from assent.http.identity import Identities

_SIGN_IN = SignIn()
_LIMITS = AttemptLimits()


def identities_of(
    app: Flask, *, sign_in: SignIn = _SIGN_IN, limits: AttemptLimits = _LIMITS, writing: Engine | None = None
) -> Identities:
    """A process on the database of an application; it looks there at every request."""
    with app.app_context():
        engines: dict[str, Any] = {"reading": db.engines[READING], "writing": writing or db.engine}
    by_password = ByPassword(sign_in, limits, key=lambda: "a key that all processes share", **engines)
    return Identities(sign_in, by_password, recheck_seconds=0, **engines)
