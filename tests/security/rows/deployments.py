"""Deployments, declared parents and OpenLineage, in the native API."""

from functools import partial

from assent.access.policy.levels import Permission
from security import actors
from security.actors import Actor
from security.row import Row, anyone, on_the_model

_row = partial(Row, "api")
REPORTING = on_the_model(Permission.DEPLOYMENT_REPORT)
READING = on_the_model(Permission.MODEL_READ)
DECLARING = on_the_model(Permission.LINEAGE_DECLARE)
PARENT = {"relation": "fine_tuned", "external": "hf://mistralai/Mistral-7B@main"}
_PARENTS = "/models/<name>/versions/<int:number>/parents"
_of_version = partial(Row, "api", in_path={"name": "{model}", "number": "1"})
SERVES = {"serves": [{"model": "{model}", "version": 1}]}
EVENT = {
    "eventType": "COMPLETE",
    "eventTime": "2026-11-23T12:00:00Z",
    "producer": "urn:example:{me}",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    "run": {"runId": "01234567-89ab-4def-8123-456789abcdef"},
    "job": {"namespace": "example", "name": "features"},
    "inputs": [{"namespace": "s3://bucket", "name": "orders"}],
}


def _registering_everywhere(actor: Actor) -> int:
    """Administrators: what others have here is on one model. A token for some names is for no run."""
    without_names = (actors.ADMINISTRATOR, actors.AIMLESS, *actors.OF_A_SCOPE.values())
    return 200 if actor in without_names and Permission.LINEAGE_DECLARE in actor.may else 403


ROWS = (
    _row("PUT", "/deployments/<whole:name>", REPORTING, SERVES, {"name": "new of {me}"}),
    _row("GET", "/deployments", anyone()),
    _of_version("GET", _PARENTS, READING),
    _of_version("POST", _PARENTS, DECLARING, PARENT),
    _of_version("DELETE", _PARENTS, DECLARING, PARENT),
    _of_version("GET", "/models/<name>/versions/<int:number>/openlineage", READING),
    _row("POST", "/lineage", _registering_everywhere, EVENT),
    _row("GET", "/deployments/<whole:name>", READING, in_path={"name": "deployment-{me}"}),
)
