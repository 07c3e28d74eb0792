"""Deployments and declared parents, in the native API."""

from functools import partial

from assent.access.levels import Permission
from security.row import Row, anyone, on_the_model

_row = partial(Row, "api")
REPORTING = on_the_model(Permission.DEPLOYMENT_REPORT)
READING = on_the_model(Permission.MODEL_READ)
SERVES = {"serves": [{"model": "{model}", "version": 1}]}

ROWS = (
    _row("PUT", "/deployments/<whole:name>", REPORTING, SERVES, {"name": "new of {me}"}),
    _row("GET", "/deployments", anyone()),
    _row("GET", "/deployments/<whole:name>", READING, in_path={"name": "deployment-{me}"}),
)
