"""Where the facts of two runs differ. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from assent.lineage.runs.facts import Facts

# Compared part by part; what is deeper is one value.
_DEEPEST = 3
_ABSENT = object()


class Difference(NamedTuple):
    """A fact that is not the same: where, as names with dots between, and what each side says; None where nothing."""

    path: str
    first: Any
    second: Any


def differences(first: Facts, second: Facts) -> list[Difference]:
    """Where facts differ, in the order of paths; datasets by their names, dependencies by their packages."""
    return sorted(_between("", _comparable(first), _comparable(second), _DEEPEST), key=lambda each: each.path)


def by_name(datasets: list[dict[str, Any]]) -> dict[str, Any]:
    """Datasets by name and context, which together tell them apart."""
    return {
        f"{each['name']} ({each['context']})" if each.get("context") else each["name"]: each["digest"]
        for each in datasets
    }


def package(line: str) -> tuple[str, str]:
    """A line of requirements as the package and the rest of it."""
    length = next((at for at, letter in enumerate(line) if letter in " =<>!~[;@"), len(line))
    return line[:length].strip() or line, line[length:].strip()


def _between(path: str, first: Mapping[str, Any], second: Mapping[str, Any], deep: int) -> Iterator[Difference]:
    for name in first.keys() | second.keys():
        ours, theirs = first.get(name, _ABSENT), second.get(name, _ABSENT)
        if ours == theirs:
            continue
        below = f"{path}.{name}" if path else name
        parts = [_part(each) for each in (ours, theirs)]
        if deep > 1 and None not in parts:
            yield from _between(below, parts[0] or {}, parts[1] or {}, deep - 1)
        else:
            yield Difference(below, *(None if each is _ABSENT else each for each in (ours, theirs)))


def _part(value: Any) -> Mapping[str, Any] | None:
    if value is _ABSENT:
        return {}
    return value if isinstance(value, Mapping) else None


def _comparable(facts: Facts) -> dict[str, Any]:
    found = {name: part for name, part in facts.items() if name != "schema"}
    if "datasets" in found:
        found["datasets"] = by_name(found["datasets"])
    if "dependencies" in (model := found.get("model", {})):
        found["model"] = {**model, "dependencies": dict(map(package, model["dependencies"]))}
    return found
