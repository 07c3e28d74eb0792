"""Forms prove that a page of this server sent them; where one does not, why that may be, and what to do."""

from contextlib import suppress

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFError

from assent.kernel.errors import AssentError
from assent.web.frame import errors, refusals
from assent.web.frame.face import csrf, web
from assent.web.signing_in import schemas as s
from assent.web.signing_in.sign_in import show

_OLD = "The form is from before you signed in or out, or from long ago, so nothing was done. "
_GO_BACK = "Go back, reload the page and send it again."
_ONCE_MORE = "Look at it, and send it once more."
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
            return _again()
        # With what was typed, but never with the password.
        typed = s.SignIn().load(request.form)
        return show(typed["next"], 400, username=typed["username"], message=_why_not_signed_in())


def _again() -> Response:
    """The page that the form was sent from, with what was typed; another site's form is given nothing back."""
    if refusals.written():
        with suppress(AssentError):
            if answer := refusals.again(web.calls, _OLD + _ONCE_MORE, 400):
                return answer
        g.refusal = None
    return errors.told(400, _OLD + _GO_BACK)


def _why_not_signed_in() -> str:
    if request.cookies:
        return _OLD_SIGN_IN
    is_over_tls_only = current_app.session_interface.get_cookie_secure(current_app)
    return _NO_TLS if is_over_tls_only and not request.is_secure else _NO_COOKIE
