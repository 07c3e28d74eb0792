"""Trusted publishers, in the native API."""

from functools import partial
from typing import Any

from assent.access.policy.levels import Permission
from security import actors
from security.actors import Actor
from security.row import Row, administrators, on_the_model, or_auditors, overseers, who_lets_in

_row = partial(Row, "api", expects=administrators())
_of_model = partial(Row, "api", in_path={"name": "{model}"})

GRANTING = on_the_model(Permission.MODEL_GRANT)
NEW: dict[str, Any] = {
    "name": "{new}",
    "issuer": "https://token.actions.githubusercontent.com",
    "claims": {"repository": "acme/fraud"},
    "service_account": "{bot}",
    "scopes": ["read"],
}


def _granting_without_limits(actor: Actor) -> int:
    """Whoever manages the model, but by a token that lets less through than they may."""
    return 403 if actor in (*actors.OF_A_SCOPE.values(), actors.AIMLESS) else GRANTING(actor)


ROWS = (
    _row("GET", "/publishers", expects=overseers()),
    Row("api", "POST", "/publishers", who_lets_in(), fields={**NEW, "pattern": "{model}"}),
    _row("GET", "/publishers/<int:number>", expects=overseers(), in_path={"number": "{publisher_id}"}),
    _row("DELETE", "/publishers/<int:number>", in_path={"number": "{publisher_id}"}),
    _of_model("GET", "/models/<name>/publishers", or_auditors(GRANTING)),
    _of_model("POST", "/models/<name>/publishers", _granting_without_limits, NEW),
    Row(
        "api",
        "DELETE",
        "/models/<name>/publishers/<int:number>",
        GRANTING,
        in_path={"name": "{model}", "number": "{publisher_id}"},
    ),
)
