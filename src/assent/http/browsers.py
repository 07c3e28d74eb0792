"""Who signed in with the browser that asks: Flask-Login, over sessions that live in the database."""

from datetime import timedelta

import flask
from flask import Flask, current_app, g, request
from flask_login import LoginManager, UserMixin, current_user, login_user

from assent.access.credentials import keys, sessions
from assent.access.credentials.sessions import Lifetime
from assent.access.policy.principals import Principal
from assent.audit.events import Origin
from assent.database import READING, db, reading, unit_of_work
from assent.http.cookies import Cookies
from assent.http.identity import Identities
from assent.kernel.errors import Unavailable

_EXTENSION = "assent-browsers"
_START = Origin("start")


class _Visitor(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """Somebody as Flask-Login knows them: by the secret of their session, which the signed cookie holds."""

    def __init__(self, secret: str, principal: Principal) -> None:
        self.id = secret
        self.principal = principal


class Browsers:
    """Signs browsers in and out, and tells who they are."""

    def __init__(self, app: Flask, identities: Identities, cookies: Cookies, lifetime: Lifetime) -> None:
        self._app = app
        self._identities = identities
        self._cookies = cookies
        self.lifetime = lifetime
        manager = LoginManager()
        # Whoever moves from one network to another stays who they are; and the database knows which sessions hold.
        manager.session_protection = None
        manager.user_loader(self._visitor)
        # Not `init_app`: after every request that would look for a cookie to remember people by, which there is not.
        app.login_manager = manager  # type: ignore[attr-defined]  # where Flask-Login looks
        app.session_interface = cookies
        app.config |= {"SESSION_COOKIE_HTTPONLY": True, "SESSION_COOKIE_SAMESITE": "Lax"}
        app.permanent_session_lifetime = timedelta(milliseconds=lifetime.longest)
        app.extensions[_EXTENSION] = self

    def who(self) -> Principal | None:
        """Who signed in with the browser that asks, if somebody did. Raises Unavailable."""
        if self._cookies.get_cookie_name(self._app) not in request.cookies:
            return None
        self.must_work()
        principal: Principal | None = current_user.principal if current_user.is_authenticated else None
        return principal

    def must_work(self) -> None:
        """Raise Unavailable where cookies can be neither read nor written."""
        self._cookies.must_have_key(self._app)
        if self._cookies.is_null_session(flask.session._get_current_object()):  # type: ignore[attr-defined]  # a proxy
            raise Unavailable("The database cannot be reached now.")

    def begin_with_password(self, name: str, password: str) -> None:
        """Sign the browser in as who has that name and password. Raises Unauthenticated."""
        self.begin(self._identities.with_password(name, password, g.origin))

    def begin(self, principal: Principal, *, issuer: str | None = None) -> None:
        """Sign the browser in, with a new session and a new cookie; a session that it had before ends."""
        self.end()
        with unit_of_work(db.engine, g.origin, by=principal) as session:
            begun = sessions.start(
                session, by=principal, lifetime=self.lifetime, user_agent=request.user_agent.string, issuer=issuer
            )
        login_user(_Visitor(begun.secret, principal))

    def end(self) -> None:
        """Sign the browser out, and forget what its cookie held."""
        if (before := self.who()) is not None and before.session_id is not None:
            with unit_of_work(db.engine, g.origin, by=before) as session:
                sessions.end(session, sessions.numbered(session, before.session_id, by=before), by=before)
        flask.session.clear()

    def _visitor(self, secret: str) -> _Visitor | None:
        principal = self._identities.with_session(secret, g.origin)
        return _Visitor(secret, principal) if principal else None


def browsers() -> Browsers:
    """Those of the running application."""
    found: Browsers = current_app.extensions[_EXTENSION]
    return found


def shared_key() -> str:
    """The key that signs cookies on all servers, made by the first of them. Raises Unavailable."""
    with reading(db.engines[READING], _START) as connection:
        found = keys.existing(connection, keys.COOKIES)
    if found is not None:
        return found
    with unit_of_work(db.engine, _START) as session:
        return keys.existing_or_new(session, keys.COOKIES)
