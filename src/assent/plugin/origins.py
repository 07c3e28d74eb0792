"""Where a version comes from, as the client's own tracking store and files tell: its run and its logged model."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit
from urllib.request import url2pathname

from mlflow import MlflowClient
from mlflow.utils.proto_json_utils import message_to_json

from assent.lineage.runs import digesting, facts
from assent.plugin import checkouts
from assent.plugin.reasons import reason

Told: TypeAlias = Mapping[str, Any]

_LOGGED_MODEL = re.compile(r"models:/(m-[^/@]+)/?$")
_RUN = re.compile(r"runs:/([^/]+)(?:/(.*))?")


@dataclass(frozen=True)
class Named:
    """What a registration names as its origin; `folder` is where its files are, if the client said so."""

    source: str
    run_id: str | None = None
    model_id: str | None = None
    folder: str | None = None

    @property
    def is_copy(self) -> bool:
        """Whether another version is registered again, of which the registry knows more than anybody."""
        return self.source.startswith("models:/") and not _LOGGED_MODEL.match(self.source)


@dataclass(frozen=True)
class Origin:
    """What was found of it: in MLflow's own words, as its REST API gives them; and why not more."""

    run_id: str | None = None
    run: Told | None = None
    logged_model: Told | None = None
    experiment: Told | None = None
    path: str | None = None
    folder: Path | None = None
    problem: str = ""

    @property
    def is_known(self) -> bool:
        """Whether all that was named was found: a snapshot is taken once, so one of a part would stay one."""
        return not self.problem and (self.run is not None or self.logged_model is not None)


def find(tracking_uri: str, named: Named) -> Origin:
    """Look a version's origin up in a tracking store; what is not found there is a problem of what was."""
    client = MlflowClient(tracking_uri=tracking_uri)
    found: dict[str, Any] = {"run_id": named.run_id}
    try:
        found.update(_answers(client, named))
    except Exception as error:  # a tracking store may be anybody's code
        found["problem"] = reason(error)
    origin = Origin(**found)
    return replace(origin, path=_path(named, origin.run), folder=next(_folders(named, origin), None))


def facts_of(origin: Origin) -> facts.Facts:
    """The facts of what was found, with what the model's files and the code's folder add to them."""
    texts = [_text(origin.folder, name) for name in ("MLmodel", "requirements.txt")]
    return facts.of(
        origin.run,
        origin.logged_model,
        *texts,
        experiment=origin.experiment,
        path=origin.path,
        code=checkouts.code(origin.run or {}),
    )


def digest_of(folder: Path) -> dict[str, Any]:
    """The digest of a model's files."""
    return asdict(digesting.of(folder))


def _answers(client: MlflowClient, named: Named) -> Iterator[tuple[str, Any]]:
    """What the tracking store tells, most important first."""
    run_id = named.run_id or _first(_RUN, named.source)
    if model_id := named.model_id or _first(_LOGGED_MODEL, named.source):
        logged_model = _told(client.get_logged_model(model_id))
        yield "logged_model", logged_model
        if not run_id and (run_id := logged_model["info"].get("source_run_id")):
            yield "run_id", run_id
    if run_id:
        run = _told(client.get_run(run_id))
        yield "run", run
        yield "run_id", run_id
        yield "experiment", _told(client.get_experiment(run["info"]["experiment_id"]))


def _first(pattern: re.Pattern[str], source: str) -> str | None:
    found = pattern.match(source)
    return found[1] if found else None


def _told(entity: Any) -> Told:
    told: Told = json.loads(message_to_json(entity.to_proto()))
    return told


def _path(named: Named, run: Told | None) -> str | None:
    """Where the model lies among the run's artifacts."""
    if in_run := _RUN.match(named.source):
        return in_run[2] or None
    root = f"{run['info'].get('artifact_uri', '')}/" if run else "/"
    return named.source.removeprefix(root) if root != "/" and named.source.startswith(root) else None


def _folders(named: Named, origin: Origin) -> Iterator[Path]:
    """The folders on this machine in which the model's files are; the first is as good as any."""
    of_model, of_run = (
        (each or {}).get("info", {}).get("artifact_uri") for each in (origin.logged_model, origin.run)
    )
    in_run = _RUN.match(named.source)
    places = [named.folder, of_model, f"{of_run}/{in_run[2] or ''}" if of_run and in_run else None, named.source]
    for folder in map(_local, filter(None, places)):
        if folder and folder.is_dir():
            yield folder


def _local(place: str) -> Path | None:
    parts = urlsplit(place)
    if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
        return None
    return Path(url2pathname(parts.path) if parts.scheme else place)


def _text(folder: Path | None, name: str) -> str | None:
    try:
        return None if folder is None else (folder / name).read_text()
    except (OSError, ValueError):
        return None
