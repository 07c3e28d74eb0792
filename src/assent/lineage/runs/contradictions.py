"""Where what was pulled differs from what was pushed, in what cannot honestly change in between.

A run goes on after somebody pushed its facts: it ends, measures again, gets more params, tags and datasets. What it
once said of itself stays: a param keeps its value, a metric its point, a dataset its place, the code its commit.
What one side does not know contradicts nothing, except what MLflow can only add to.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from assent.lineage.runs.facts import Facts, run_of

# Of a whole snapshot that is somebody else's, the first differences say enough.
MOST = 100
_SHORTEST_COMMIT = 7

Difference = dict[str, Any]


def between(pushed: Facts, pulled: Facts) -> list[Difference]:
    """The contradictions, in order of their paths; `pulled` is absent where the server does not know the thing."""
    found = [*_kept(pushed, pulled), *_added(pushed, pulled), *_datasets(pushed, pulled)]
    return sorted(found, key=lambda each: str(each["path"]))[:MOST]


def _kept(pushed: Facts, pulled: Facts) -> Iterator[Difference]:
    """What has one value for ever, where both know it."""
    yield from _both("run.id", run_of(pushed), run_of(pulled))
    for part, name in (
        ("run", "user"),
        ("run", "started_at"),
        ("model", "id"),
        ("model", "run_id"),
        ("model", "uuid"),
        ("model", "signature"),
    ):
        yield from _both(f"{part}.{name}", _of(pushed, part).get(name), _of(pulled, part).get(name))
    ours, theirs = _of(pushed, "model").get("flavors"), _of(pulled, "model").get("flavors")
    if _without_config(ours) != _without_config(theirs):
        yield from _both("model.flavors", ours, theirs)
    ours, theirs = _of(pushed, "code").get("commit"), _of(pulled, "code").get("commit")
    if not _is_same_commit(ours, theirs):
        yield from _both("code.commit", ours, theirs)


def _added(pushed: Facts, pulled: Facts) -> Iterator[Difference]:
    """Params and metrics, to which MLflow only adds; those of a model where both know the model."""
    parts = [("", pushed, pulled)]
    if pushed.get("model") and pulled.get("model"):
        parts.append(("model.", pushed["model"], pulled["model"]))
    for prefix, ours, theirs in parts:
        for key, value in _of(ours, "params").items():
            known = _of(theirs, "params").get(key)
            if value != known:
                yield _difference(f"{prefix}params.{key}", value, known)
        for key, point in _of(ours, "metrics").items():
            later = _of(theirs, "metrics").get(key)
            if later is None or not _may_follow(point, later):
                yield _difference(f"{prefix}metrics.{key}", point, later)


def _datasets(pushed: Facts, pulled: Facts) -> Iterator[Difference]:
    """Inputs are told apart by name and digest, and by the context where both tell it."""
    known: dict[tuple[str, str], list[str]] = {}
    for each in pulled.get("datasets", []):
        known.setdefault((each["name"], each["digest"]), []).append(each.get("context", ""))
    for each in pushed.get("datasets", []):
        contexts = known.get((each["name"], each["digest"]))
        path = f"datasets.{each['name']}"
        told = {name: each[name] for name in ("name", "digest", "context") if name in each}
        if contexts is None:
            others = [of["digest"] for of in pulled.get("datasets", []) if of["name"] == each["name"]]
            yield _difference(path, told, {"name": each["name"], "digest": others[0]} if others else None)
        elif "context" in each and "" not in contexts and each["context"] not in contexts:
            yield _difference(path, told, told | {"context": contexts[0]})


def _of(facts: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = facts.get(part) or {}
    return found


def _without_config(flavors: Any) -> Any:
    """Flavors as a run of MLflow 2 tells of them: the configuration is in the file beside the model alone."""
    if not isinstance(flavors, dict):
        return flavors
    return {
        name: {key: value for key, value in flavor.items() if key != "config"} if isinstance(flavor, dict) else flavor
        for name, flavor in flavors.items()
    }


def _may_follow(point: Mapping[str, Any], later: Mapping[str, Any]) -> bool:
    """Whether a server that had the first point may tell the second one as the last."""
    if (point.get("step", 0), point.get("at", 0)) == (later.get("step", 0), later.get("at", 0)):
        return bool(point["value"] == later["value"])
    if point.get("step", 0) != later.get("step", 0):
        return bool(point.get("step", 0) < later.get("step", 0))
    # Who does not say when it was measured can only be told by the value.
    if "at" not in point or "at" not in later:
        return bool(point["value"] == later["value"])
    return bool(point["at"] < later["at"])


def _is_same_commit(ours: str | None, theirs: str | None) -> bool:
    """People and tools shorten commits."""
    short, long = sorted(((ours or "").lower(), (theirs or "").lower()), key=len)
    return short == long or (len(short) >= _SHORTEST_COMMIT and long.startswith(short))


def _both(path: str, ours: Any, theirs: Any) -> Iterator[Difference]:
    if ours not in (None, "") and theirs not in (None, "") and ours != theirs:
        yield _difference(path, ours, theirs)


def _difference(path: str, ours: Any, theirs: Any) -> Difference:
    found = {"path": path, "pushed": ours}
    return found if theirs is None else found | {"pulled": theirs}
