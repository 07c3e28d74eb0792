"""What the answers of MLflow's REST API tell of a run, as the parts of its facts. What is unknown is left out.

Numbers may come as texts (protobuf writes 64-bit integers so), what is not finite as `"NaN"`; sources and schemas of
datasets and the sides of a signature are JSON inside a text.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from assent.kernel.errors import Invalid
from assent.lineage.runs.shapes import as_json

# Kept by MLflow for itself; they change with what is logged, registered or looked at later.
PASSING_TAGS = frozenset(
    {
        "mlflow.log-model.history",
        "mlflow.modelVersions",
        "mlflow.loggedArtifacts",
        "mlflow.loggedImages",
        "mlflow.latest_checkpoint_artifact",
    }
)
# What is an address among the tags.
_REPOSITORIES = ("mlflow.source.git.repoURL", "mlflow.gitRepoURL", "mlflow.databricks.gitRepoUrl")
ADDRESSES = frozenset({*_REPOSITORIES, "mlflow.source.name"})
_HISTORY = "mlflow.log-model.history"
_CONTEXT = "mlflow.data.context"
_CODE = {
    "commit": ("mlflow.source.git.commit", "mlflow.gitCommit", "mlflow.databricks.gitRepoCommit"),
    "repository": _REPOSITORIES,
    "branch": ("mlflow.source.git.branch", "mlflow.gitBranchName", "mlflow.databricks.gitRepoReference"),
    "entry_point": ("mlflow.source.name", "mlflow.databricks.notebookPath"),
    "source_type": ("mlflow.source.type",),
}
_DIRTY = "mlflow.source.git.dirty"
_LONGEST_MLMODEL = 256 * 1024


def run(answer: Mapping[str, Any], experiment: Mapping[str, Any]) -> dict[str, Any]:
    """Everything but code and model: `run`, `params`, `metrics`, `tags` and `datasets`."""
    info = answer.get("info") or {}
    logged = answer.get("data") or {}
    tagged = tags(answer)
    about = {
        "id": info.get("run_id") or info.get("run_uuid"),
        "name": info.get("run_name") or tagged.get("mlflow.runName"),
        "experiment_id": info.get("experiment_id"),
        "experiment_name": experiment.get("name"),
        "user": info.get("user_id") or tagged.get("mlflow.user"),
        "status": info.get("status"),
        "started_at": _whole(info.get("start_time")),
        "ended_at": _whole(info.get("end_time")),
        "artifact_uri": info.get("artifact_uri"),
    }
    return {
        "run": _known(about),
        "params": _pairs(logged.get("params")),
        "metrics": _latest(logged.get("metrics")),
        "tags": tagged,
        "datasets": [_dataset(each) for each in (answer.get("inputs") or {}).get("dataset_inputs") or []],
    }


def tags(answer: Mapping[str, Any]) -> dict[str, str]:
    """The tags of a run or of a logged model that are facts."""
    return {key: value for key, value in _pairs(_tags(answer)).items() if key not in PASSING_TAGS}


def code(tagged: Mapping[str, str]) -> dict[str, Any]:
    """What the tags say of the code."""
    found: dict[str, Any] = {
        name: next((tagged[key] for key in keys if tagged.get(key)), None) for name, keys in _CODE.items()
    }
    if _DIRTY in tagged:
        found["dirty"] = tagged[_DIRTY].lower() == "true"
    return _known(found)


def model(
    run_answer: Mapping[str, Any],
    logged_model: Mapping[str, Any],
    mlmodel: str | None,
    requirements: str | None,
    *,
    path: str | None,
) -> dict[str, Any]:
    """The model: what the logged model says of itself, its file `MLmodel`, or the history that MLflow 2 kept."""
    info = logged_model.get("info") or {}
    logged = logged_model.get("data") or {}
    described = _read(mlmodel) if mlmodel else _from_history(run_answer, path)
    return _known(
        {
            "id": info.get("model_id") or described.get("model_id"),
            "name": info.get("name"),
            "type": info.get("model_type"),
            "path": path if not info else None,
            "run_id": info.get("source_run_id"),
            "created_at": _whole(info.get("creation_timestamp_ms") or info.get("creation_timestamp")),
            "artifact_uri": info.get("artifact_uri"),
            "uuid": described.get("model_uuid"),
            "mlflow_version": described.get("mlflow_version"),
            "bytes": _whole(described.get("model_size_bytes")),
            "signature": _signature(described.get("signature")),
            "flavors": as_json(described.get("flavors"), "model.flavors"),
            "metadata": as_json(described.get("metadata"), "model.metadata"),
            "dependencies": _dependencies(requirements),
            "params": _pairs(logged.get("params")),
            "metrics": _latest(logged.get("metrics")),
            "tags": tags(logged_model),
        }
    )


def _tags(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A run has its tags with its data, a logged model with its description."""
    return (answer.get("data") or {}).get("tags") or (answer.get("info") or {}).get("tags") or []


