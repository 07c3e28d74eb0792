"""What happens around every request: its id, who asks, the log line and the measurement."""

import logging
import re
import secrets
import time
from collections.abc import Callable, Collection

from flask import Flask, Request, Response, g, request

from assent.access.policy.principals import Principal
from assent.audit.events import Origin
from assent.http import metrics
from assent.http.browsers import Browsers
from assent.http.calls import Face
from assent.http.identity import Identities
from assent.kernel.errors import Unauthenticated

REQUEST_ID = "X-Request-Id"

_GIVEN_ID = re.compile(r"[A-Za-z0-9._\-]{1,64}")
_log = logging.getLogger("assent.requests")


def watch(
    app: Flask,
    identities: Identities,
    browsers: Browsers,
    face_of: Callable[[Request], Face],
    open_endpoints: Collection[str],
) -> None:
    """Give every request an id, a face, a principal, a log line and a measurement.

    Without credentials nothing but the open endpoints answers, not even to say that there is no such page.
    """

    def who() -> Principal:
        header = request.headers.get("Authorization")
        # A browser sends its cookie whoever made it ask, so outside of the pages, whose forms prove where they come
        # from, it lets nobody change anything.
        if g.face.shows_pages or (header is None and request.method in ("GET", "HEAD")):
            found = browsers.who()
            if found is not None:
                return found
        if g.face.shows_pages:
            raise Unauthenticated("Sign in to see this page.")
        return identities.who(header, g.origin)

    def begin() -> None:
        g.began_at = time.perf_counter()
        g.principal = None
        g.face = face_of(request)
        g.origin = Origin(g.face.name, request.remote_addr or "", _request_id())
        if request.endpoint not in open_endpoints:
            g.principal = who()

    def end(response: Response) -> Response:
        seconds = time.perf_counter() - g.began_at
        response.headers[REQUEST_ID] = g.origin.request_id
        # Answers tell what their caller may see, and some a secret that is shown once.
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
        route = request.url_rule.rule if request.url_rule else "(none)"
        metrics.observe(request.method, route, response.status_code, seconds)
        _log.info("request", extra={"fields": _line(response, seconds)})
        return response

    app.before_request(begin)
    app.after_request(end)


def _request_id() -> str:
    given = request.headers.get(REQUEST_ID, "")
    return given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)


def _line(response: Response, seconds: float) -> dict[str, object]:
    return {
        "request_id": g.origin.request_id,
        "method": request.method,
        "path": request.path,
        "status": response.status_code,
        "ms": round(seconds * 1000, 2),
        "principal": g.principal.name if g.principal else None,
        "address": g.origin.address,
    }
