"""Every error becomes an answer in the words of the face that was called."""

import logging

from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException

from assent.kernel.errors import AssentError, Unauthenticated, Unavailable

_log = logging.getLogger("assent.errors")


def answer_errors(app: Flask) -> None:
    """Answer errors of the domain, of HTTP and of our own making; a URL that matches no call reaches this too."""

    @app.errorhandler(AssentError)
    def _domain(error: AssentError) -> Response:
        answer: Response = g.face.tell(error)
        if isinstance(error, Unauthenticated) and not g.face.shows_pages:
            answer.headers["WWW-Authenticate"] = 'Basic realm="assent", charset="UTF-8", Bearer realm="assent"'
        if isinstance(error, Unavailable):
            answer.headers["Retry-After"] = "2"
            _log.warning("unavailable", exc_info=error)
        return answer

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        answer: Response = g.face.tell_status(error.code or 500, error.description or error.name)
        if error.code == 405:
            answer.headers["Allow"] = error.get_response().headers.get("Allow", "")
        return answer

    @app.errorhandler(Exception)
    def _bug(error: Exception) -> Response:
        _log.error("unexpected error", exc_info=error, extra={"fields": {"request_id": g.origin.request_id}})
        message = f"Unexpected fault of the server; its log tells more under the id {g.origin.request_id}."
        answer: Response = g.face.tell_status(500, message)
        return answer
