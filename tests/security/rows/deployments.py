"""Deployments and declared parents, in the native API."""

from functools import partial

from assent.access.levels import Permission
from security.row import Row, anyone, on_the_model

_row = partial(Row, "api")
REPORTING = on_the_model(Permission.DEPLOYMENT_REPORT)
READING = on_the_model(Permission.MODEL_READ)
DECLARING = on_the_model(Permission.LINEAGE_DECLARE)
PARENT = {"relation": "fine_tuned", "external": "hf://mistralai/Mistral-7B@main"}
_PARENTS = "/models/<name>/versions/<int:number>/parents"
_of_version = partial(Row, "api", in_path={"name": "{model}", "number": "1"})
SERVES = {"serves": [{"model": "{model}", "version": 1}]}

ROWS = (
    _row("PUT", "/deployments/<whole:name>", REPORTING, SERVES, {"name": "new of {me}"}),
    _row("GET", "/deployments", anyone()),
    _of_version("GET", _PARENTS, READING),
    _of_version("POST", _PARENTS, DECLARING, PARENT),
    _of_version("DELETE", _PARENTS, DECLARING, PARENT),
    _row("GET", "/deployments/<whole:name>", READING, in_path={"name": "deployment-{me}"}),
)