def _pairs(entries: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    return {each["key"]: each.get("value", "") for each in entries or []}


def _latest(entries: Iterable[Mapping[str, Any]] | None) -> dict[str, dict[str, Any]]:
    """The last point of each metric: a logged model has one for each dataset that it was measured on."""
    points: dict[str, dict[str, Any]] = {}
    for each in entries or []:
        point = _known(
            {
                "value": _measured(each.get("value")),
                "step": _whole(each.get("step")) or 0,
                "at": _whole(each.get("timestamp")),
            }
        )
        known = points.get(each["key"])
        if known is None or _moment(point) > _moment(known):
            points[each["key"]] = point
    return points


def _moment(point: Mapping[str, Any]) -> tuple[int, int, float]:
    """What MLflow orders the points of a metric by."""
    value = point.get("value")
    return point["step"], point.get("at", 0), value if isinstance(value, int | float) else -math.inf


def _dataset(entry: Mapping[str, Any]) -> dict[str, Any]:
    told = entry.get("dataset") or {}
    return _known(
        {
            "name": told.get("name"),
            "digest": told.get("digest"),
            "source_type": told.get("source_type"),
            "source": _json(told.get("source")),
            "schema": _json(told.get("schema")),
            "context": _pairs(entry.get("tags")).get(_CONTEXT),
        }
    )


def _read(mlmodel: str) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 (the plug-in imports this module, and mostly has no such file to read)

    if len(mlmodel) > _LONGEST_MLMODEL:
        raise Invalid(f"The file MLmodel is longer than {_LONGEST_MLMODEL} characters.")
    try:
        # The loader in C is faster; but where brackets are nested deep enough, it takes the process with it.
        read = yaml.safe_load(mlmodel)
    except (yaml.YAMLError, RecursionError, ValueError) as problem:
        raise Invalid(f"The file MLmodel cannot be read: {problem}") from problem
    if not isinstance(read, dict):
        raise Invalid("The file MLmodel does not describe a model.")
    return read


def _from_history(answer: Mapping[str, Any], path: str | None) -> dict[str, Any]:
    """What a tag of the run says of the model at a path, or of its only model."""
    history = _json(_pairs(_tags(answer)).get(_HISTORY))
    models = [each for each in history if isinstance(each, dict)] if isinstance(history, list) else []
    if path is None and len({each.get("artifact_path") for each in models}) > 1:
        return {}
    return next((each for each in reversed(models) if path in (None, each.get("artifact_path"))), {})


def _signature(told: object) -> dict[str, Any]:
    return _known({side: _json(each) for side, each in told.items()}) if isinstance(told, dict) else {}


def _dependencies(requirements: str | None) -> list[str]:
    lines = (line.strip() for line in (requirements or "").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _json(told: object) -> Any:
    """What a text says as JSON, or the text itself where it is none."""
    if not isinstance(told, str):
        return told
    try:
        return json.loads(told, parse_constant=str)
    except (ValueError, RecursionError):
        return told


def _measured(told: object) -> object:
    """A number, and the name of one that is not finite: JSON has none for it."""
    try:
        value = float(told) if isinstance(told, str) else told
    except ValueError:
        return told
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _whole(told: object) -> Any:
    return int(told) if isinstance(told, str) and re.fullmatch(r"-?[0-9]{1,16}", told) else told


def _known(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value not in (None, "", {}, [])}
