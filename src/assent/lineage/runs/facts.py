"""The facts of a run: what they look like, how they are made from MLflow's answers, and what is refused."""

from collections.abc import Mapping
from typing import Any

from assent.kernel.addresses import without_credentials
from assent.kernel.errors import Invalid
from assent.lineage.runs import mlflow_answers as told
from assent.lineage.runs.shapes import (
    LONGEST_KEY,
    Shape,
    anything,
    each_of,
    fields,
    list_of,
    number,
    text,
    truth,
    whole,
    wrong,
)

SCHEMA = "assent.run-snapshot/1"
NOT_FINITE = ("NaN", "Infinity", "-Infinity")
LONGEST_RUN_ID = 32
LONGEST_COMMIT = 128
MOST_ENTRIES = 10_000
MOST_DATASETS = 1_000

Facts = dict[str, Any]


def of(
    run: Mapping[str, Any] | None,
    logged_model: Mapping[str, Any] | None = None,
    mlmodel: str | None = None,
    requirements: str | None = None,
    *,
    experiment: Mapping[str, Any] | None = None,
    path: str | None = None,
    code: Mapping[str, Any] | None = None,
) -> Facts:
    """The facts as MLflow's REST API tells them, and the files `MLmodel` and `requirements.txt` beside the model.

    `run`, `logged_model` and `experiment` are what lies under `run`, `model` and `experiment` of those answers.
    `path` is that of the model's artifacts in the run, for runs of MLflow 2, which know their models by it. `code`
    adds what the answers do not tell. What is unknown is left out. Raises Invalid for what `checked` would refuse.
    """
    try:
        found = _told(run, logged_model, mlmodel, requirements, experiment=experiment, path=path)
    except (AttributeError, KeyError, TypeError) as problem:
        raise Invalid("What the tracking server answers is not what one of MLflow's does.") from problem
    found["code"] = {**(code or {}), **found["code"]}
    return checked({name: value for name, value in found.items() if value})


def _told(
    run: Mapping[str, Any] | None,
    logged_model: Mapping[str, Any] | None,
    mlmodel: str | None,
    requirements: str | None,
    *,
    experiment: Mapping[str, Any] | None,
    path: str | None,
) -> Facts:
    found: Facts = {"schema": SCHEMA}
    if run is not None:
        found |= told.run(run, experiment or {})
    found["code"] = told.code({**told.tags(logged_model or {}), **told.tags(run or {})})
    found["model"] = told.model(run or {}, logged_model or {}, mlmodel, requirements, path=path)
    return found


def checked(value: object) -> Facts:
    """Facts that somebody handed in, or Invalid, which names the place and what would be right.

    Addresses are without credentials: facts are for many eyes, and for ever.
    """
    facts: Facts = _FACTS(value, "facts")
    if not facts.get("run") and not facts.get("model"):
        raise wrong("facts", "must tell of a run or of a model")
    return facts


def run_of(facts: Facts) -> str:
    """The id of the run that facts tell of, empty where there is none."""
    return str(facts.get("run", {}).get("id") or facts.get("model", {}).get("run_id") or "")


def _schema(value: object, path: str) -> str:
    if value != SCHEMA:
        raise wrong(path, f'must be "{SCHEMA}"')
    return SCHEMA


def _measured(value: object, path: str) -> int | float | str:
    if isinstance(value, str) and value in NOT_FINITE:
        return value
    if isinstance(value, str):
        raise wrong(path, f"must be a number or one of {', '.join(NOT_FINITE)}")
    return number(value, path)


_NAME = text(LONGEST_KEY)
_TEXT = text()
_TEXTS: Shape = each_of(_TEXT, most=MOST_ENTRIES)


def _address(value: object, path: str) -> str:
    return without_credentials(_TEXT(value, path))


def _addresses(value: object, path: str) -> Any:
    return _cleaned(anything(value, path))


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return without_credentials(value)
        case list():
            return [_cleaned(each) for each in value]
        case dict():
            return {name: _cleaned(each) for name, each in value.items()}
    return value


def _tags(value: object, path: str) -> dict[str, str]:
    given: dict[str, str] = _TEXTS(value, path)
    return given | {key: without_credentials(given[key]) for key in told.ADDRESSES & given.keys()}


_METRICS: Shape = each_of(
    fields({"value": _measured, "step": whole, "at": whole}, needed=frozenset({"value"})), most=MOST_ENTRIES
)
_RUN: Shape = fields(
    {
        "id": text(LONGEST_RUN_ID, empty=False),
        "name": text(),
        "experiment_id": _NAME,
        "experiment_name": _NAME,
        "user": _NAME,
        "status": _NAME,
        "started_at": whole,
        "ended_at": whole,
        "artifact_uri": _address,
    },
    needed=frozenset({"id"}),
)
_DATASET: Shape = fields(
    {
        "name": text(LONGEST_KEY, empty=False),
        "digest": text(LONGEST_KEY, empty=False),
        "source_type": _NAME,
        "source": _addresses,
        "schema": anything,
        "context": _NAME,
    },
    needed=frozenset({"name", "digest"}),
)
_CODE: Shape = fields(
    {
        "commit": text(LONGEST_COMMIT),
        "dirty": truth,
        "repository": _address,
        "branch": text(),
        "entry_point": _address,
        "source_type": _NAME,
    }
)
_MODEL: Shape = fields(
    {
        "id": text(LONGEST_KEY, empty=False),
        "name": text(),
        "type": text(),
        "path": text(),
        "run_id": text(LONGEST_RUN_ID),
        "created_at": whole,
        "artifact_uri": _address,
        "uuid": _NAME,
        "mlflow_version": _NAME,
        "bytes": whole,
        "signature": anything,
        "flavors": anything,
        "metadata": anything,
        "dependencies": list_of(_address, most=MOST_ENTRIES),
        "params": _TEXTS,
        "metrics": _METRICS,
        "tags": _tags,
    }
)
_FACTS: Shape = fields(
    {
        "schema": _schema,
        "run": _RUN,
        "params": _TEXTS,
        "metrics": _METRICS,
        "tags": _tags,
        "datasets": list_of(_DATASET, most=MOST_DATASETS),
        "code": _CODE,
        "model": _MODEL,
    },
    needed=frozenset({"schema"}),
)
