"""Former names of models, which lead to the present ones: in the native API, and in the pages."""

from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for

from assent.access.policy.principals import Principal
from assent.http.calls import View
from assent.kernel.dialects import Reader
from assent.kernel.errors import NotFound
from assent.registry import history


def follows_renames(view: View) -> View:
    """Let a former name redirect, until somebody takes it, with all else that was asked."""

    @wraps(view)
    def follow(session: Reader, name: str, *, by: Principal, **asked: Any) -> dict[str, Any] | Response:
        try:
            found: dict[str, Any] = view(session, name, by=by, **asked)
        except NotFound:
            renamed = history.current_name(session, name, by=by)
            if renamed is None:
                raise
            in_path = {**(request.view_args or {}), "name": renamed}
            query = urlencode(list(request.args.items(multi=True)))
            leads_to = url_for(request.endpoint or "", **in_path) + (query and f"?{query}")
            return Response(status=307, headers={"Location": leads_to})
        return found

    return follow
