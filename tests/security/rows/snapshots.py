"""Run snapshots and digests of artifacts, in the native API."""

from functools import partial

from assent.access.policy.levels import Permission
from assent.lineage.runs import facts
from security.row import Row, on_the_model

_of_version = partial(Row, "api", in_path={"name": "{model}", "number": "1"})
_SNAPSHOT = "/models/<name>/versions/<int:number>/snapshot"

READING = on_the_model(Permission.MODEL_READ)
PUSHING = on_the_model(Permission.SNAPSHOT_PUSH)
DIGEST = {"digest": f"sha256:{'0' * 64}", "files": 1, "bytes": 1}

ROWS = (
    _of_version("GET", _SNAPSHOT, READING),
    _of_version("PUT", _SNAPSHOT, PUSHING, {"facts": {"schema": facts.SCHEMA, "run": {"id": "run-{model_id}"}}}),
    # There is no run to pull: what is tried is the right to ask for it.
    _of_version("POST", f"{_SNAPSHOT}/retry", on_the_model(Permission.SNAPSHOT_PUSH, status=409)),
    _of_version("PUT", "/models/<name>/versions/<int:number>/artifact-digest", PUSHING, DIGEST),
)
