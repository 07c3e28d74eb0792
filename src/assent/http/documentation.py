"""The contract, as a file and as a page that loads nothing from elsewhere."""

from functools import cache
from importlib.resources import files

from flask import Response, current_app

from assent.http import openapi
from assent.http.calls import Uses
from assent.http.operation import operation
from assent.kernel.errors import NotFound

_STATIC = files("assent.http") / "static"

_FILES = {
    "docs.html": ("docs.html", "text/html"),
    "docs.js": ("docs.js", "text/javascript"),
    "swagger-ui.css": ("vendor/swagger-ui/swagger-ui.css", "text/css"),
    "swagger-ui-bundle.js": ("vendor/swagger-ui/swagger-ui-bundle.js", "text/javascript"),
}

# Swagger UI writes style attributes, and shows its icons from data URIs.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@operation.call("GET", "/openapi.yaml", uses=Uses.NOTHING, media_type="application/yaml")
def openapi_yaml() -> Response:
    """Give this document."""
    return Response(_document(), mimetype="application/yaml")


@operation.call("GET", "/docs", uses=Uses.NOTHING, media_type="text/html")
def read_docs() -> Response:
    """Show this document as a page, to read and to try."""
    return _page("docs.html")


@operation.call("GET", "/docs/<name>", uses=Uses.NOTHING, media_type="*/*", errors=(404,))
def read_docs_file(name: str) -> Response:
    """Give what the page is made of."""
    return _page(name)


@cache
def _document() -> str:
    return openapi.as_yaml(current_app.config["FACES"])


def _page(name: str) -> Response:
    if name not in _FILES:
        raise NotFound(f"There is no file {name} here.")
    path, mimetype = _FILES[name]
    answer = Response((_STATIC / path).read_bytes(), mimetype=mimetype)
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
