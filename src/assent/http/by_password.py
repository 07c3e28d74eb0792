"""Signing in with a name and a password, whichever face takes them."""

import logging
from collections.abc import Callable
from functools import cache

from flask import Flask, current_app
from sqlalchemy import Engine

from assent import database
from assent.access.policy.principals import Principal
from assent.access.signing_in import attempts
from assent.access.signing_in.attempts import OVER, Attempt, AttemptLimits
from assent.access.signing_in.sign_in import SignedIn, SignIn
from assent.audit.events import Origin
from assent.kernel.errors import Denied, Telling, Unauthenticated

_EXTENSION = "assent-by-password"
_log = logging.getLogger("assent.sign_in")


class ByPassword:
    """Counts an attempt, compares, and forgives it: transactions of their own, so that none waits for a hash.

    `key` gives the secret that the servers share.
    """

    def __init__(
        self, sign_in: SignIn, limits: AttemptLimits, *, reading: Engine, writing: Engine, key: Callable[[], str]
    ) -> None:
        self._sign_in = sign_in
        self._limits = limits
        self._reading = reading
        self._writing = writing
        self._key = cache(key)

    def serve(self, app: Flask) -> None:
        """Let the calls of an application ask for passwords."""
        app.extensions[_EXTENSION] = self

    def who(self, name: str, password: str, origin: Origin, *, by: Principal | None = None) -> SignedIn:
        """Who has that name and password. Raises Unauthenticated, over the limits without comparing anything."""
        secret = self._key().encode()
        with database.unit_of_work(self._writing, origin) as session:
            attempt = attempts.begin(session, name, secret=secret, limits=self._limits)
        with database.reading(self._reading, origin, by=by) as connection:
            _must_be_within_limits(attempt, origin)
            signed_in = self._sign_in.by_password(connection, name, password)
        renewed = self._sign_in.renewed_hash(signed_in, password)
        with database.unit_of_work(self._writing, origin) as session:
            attempts.forgive(session, attempt, by=signed_in.principal)
            return self._sign_in.renew(session, signed_in, renewed) if renewed else signed_in

    def confirm(self, principal: Principal, password: str, origin: Origin) -> None:
        """Raise Denied unless that is the principal's password; a guess counts as an attempt to sign in."""
        try:
            self.who(principal.name, password, origin, by=principal)
        except Unauthenticated as refusal:
            why = refusal.message if OVER in refusal.details else "That is not the current password."
            raise Denied(why, kind="principal", subject=principal.name, telling=Telling.NEVER) from None


def by_password() -> ByPassword:
    """That of the running application."""
    found: ByPassword = current_app.extensions[_EXTENSION]
    return found


def _must_be_within_limits(attempt: Attempt, origin: Origin) -> None:
    try:
        attempt.must_be_within_limits()
    except Unauthenticated as refusal:
        fields = {"address": origin.address, "request_id": origin.request_id, **refusal.details}
        _log.warning("too many attempts to sign in", extra={"fields": fields})
        raise
