"""What a version comes from, read from the tracking server that knows it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from assent.kernel.errors import NotFound, Unavailable
from assent.lineage.runs import facts
from assent.lineage.runs.facts import Facts
from assent.registry.sources import named_run
from assent.tracking.asking import Absent, Asking, Busy
from assent.tracking.servers import TrackingServer, named_by

# What MLflow takes for the id of a run; what is none is not put into the path of a request.
_ID = re.compile(r"[A-Za-z0-9][\w-]{0,255}", re.ASCII)
# How often the files of a model are asked for, before the facts are taken without them.
_PATIENCE = 3
_MOST_OUTPUTS = 20


class Wanted(Protocol):
    """What is known of a version's origin; empty where unknown. `attempts` counts this one, too."""

    @property
    def run_id(self) -> str: ...  # noqa: D102 (see the class)
    @property
    def logged_model_id(self) -> str: ...  # noqa: D102 (likewise)
    @property
    def source(self) -> str: ...  # noqa: D102 (likewise)
    @property
    def run_link(self) -> str: ...  # noqa: D102 (likewise)
    @property
    def attempts(self) -> int: ...  # noqa: D102 (likewise)


@dataclass(frozen=True, slots=True)
class Found:
    """The facts of a run, and the server that told them."""

    facts: Facts = field(repr=False)
    server: str


def found(
    wanted: Wanted, known: Sequence[TrackingServer], ask: Callable[[TrackingServer], AbstractContextManager[Asking]]
) -> Found:
    """The facts, from the server that the version names, or from the first that knows its run.

    They are of the run that logged the model, also where the version names another. Raises NotFound where each of
    them knows no such run, Busy where one is to be asked in a moment, and Unavailable, telling why, where one could
    not say.
    """
    named = named_by(known, wanted.source, wanted.run_link)
    problems = []
    busy = None
    for server in [named] if named else known:
        try:
            with ask(server) as asking:
                return Found(_facts(wanted, asking), server.url)
        except NotFound:
            continue
        except Busy as problem:
            busy = problem
        except Unavailable as problem:
            problems.append(problem.message)
    if busy:
        raise busy
    if problems:
        raise Unavailable(" ".join(problems))
    raise NotFound(
        f"{named.url if named else 'No tracking server'} knows {'no' if named else 'the'} {_called(wanted)}."
    )


def _called(wanted: Wanted) -> str:
    if wanted.run_id:
        return f"run {wanted.run_id}"
    return f"logged model {wanted.logged_model_id}"


def _facts(wanted: Wanted, asking: Asking) -> Facts:
    logged_model = _logged_model(wanted, asking)
    run_id = str(_info(logged_model).get("source_run_id") or wanted.run_id)
    run = _run(run_id, wanted, asking)
    path = _path(wanted, run or {})
    if run and not logged_model and path:
        logged_model = _logged_at(path, run, asking)
    file = partial(_file, _where(logged_model, run_id, path, asking), again=wanted.attempts < _PATIENCE)
    return facts.of(
        run,
        logged_model,
        file("MLmodel"),
        file("requirements.txt"),
        experiment=_experiment(run or logged_model or {}, asking),
        path=path,
    )


def _run(run_id: str, wanted: Wanted, asking: Asking) -> Mapping[str, Any] | None:
    if not run_id:
        return None
    try:
        return asking.run(_id(run_id))
    except NotFound:
        # That the named run logged another model, if any, is known from the model, though its own run is gone.
        if wanted.run_id in ("", run_id):
            raise
        return None


def _logged_model(wanted: Wanted, asking: Asking) -> Mapping[str, Any] | None:
    if not wanted.logged_model_id:
        return None
    try:
        return asking.logged_model(_id(wanted.logged_model_id))
    except Absent:
        raise
    except Unavailable:
        # A server before MLflow 3 knows the run all the same.
        if not wanted.run_id:
            raise
        return None


def _logged_at(path: str, run: Mapping[str, Any], asking: Asking) -> Mapping[str, Any] | None:
    """The model that the run logged under a name, where it is asked for by the path that it had before MLflow 3."""
    for output in _items(run, "outputs", "model_outputs")[:_MOST_OUTPUTS]:
        logged_model = asking.logged_model(_id(str(output.get("model_id"))))
        if _info(logged_model).get("name") == path:
            return logged_model
    return None


def _experiment(of: Mapping[str, Any], asking: Asking) -> Mapping[str, Any] | None:
    """Only its name is wanted: who may read the run may perhaps not read the experiment."""
    try:
        return asking.experiment(str(_info(of).get("experiment_id")))
    except Absent:
        raise
    except (NotFound, Unavailable):
        return None


def _where(
    logged_model: Mapping[str, Any] | None, run_id: str, path: str | None, asking: Asking
) -> Callable[[str], str] | None:
    """What gives the files beside the model, by their names."""
    if logged_model:
        return partial(asking.file_of_logged_model, _id(str(_info(logged_model).get("model_id"))))
    return (lambda name: asking.file_of_run(run_id, f"{path}/{name}")) if path else None


def _file(ask: Callable[[str], str] | None, name: str, *, again: bool) -> str | None:
    """A file beside the model, or None where the server gives none: perhaps it cannot reach the files itself.

    Raises Absent where the server did not answer, and is to be asked `again`.
    """
    try:
        return ask(name) if ask else None
    except Absent:
        if again:
            raise
        return None
    except (NotFound, Unavailable):
        return None


def _path(wanted: Wanted, run: Mapping[str, Any]) -> str | None:
    """Where the model lies among the artifacts of the run, as the source says: MLflow 2 knows it by nothing else."""
    if run_id := named_run(wanted.source):
        return wanted.source.partition(f"/{run_id}/")[2].strip("/") or None
    around = str(_info(run).get("artifact_uri") or "")
    if around and wanted.source.startswith(f"{around}/"):
        return wanted.source.removeprefix(f"{around}/").strip("/") or None
    # The host may be named in the one, and not in the other.
    return wanted.source.partition(f"/{wanted.run_id}/artifacts/")[2].strip("/") or None


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise NotFound("That is no id that MLflow gives.")
    return text


def _info(told: Mapping[str, Any] | None) -> Mapping[str, Any]:
    info = (told or {}).get("info")
    return info if isinstance(info, dict) else {}


def _items(told: Mapping[str, Any], *way: str) -> list[Mapping[str, Any]]:
    """The objects of a list that lies some steps down, as far as there are any."""
    at: Any = told
    for step in way:
        at = at.get(step) if isinstance(at, dict) else None
    listed: Iterable[Any] = at if isinstance(at, list) else []
    return [each for each in listed if isinstance(each, dict)]
