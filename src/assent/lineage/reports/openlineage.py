"""Events of the OpenLineage standard (2-0-2) as nodes of the graph. Pure.

What the standard asks for must be there and well-formed; facets that nobody here knows are no fault.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from assent.lineage.graph import nodes
from assent.lineage.graph.nodes import commit as commit_node
from assent.lineage.runs.shapes import list_of, text, wrong

MOST_DATASETS = 1000
# How datasets and versions are called in events that Assent itself tells: see `openlineage_told`.
NAMESPACE = "assent"
VERSIONS = "models:/"
# What the digest of a dataset is called that names no version of itself.
UNVERSIONED = "unversioned"

RUN_EVENTS = ("START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER")
_LONGEST_NAME = 5000
_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")
_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_NAME = text(_LONGEST_NAME, empty=False)
_TEXT = text(_LONGEST_NAME)


class Event(NamedTuple):
    """What an event says. `at` is in milliseconds; `subject` is the job or the dataset that it is about.

    An event of a run has the run's id as MLflow writes it, and nodes; one of a job or of a dataset alone has neither.
    """

    type: str
    at: int
    subject: str
    run_id: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    commit: str | None = None


def read(event: object) -> Event:
    """What an event says. Raises Invalid, which names the place and what would be right."""
    told = _object(event, "event")
    at = _moment(_NAME(_needed(told, "eventTime"), "eventTime"))
    for required in ("producer", "schemaURL"):
        _NAME(_needed(told, required), required)
    if "run" in told:
        return _run_event(told, at)
    if "dataset" in told:
        return Event("DATASET", at, _called(told["dataset"], "dataset"))
    if "job" not in told:
        raise wrong("run", "is missing: an event is one of a run, of a job or of a dataset")
    for which in ("inputs", "outputs"):
        _datasets(told, which)
    return Event("JOB", at, _called(told["job"], "job"))


def _run_event(told: Mapping[str, Any], at: int) -> Event:
    kind = told.get("eventType", "OTHER")
    if kind not in RUN_EVENTS:
        raise wrong("eventType", f"must be one of {', '.join(RUN_EVENTS)}")
    run = _object(told["run"], "run")
    run_id = _NAME(_needed(run, "runId", "run.runId"), "run.runId")
    if not _UUID.fullmatch(run_id):
        raise wrong("run.runId", "must be a UUID")
    _facets(run, "run")
    job = _called(_needed(told, "job"), "job")
    inputs, outputs = _datasets(told, "inputs"), _datasets(told, "outputs")
    # What a run is about to write is not written yet: a version that is named then is the one before.
    written = outputs if kind != "START" else ()
    return Event(kind, at, job, UUID(run_id).hex, inputs, written, _commit(told["job"]))


def _datasets(told: Mapping[str, Any], which: str) -> tuple[str, ...]:
    """The nodes of the datasets that went in or came out; those that are versions of models are known already."""
    found = list_of(_dataset, most=MOST_DATASETS)(_given(told, which, []), which)
    return tuple(dict.fromkeys(node for node in found if node is not None))


def _dataset(value: object, path: str) -> str | None:
    told = _object(value, path)
    namespace, name = (
        _NAME(_needed(told, each, f"{path}.{each}"), f"{path}.{each}") for each in ("namespace", "name")
    )
    if namespace == NAMESPACE:
        return None if name.startswith(VERSIONS) else nodes.dataset(name, _version(told, path))
    return nodes.dataset(f"{namespace}/{name}", _version(told, path))


def _version(told: Mapping[str, Any], path: str) -> str:
    facet = _object(_given(_facets(told, path), "version", {}), f"{path}.facets.version")
    for name in ("datasetVersion", "digest"):
        if name in facet:
            return str(_NAME(facet[name], f"{path}.facets.version.{name}"))
    return UNVERSIONED


def _commit(job: Mapping[str, Any]) -> str | None:
    """The commit of the job's source code; a branch, or a revision of something else than git, is none."""
    facet = _object(_given(_facets(job, "job"), "sourceCodeLocation", {}), "job.facets.sourceCodeLocation")
    version = _TEXT(_given(facet, "version", ""), "job.facets.sourceCodeLocation.version")
    return commit_node(version) if _COMMIT.fullmatch(version) else None


def _called(value: object, path: str) -> str:
    told = _object(value, path)
    _facets(told, path)
    parts = (_NAME(_needed(told, each, f"{path}.{each}"), f"{path}.{each}") for each in ("namespace", "name"))
    return "/".join(parts)


def _facets(told: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    facets = _object(_given(told, "facets", {}), f"{path}.facets")
    for name in facets:
        _object(_given(facets, name, {}), f"{path}.facets.{name[:100]}")
    return facets


def _moment(text: str) -> int:
    """Milliseconds; a time without a zone, such as the client's own examples have, is UTC."""
    try:
        if "T" not in text.upper():
            raise ValueError
        moment = datetime.fromisoformat(text)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise wrong("eventTime", "must be a date and a time, such as 2026-03-03T14:30:00Z") from None


def _given(told: Mapping[str, Any], name: str, else_: object) -> object:
    """What an event says, where it may leave it out or say null: so a facet is taken back."""
    value = told.get(name)
    return else_ if value is None else value


def _needed(told: Mapping[str, Any], name: str, path: str = "") -> object:
    if name not in told:
        raise wrong(path or name, "is missing")
    return told[name]


def _object(value: object, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong(path, "must be an object")
    return value
