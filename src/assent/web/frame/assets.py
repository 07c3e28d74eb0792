"""What pages are made of."""

from flask import Response, request

from assent.http.calls import Uses
from assent.kernel.errors import NotFound
from assent.web.frame import assembling
from assent.web.frame.face import web


@web.call("GET", "/assets/<name>", uses=Uses.NOTHING, needs_credentials=False)
def asset(name: str) -> Response:
    """Give a style sheet, a script or a picture."""
    if name not in assembling.names():
        raise NotFound(f"There is no file {name} here.")
    # Pages themselves are not packed: what they hold beside a secret could tell how long that is.
    takes_gzip = request.accept_encodings["gzip"] > 0
    content = assembling.packed(name) if takes_gzip else assembling.content_of(name)
    answer = Response(content, mimetype=assembling.type_of(name))
    answer.vary.add("Accept-Encoding")
    if takes_gzip:
        answer.content_encoding = "gzip"
    # What is asked for with its digest is never another one.
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
    return answer
