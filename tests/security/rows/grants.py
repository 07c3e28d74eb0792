"""Grants by name, what is granted on a model, tokens and sessions, in the native API."""

from functools import partial

from assent.access.policy.levels import Permission, Scope
from security import actors
from security.actors import Actor
from security.row import Row, administrators, anyone, on_the_model, or_auditors, overseers

_row = partial(Row, "api", expects=administrators())
_of_model = partial(Row, "api", in_path={"name": "{model}"})
_of_token = partial(_row, in_path={"number": "{token_id}"})

GRANTING = on_the_model(Permission.MODEL_GRANT)
WHO = {"kind": "user", "name": "{user}"}
LEVEL = {**WHO, "level": "CAN_READ"}

FILE = {"file": {"grants": {"patterns": {"m*": {"user:alice": "CAN_READ"}}}}}

_LIMITED = (*actors.OF_A_SCOPE.values(), actors.ELSEWHERE, actors.AIMLESS)


def _unlimited(actor: Actor) -> int:
    """With nothing but a token without limits."""
    return 403 if actor in _LIMITED else 200


def _own(actor: Actor) -> int:
    """What is one's own, but by a token with limits."""
    return 200 if actor is actors.OF_A_SCOPE[Scope.MANAGE] else _unlimited(actor)


def _anybodys(actor: Actor) -> int:
    """What is somebody else's: there is none, for all but administrators."""
    return 200 if actor.administers else 404


ROWS = (
    _row("GET", "/grants", expects=overseers()),
    _row("PUT", "/grants", fields={**LEVEL, "pattern": "{model}"}),
    _row("DELETE", "/grants", fields={**WHO, "pattern": "{model}"}),
    _row("POST", "/grants/plan", fields=FILE),
    _row("POST", "/grants/apply", fields=FILE),
    _of_model("GET", "/models/<name>/permissions", or_auditors(GRANTING)),
    _of_model("PUT", "/models/<name>/permissions", GRANTING, LEVEL),
    _of_model("DELETE", "/models/<name>/permissions", GRANTING, WHO),
    _of_model("GET", "/models/<name>/permissions/explain", or_auditors(GRANTING), WHO),
    Row("api", "GET", "/tokens", _own),
    Row("api", "POST", "/tokens", _unlimited),
    _of_token("GET", "/tokens/<int:number>", expects=_anybodys),
    _of_token("DELETE", "/tokens/<int:number>", expects=_anybodys),
    Row("api", "GET", "/sessions", _own),
    Row("api", "DELETE", "/sessions", _own),
    # Nobody here signed in with a browser.
    _row("DELETE", "/sessions/<int:number>", expects=anyone(404), in_path={"number": "7777"}),
)
