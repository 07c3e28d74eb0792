"""Forms prove that a page of this server sent them; where one does not, why that may be, and what to do."""

from flask import Flask, Response, current_app, request
from flask_wtf.csrf import CSRFError

from assent.web.frame import errors
from assent.web.frame.face import csrf
from assent.web.signing_in import schemas as s
from assent.web.signing_in.sign_in import show

_OLD = (
    "The form is from before you signed in or out, or from long ago, so nothing was done. "
    "Go back, reload the page and send it again."
)
_OLD_SIGN_IN = "This page was open for long. Please sign in once more."
_NO_COOKIE = (
    "Your browser keeps no cookies of this server, and without them nobody can sign in. Allow them and try again."
)
_NO_TLS = (
    "Your browser keeps no cookies of this server, because the connection to it is not encrypted. "
    "Nobody signs in like that from another machine: use an address that begins with https."
)


def guard(app: Flask) -> None:
    """Let forms be checked where the face loads them, and tell in plain words where one is refused."""
    # The proof is good for as long as the cookie that it belongs to.
    app.config |= {"WTF_CSRF_CHECK_DEFAULT": False, "WTF_CSRF_TIME_LIMIT": None}
    csrf.init_app(app)

    @app.errorhandler(CSRFError)
    def _stale(_: CSRFError) -> Response:
        if request.endpoint != "web.sign_in_post":
            return errors.told(400, _OLD)
        # With what was typed, but never with the password.
        typed = s.SignIn().load(request.form)
        return show(typed["next"], 400, username=typed["username"], message=_why_not_signed_in())


def _why_not_signed_in() -> str:
    if request.cookies:
        return _OLD_SIGN_IN
    is_over_tls_only = current_app.session_interface.get_cookie_secure(current_app)
    return _NO_TLS if is_over_tls_only and not request.is_secure else _NO_COOKIE
