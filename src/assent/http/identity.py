"""From the Authorization header to a principal."""

import base64
import binascii
import hashlib
import logging
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from assent import database
from assent.access.principals import Principal
from assent.access.sign_in import SignedIn, SignIn, note_use
from assent.audit.events import Origin
from assent.kernel.clock import now
from assent.kernel.dialects import Reader
from assent.kernel.errors import AssentError, Unauthenticated

_MOST = 10_000
_MINUTE = 60_000

_log = logging.getLogger("assent.identity")


@dataclass(frozen=True, slots=True)
class _Known:
    signed_in: SignedIn
    checked_at: float
    noted_at: int


class Identities:
    """Tells who shows a header, and remembers it for a moment.

    Hashing a password is slow on purpose, and MLflow's client sends it with every request. So credentials that
    were verified are remembered, by a keyed hash, in this process alone; every `recheck_seconds` one look at
    the database tells whether they still hold.
    """

    def __init__(self, engine: Engine, sign_in: SignIn, *, writing: Engine, recheck_seconds: float) -> None:
        self._engine = engine
        self._writing = writing
        self._sign_in = sign_in
        self._recheck_seconds = recheck_seconds
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._lock = Lock()

    def who(self, header: str | None, origin: Origin) -> Principal:
        """The principal who shows this header. Raises Unauthenticated."""
        if not header:
            raise Unauthenticated("Give credentials: HTTP Basic, or a token as Bearer.")
        shown = hashlib.blake2b(header.encode("utf-8", "surrogateescape"), key=self._key, digest_size=16).digest()
        known = self._known.get(shown)
        if known is not None and time.monotonic() - known.checked_at < self._recheck_seconds:
            return known.signed_in.principal
        with database.reading(self._engine, origin) as session:
            signed_in = self._again(session, known) or self._anew(session, header)
        if self._remember(shown, signed_in):
            self._note_use(signed_in.principal, origin)
        return signed_in.principal

    def with_password(self, name: str, password: str, origin: Origin) -> Principal:
        """Who has that name and password, asked anew. Raises Unauthenticated."""
        with database.reading(self._engine, origin) as session:
            return self._sign_in.by_password(session, name, password).principal

    def with_session(self, secret: str, origin: Origin) -> Principal | None:
        """Who signed in with the browser that keeps this secret; None where the session has ended.

        Nothing of it is remembered: an ended session is out at once, on every server.
        """
        with database.reading(self._engine, origin) as session:
            try:
                signed_in = self._sign_in.by_session(session, secret)
            except Unauthenticated:
                # Nobody tries anything: it ended by itself, or in another browser.
                return None
        if now() - (signed_in.noted_at or 0) >= _MINUTE:
            self._note_use(signed_in.principal, origin)
        return signed_in.principal

    def _remember(self, shown: bytes, signed_in: SignedIn) -> bool:
        """Keep who showed this. Tells whether to note the use, which one process does once a minute."""
        with self._lock:
            before = self._known.get(shown)
            noted_at = max(signed_in.noted_at or 0, before.noted_at if before else 0)
            is_due = now() - noted_at >= _MINUTE
            self._known[shown] = _Known(signed_in, time.monotonic(), now() if is_due else noted_at)
            self._known.move_to_end(shown)
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        return is_due

    def _note_use(self, principal: Principal, origin: Origin) -> None:
        if principal.token_id is None and principal.session_id is None:
            return
        try:
            with database.unit_of_work(self._writing, origin) as session:
                note_use(session, principal)
        except (AssentError, SQLAlchemyError) as problem:
            # They are let in all the same: nothing depends on it but what a list shows.
            _log.warning("the last use was not noted", exc_info=problem)

    def _again(self, session: Reader, known: _Known | None) -> SignedIn | None:
        return self._sign_in.again(session, known.signed_in) if known else None

    def _anew(self, session: Reader, header: str) -> SignedIn:
        scheme, _, credentials = header.partition(" ")
        match scheme.lower():
            case "basic":
                name, password = _name_and_password(credentials.strip())
                return self._sign_in.by_password(session, name, password)
            case "bearer":
                return self._sign_in.by_token(session, credentials.strip())
        raise Unauthenticated("Give credentials: HTTP Basic, or a token as Bearer.")


def _name_and_password(credentials: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Unauthenticated("The credentials are no base64 of UTF-8 text.") from None
    name, colon, password = text.partition(":")
    if not colon or "\x00" in text:
        raise Unauthenticated("The credentials are no name and password with a colon between them.")
    return name, password
