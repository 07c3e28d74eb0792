"""What is known of a version as a run event of the OpenLineage standard (2-0-2). Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from assent.lineage.graph import nodes
from assent.lineage.reports.openlineage import NAMESPACE, UNVERSIONED, VERSIONS

PRODUCER = "urn:assent"
_SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"
_FACETS = "https://openlineage.io/spec/facets/"
_PLAIN_UUID = re.compile(r"[0-9a-f]{32}")
# What is no UUID by itself becomes one of these.
_OURS = UUID("4b7a1c0e-6a0b-5d53-9a53-1a7c0f6f3f0d")


class Told(NamedTuple):
    """A version, the facts of its run as far as they are known, and the nodes of the datasets that went into it."""

    id: int
    model: str
    number: int
    stage: str
    source: str
    description: str
    registered_at: int
    run_id: str
    snapshot_digest: str
    artifact_digest: str
    facts: Mapping[str, Any]
    inputs: Iterable[str]


def event(of: Told) -> dict[str, Any]:
    """The event that tells that the version's run came to its end."""
    run = of.facts.get("run", {})
    return {
        "eventType": "COMPLETE",
        "eventTime": _time(run.get("ended_at")) or _time(of.registered_at),
        "producer": PRODUCER,
        "schemaURL": f"{_SPEC}RunEvent",
        "run": {"runId": _run_id(of), "facets": {"assent_run": _run(of, run)}},
        "job": _job(of, run),
        "inputs": _inputs(of),
        "outputs": [_output(of)],
    }


def _run_id(of: Told) -> str:
    """The run's id as a UUID: MLflow's ids are UUIDs without dashes. A version of no run has an id of its own."""
    if _PLAIN_UUID.fullmatch(of.run_id):
        return str(UUID(of.run_id))
    return str(uuid5(_OURS, nodes.run(of.run_id) if of.run_id else nodes.version(of.id)))


def _run(of: Told, run: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: run.get(name) for name in ("name", "user", "experiment_id", "status")}
    times = {name: _time(run.get(name)) for name in ("started_at", "ended_at")}
    told = {"run_id": of.run_id, "snapshot_digest": of.snapshot_digest, **known, **times}
    return _custom("Run", told)


def _job(of: Told, run: Mapping[str, Any]) -> dict[str, Any]:
    code = of.facts.get("code", {})
    kind = {"processingType": "BATCH", "integration": "MLFLOW", "jobType": "RUN"}
    facets = {"jobType": _facet("2-0-3/JobTypeJobFacet.json#/$defs/JobTypeJobFacet", kind)}
    repository = code.get("repository", "")
    if _is_an_address(repository):
        where = {
            "type": "git",
            "url": repository,
            "version": code.get("commit"),
            "branch": code.get("branch"),
            "path": code.get("entry_point"),
        }
        spec = "1-0-1/SourceCodeLocationJobFacet.json#/$defs/SourceCodeLocationJobFacet"
        facets["sourceCodeLocation"] = _facet(spec, where)
    if code:
        facets["assent_code"] = _custom("Job", code)
    name = run.get("experiment_name") or run.get("experiment_id") or of.model
    return {"namespace": "mlflow", "name": name, "facets": facets}


def _inputs(of: Told) -> list[dict[str, Any]]:
    """The datasets of the facts, and those that only the graph knows."""
    found = {nodes.dataset(each["name"], each["digest"]): each for each in of.facts.get("datasets", [])}
    for node in of.inputs:
        found.setdefault(node, nodes.told(node))
    return [_input(each) for each in found.values()]


def _input(dataset: Mapping[str, Any]) -> dict[str, Any]:
    facets: dict[str, Any] = {}
    if dataset["digest"] != UNVERSIONED:
        facets["version"] = _dataset_version(dataset["digest"])
    if columns := _columns(dataset.get("schema")):
        facets["schema"] = _facet("1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet", {"fields": columns})
    told = {name: dataset.get(name) for name in ("source_type", "context")}
    if any(told.values()):
        facets["assent_dataset"] = _custom("Dataset", told)
    return {"namespace": NAMESPACE, "name": dataset["name"], "facets": facets}


def _columns(schema: Any) -> list[dict[str, str]]:
    """The columns of a schema as MLflow writes it; of tensors none, since they have no columns."""
    columns = schema.get("mlflow_colspec") if isinstance(schema, dict) else None
    return [
        {"name": str(each["name"]), "type": str(each.get("type", ""))}
        for each in (columns if isinstance(columns, list) else [])
        if isinstance(each, dict) and "name" in each
    ]


def _output(of: Told) -> dict[str, Any]:
    facets: dict[str, Any] = {
        "version": _dataset_version(str(of.number)),
        "assent_version": _custom(
            "Dataset",
            {
                "model": of.model,
                "version": of.number,
                "stage": of.stage,
                "source": of.source,
                "artifact_digest": of.artifact_digest,
            },
        ),
    }
    if of.description:
        spec = "1-1-0/DocumentationDatasetFacet.json#/$defs/DocumentationDatasetFacet"
        facets["documentation"] = _facet(spec, {"description": of.description})
    return {"namespace": NAMESPACE, "name": f"{VERSIONS}{of.model}", "facets": facets}


def _dataset_version(digest: str) -> dict[str, Any]:
    spec = "1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet"
    return _facet(spec, {"datasetVersion": digest})


def _facet(spec: str, told: Mapping[str, Any]) -> dict[str, Any]:
    return _known({"_producer": PRODUCER, "_schemaURL": f"{_FACETS}{spec}", **told})


def _custom(of: str, told: Mapping[str, Any]) -> dict[str, Any]:
    return _known({"_producer": PRODUCER, "_schemaURL": f"{_SPEC}{of}Facet", **told})


def _known(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value not in (None, "")}


def _time(milliseconds: int | None) -> str | None:
    """A time stamp as the standard writes it; None for one that no calendar has."""
    if milliseconds is None:
        return None
    try:
        moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_an_address(repository: str) -> bool:
    """Whether it is an address, with no password in it to hand on."""
    try:
        parts = urlsplit(repository)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc) and parts.password is None
