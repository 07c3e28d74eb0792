"""Transition requests in the native API."""

from functools import partial

from assent.access.policy.levels import Permission
from security.actors import AIMLESS, OF_A_SCOPE, Actor
from security.row import Row, anyone, on_the_model

_VERSION = "/models/<name>/versions/<int:number>"
_REQUEST = "/requests/<int:request_id>"
_of_model = partial(Row, "api", in_path={"name": "{model}"})
_of_version = partial(Row, "api", in_path={"name": "{model}", "number": "1"})
# Open, of a move into Production, and opened by somebody else.
_row = partial(Row, "api", in_path={"request_id": "{request_id}"})

READ = on_the_model(Permission.MODEL_READ)
DECIDE = on_the_model(Permission.REQUEST_DECIDE_PRODUCTION)
SOMETHING = {"comment": "Seen."}


def _has_nothing_to_take_back(actor: Actor) -> int:
    """Who lost the right may take back what they said; a token that is not for deciding takes nothing back."""
    if Permission.MODEL_READ not in actor.may:
        return 404
    is_limited = actor is AIMLESS or actor in OF_A_SCOPE.values()
    return 403 if is_limited and Permission.REQUEST_DECIDE_PRODUCTION not in actor.may else 409


ROWS = (
    _of_version("POST", f"{_VERSION}/requests", on_the_model(Permission.VERSION_MOVE), {"to": "Staging"}),
    _of_model("POST", "/models/<name>/requests", on_the_model(Permission.MODEL_MANAGE), {"to": "deletion"}),
    _of_version("GET", f"{_VERSION}/explain", READ, {"to": "Production"}),
    Row("api", "GET", "/requests", anyone()),
    _row("GET", _REQUEST, READ),
    _row("GET", f"{_REQUEST}/comments", READ),
    _row("POST", f"{_REQUEST}/comments", on_the_model(Permission.COMMENT_WRITE), {"text": "Is it fair?"}),
    _row("POST", f"{_REQUEST}/look", on_the_model(Permission.REQUEST_OPEN)),
    _row("POST", f"{_REQUEST}/approve", DECIDE),
    _row("POST", f"{_REQUEST}/reject", DECIDE, SOMETHING),
    _row("POST", f"{_REQUEST}/withdraw", on_the_model(Permission.MODEL_MANAGE)),
    # Nobody approved it, no gate knows an override of it, and none is owed a review.
    _row("POST", f"{_REQUEST}/take-back", _has_nothing_to_take_back),
    _row("POST", f"{_REQUEST}/override", on_the_model(status=403), SOMETHING),
    _row("POST", f"{_REQUEST}/review", on_the_model(status=409), SOMETHING),
)
