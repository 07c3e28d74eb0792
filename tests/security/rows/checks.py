"""Checks in the native API."""

from functools import partial

from assent.access.policy.levels import Permission
from security.row import Row, on_the_model

_CHECKS = "/models/<name>/versions/<int:number>/checks"
_row = partial(Row, "api", in_path={"name": "{model}", "number": "1"})

ROWS = (
    _row("POST", _CHECKS, on_the_model(Permission.CHECK_POST), {"name": "ci/evaluation", "state": "passed"}),
    _row("GET", _CHECKS, on_the_model(Permission.MODEL_READ)),
)
