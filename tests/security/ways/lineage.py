"""Lineage, recalls, snapshots and deployments."""

from assent.lineage.runs import facts
from security.way import by_face

_way = by_face("api")
_VERSION = {"<name>": "{model}", "<number>": "1"}
_PARENT = {"relation": "derived", "external": "other"}
_EVENT = {
    "eventTime": "2026-01-01T00:00:00Z",
    "producer": "https://example.com/p",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    "eventType": "COMPLETE",
    "run": {"runId": "3f5e83fa-3480-44ff-99c5-ff943904e5e8"},
    "job": {"namespace": "n", "name": "j"},
    "outputs": [{"namespace": "n", "name": "models:/{model}/Production"}],
}

WAYS = (
    _way("POST", "/lineage", _EVENT),
    _way("POST", "/models/<name>/versions/<int:number>/parents", {**_VERSION, **_PARENT}),
    _way("DELETE", "/models/<name>/versions/<int:number>/parents", {**_VERSION, **_PARENT}),
    _way("POST", "/recalls", {"of": "version:{model}/1", "reason": "bad"}),
    _way("POST", "/recalls/<int:recall_id>/lift", {"<recall_id>": "{recall_id}", "reason": "good"}),
    _way(
        *("PUT", "/models/<name>/versions/<int:number>/snapshot"),
        {**_VERSION, "facts": {"schema": facts.SCHEMA, "run": {"id": "r", "user": "bob"}, "stage": "Production"}},
    ),
    _way("POST", "/models/<name>/versions/<int:number>/snapshot/retry", _VERSION),
    _way(
        *("PUT", "/models/<name>/versions/<int:number>/artifact-digest"),
        {**_VERSION, "digest": f"sha256:{'0' * 64}", "files": 1, "bytes": 1},
    ),
    _way(
        *("PUT", "/deployments/<whole:name>"),
        {"<name>": "d-{me}", "serves": [{"model": "{model}", "version": 1}], "environment": "Production"},
    ),
)
