"""The cookie that a browser keeps: signed, unreadable for scripts, and sent over TLS alone."""

import hashlib
from collections.abc import Callable

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from assent.kernel.addresses import is_on_this_machine
from assent.kernel.errors import Unavailable

NAME = "assent"


class Cookies(SecureCookieSessionInterface):
    """Flask's sessions in cookies, which here hold little more than the secret of a session in the database.

    The key that signs them is had from the database when a browser first comes, and not when the application is
    made: the database may be away then.
    """

    salt = "assent-cookie"
    digest_method = staticmethod(hashlib.sha256)

    def __init__(self, key: Callable[[], str], *, public_url: str | None) -> None:
        self._key = key
        self._public_url = public_url or ""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 (Flask's)
        """Whether browsers may send it over TLS only: always, unless the server is on the same machine."""
        return self._public_url.startswith("https:") or not is_on_this_machine(request.host_url)

    def get_cookie_name(self, app: Flask) -> str:
        """Its name. With the prefix no other host of the domain can set it, and browsers hold that."""
        return f"__Host-{NAME}" if self.get_cookie_secure(app) else NAME

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs it; None while the key cannot be had."""
        try:
            self.must_have_key(app)
        except Unavailable:
            return None
        return super().get_signing_serializer(app)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the browser keeps. A client without a cookie costs nothing."""
        if "HTTP_COOKIE" not in request.environ or self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie where it changed; a request that did not look at it is not slowed down by it."""
        if session.accessed:
            super().save_session(app, session, response)

    def must_have_key(self, app: Flask) -> None:
        """Find the key that signs cookies and forms. Raises Unavailable."""
        app.secret_key = app.secret_key or self._key()
