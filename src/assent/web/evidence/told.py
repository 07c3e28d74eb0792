"""What there is to say of one version, section by section, as values that can be held against another's. Pure."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from assent.governance.evidence.checks import Posted
from assent.lineage.runs.comparing import by_name, package
from assent.lineage.runs.facts import Facts as RunFacts
from assent.registry.views import Version
from assent.web.evidence.values import as_text, fields_of, measured

# The name of a check, which is empty but among checks, and that of the fact.
Key: TypeAlias = tuple[str, str]

TITLES = {
    "metrics": "Metrics",
    "checks": "Checks",
    "params": "Params",
    "datasets": "Datasets",
    "code": "Code",
    "signature": "Signature",
    "dependencies": "Dependencies",
    "tags": "Tags of the version",
    "run-tags": "Tags of the run",
    "origin": "Origin and artifacts",
}
COMMIT: Key = ("", "commit")


class Result(NamedTuple):
    """How a check stands, in which words, and where more is told."""

    state: str
    summary: str
    url: str


Facts: TypeAlias = Mapping[Key, float | str | Result]


@dataclass(frozen=True, slots=True)
class Told:
    """What one version says: by section, and in it by key, a number, a text or how a check stands."""

    sections: Mapping[str, Facts]
    repository: str

    @property
    def commit(self) -> str:
        """The code commit of its run."""
        return str(self.sections["code"].get(COMMIT, ""))


def of_version(version: Version, facts: RunFacts, posted: Iterable[Posted], artifacts: str | None) -> Told:
    """All that is told of a version, of which facts may be empty."""
    model, code = facts.get("model", {}), facts.get("code", {})
    measures = {**facts.get("metrics", {}), **model.get("metrics", {})}
    return Told(
        {
            "metrics": _keyed({key: _measure(each) for key, each in measures.items()}),
            "checks": _checks(posted),
            "params": _texts({**facts.get("params", {}), **model.get("params", {})}),
            "datasets": _texts(by_name(facts.get("datasets", []))),
            "code": _texts(code),
            "signature": _signature(model.get("signature")),
            "dependencies": _texts(dict(map(package, model.get("dependencies", [])))),
            "tags": _texts(version.tags),
            "run-tags": _texts({**facts.get("tags", {}), **model.get("tags", {})}),
            "origin": _texts(_origin(version, facts, artifacts)),
        },
        str(code.get("repository", "")),
    )


def _origin(version: Version, facts: RunFacts, artifacts: str | None) -> dict[str, Any]:
    run, model = facts.get("run", {}), facts.get("model", {})
    known = {
        "artifact digest": artifacts,
        "run": version.run_id,
        "run name": run.get("name"),
        "user of the run": run.get("user"),
        "experiment": run.get("experiment_name"),
        "logged model": version.logged_model_id,
        "flavors": ", ".join(sorted(model["flavors"])) if isinstance(model.get("flavors"), Mapping) else "",
        "MLflow": model.get("mlflow_version"),
        "registered by": version.user,
        "source": version.source,
    }
    return {name: value for name, value in known.items() if value}


def _checks(posted: Iterable[Posted]) -> Facts:
    found: dict[Key, float | str | Result] = {}
    for each in posted:
        found[each.check, ""] = Result(each.state.value, each.summary, each.url)
        found |= {(each.check, key): _measure(value) for key, value in each.metrics.items()}
    return found


def _signature(told: Any) -> Facts:
    if not isinstance(told, Mapping):
        return _texts({"signature": told} if told else {})
    found = {
        f"{side}: {name}" if name else str(side): text
        for side, fields in told.items()
        for name, text in fields_of(fields).items()
    }
    return _texts(found)


def _measure(told: Any) -> float | str:
    """A number; as text where it is none that one could reckon with, and as text it is the same as itself."""
    value = measured(told)
    return value if math.isfinite(value) else as_text(value)


def _texts(found: Mapping[str, Any]) -> Facts:
    return _keyed({name: as_text(value) for name, value in found.items()})


def _keyed(found: Mapping[str, float | str]) -> Facts:
    return {("", name): value for name, value in found.items()}
