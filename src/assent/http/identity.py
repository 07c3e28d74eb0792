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
from assent.access.policy.principals import Principal
from assent.access.signing_in.sign_in import SignedIn, SignIn, note_use
from assent.audit.events import Origin
from assent.http.by_password import ByPassword
from assent.kernel.clock import now
from assent.kernel.errors import AssentError, Unauthenticated

_MOST = 10_000
_TURNS = 64
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

    def __init__(
        self, sign_in: SignIn, by_password: ByPassword, *, reading: Engine, writing: Engine, recheck_seconds: float
    ) -> None:
        self._reading = reading
        self._writing = writing
        self._sign_in = sign_in
        self._by_password = by_password
        self._recheck_seconds = recheck_seconds
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._lock = Lock()
        self._turns = [Lock() for _ in range(_TURNS)]

    def who(self, header: str | None, origin: Origin) -> Principal:
        """The principal who shows this header. Raises Unauthenticated."""
        if not header:
            raise Unauthenticated("Give credentials: HTTP Basic, or a token as Bearer.")
        shown = hashlib.blake2b(header.encode("utf-8", "surrogateescape"), key=self._key, digest_size=16).digest()
        found = self._fresh(shown) or self._again(shown, origin) or self._anew(shown, header, origin)
        return found.principal

    def with_password(self, name: str, password: str, origin: Origin) -> Principal:
        """Who has that name and password, asked anew. Raises Unauthenticated."""
        return self._by_password.who(name, password, origin).principal

    def with_session(self, secret: str, origin: Origin) -> Principal | None:
        """Who signed in with the browser that keeps this secret; None where the session has ended.

        Nothing of it is remembered: an ended session is out at once, on every server.
        """
        with database.reading(self._reading, origin) as session:
            try:
                signed_in = self._sign_in.by_session(session, secret)
            except Unauthenticated:
                # Nobody tries anything: it ended by itself, or in another browser.
                return None
        if now() - (signed_in.noted_at or 0) >= _MINUTE:
            self._note_use(signed_in.principal, origin)
        return signed_in.principal

    def _fresh(self, shown: bytes) -> SignedIn | None:
        known = self._known.get(shown)
        is_fresh = known is not None and time.monotonic() - known.checked_at < self._recheck_seconds
        return known.signed_in if known and is_fresh else None

    def _again(self, shown: bytes, origin: Origin) -> SignedIn | None:
        if (known := self._known.get(shown)) is None:
            return None
        with database.reading(self._reading, origin) as session:
            found = self._sign_in.again(session, known.signed_in)
        return self._remembered(shown, found, origin) if found else None

    def _anew(self, shown: bytes, header: str, origin: Origin) -> SignedIn:
        # One at a time: for a client that begins with a hundred requests at once a password is compared once.
        with self._turns[shown[0] % _TURNS]:
            return self._fresh(shown) or self._remembered(shown, self._verified(header, origin), origin)

    def _verified(self, header: str, origin: Origin) -> SignedIn:
        with database.reading(self._reading, origin) as session:
            scheme, _, credentials = header.partition(" ")
            match scheme.lower():
                case "basic":
                    name, password = _name_and_password(credentials.strip())
                case "bearer":
                    return self._sign_in.by_token(session, credentials.strip())
                case _:
                    raise Unauthenticated("Give credentials: HTTP Basic, or a token as Bearer.")
        return self._by_password.who(name, password, origin)

    def _remembered(self, shown: bytes, signed_in: SignedIn, origin: Origin) -> SignedIn:
        with self._lock:
            before = self._known.get(shown)
            noted_at = max(signed_in.noted_at or 0, before.noted_at if before else 0)
            is_due = now() - noted_at >= _MINUTE
            self._known[shown] = _Known(signed_in, time.monotonic(), now() if is_due else noted_at)
            self._known.move_to_end(shown)
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        if is_due:
            self._note_use(signed_in.principal, origin)
        return signed_in

    def _note_use(self, principal: Principal, origin: Origin) -> None:
        if principal.token_id is None and principal.session_id is None:
            return
        try:
            with database.unit_of_work(self._writing, origin) as session:
                note_use(session, principal)
        except (AssentError, SQLAlchemyError) as problem:
            # They are let in all the same: nothing depends on it but what a list shows.
            _log.warning("the last use was not noted", exc_info=problem)


def _name_and_password(credentials: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Unauthenticated("The credentials are no base64 of UTF-8 text.") from None
    name, colon, password = text.partition(":")
    if not colon or "\x00" in text:
        raise Unauthenticated("The credentials are no name and password with a colon between them.")
    return name, password
