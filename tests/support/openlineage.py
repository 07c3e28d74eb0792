"""What the OpenLineage standard (2-0-2) asks of a run event, written down from its text: the required parts."""

from typing import Any

_URI = {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:.+"}
_FACET = {
    "type": "object",
    "properties": {"_producer": _URI, "_schemaURL": _URI},
    "required": ["_producer", "_schemaURL"],
}


def _facets(**known: Any) -> dict[str, Any]:
    """Facets by name: each a facet, and those that the standard knows as it says."""
    return {
        "type": "object",
        "properties": {name: {"allOf": [_FACET, {"type": "object", **shape}]} for name, shape in known.items()},
        "additionalProperties": _FACET,
    }


_DATASET = {
    "type": "object",
    "properties": {
        "namespace": {"type": "string"},
        "name": {"type": "string"},
        "facets": _facets(
            version={"required": ["datasetVersion"], "properties": {"datasetVersion": {"type": "string"}}},
            documentation={"required": ["description"], "properties": {"description": {"type": "string"}}},
            schema={
                "properties": {
                    "fields": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"name": {"type": "string"}, "type": {"type": "string"}},
                            "required": ["name"],
                        },
                    }
                }
            },
        ),
    },
    "required": ["namespace", "name"],
}

RUN_EVENT: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "eventTime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"},
        "producer": _URI,
        "schemaURL": _URI,
        "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
        "run": {
            "type": "object",
            "properties": {
                "runId": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
                "facets": _facets(),
            },
            "required": ["runId"],
        },
        "job": {
            "type": "object",
            "properties": {
                "namespace": {"type": "string"},
                "name": {"type": "string"},
                "facets": _facets(
                    jobType={"required": ["processingType", "integration"]},
                    sourceCodeLocation={"required": ["type", "url"], "properties": {"type": {}, "url": _URI}},
                ),
            },
            "required": ["namespace", "name"],
        },
        "inputs": {"type": "array", "items": _DATASET},
        "outputs": {"type": "array", "items": _DATASET},
    },
    "required": ["run", "job", "eventTime", "producer", "schemaURL"],
}
