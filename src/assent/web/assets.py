"""What pages are made of."""

from flask import Response, request

from assent.http.calls import Uses
from assent.kernel.errors import NotFound
from assent.web.face import web
from assent.web.pages import ASSETS

_TYPES = {"assent.css": "text/css", "assent.svg": "image/svg+xml"}


@web.call("GET", "/assets/<name>", uses=Uses.NOTHING, needs_credentials=False)
def asset(name: str) -> Response:
    """Give a style sheet or a picture."""
    if name not in _TYPES:
        raise NotFound(f"There is no file {name} here.")
    answer = Response((ASSETS / name).read_bytes(), mimetype=_TYPES[name])
    # What is asked for with its digest is never another one.
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
    return answer
