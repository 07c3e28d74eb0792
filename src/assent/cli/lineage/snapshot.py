"""`assent lineage snapshot` and `retry`."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import click

from assent.cli.printing import Shown, over_http, table, when
from assent.cli.remote import Mistake, Registry, segment

_SHOWN = 20


def _of_version(model: str, number: int) -> str:
    return f"/models/{segment(model)}/versions/{number}/snapshot"


@click.command("snapshot")
@click.argument("model")
@click.argument("number", metavar="VERSION", type=int)
@click.option(
    "--facts-to", type=click.Path(dir_okay=False), help="Write the facts that count to a file, to the byte as hashed."
)
@over_http
def snapshot(registry: Registry, model: str, number: int, facts_to: str | None) -> Shown:
    """Show the facts of a version's run, as they were kept, and how far their capture got."""
    told = registry.call("GET", _of_version(model, number))
    counting = [each for each in told["snapshots"] if each["way"] == told["counts"]]
    if facts_to:
        if not counting:
            raise Mistake(f"No facts count for version {number} of {model}: {_state(told)}.")
        _write(facts_to, counting[0]["facts"])
    shown = told["snapshots"] if told["differences"] else counting
    parts = [f"{model}/{number}: {_state(told)}.", *_capture(told)]
    parts += ["\n".join([f"As {each['way']}:", *_facts(each["facts"])]) for each in shown]
    return Shown("\n\n".join(parts), told)


@click.command("retry")
@click.argument("model")
@click.argument("number", metavar="VERSION", type=int)
@over_http
def retry(registry: Registry, model: str, number: int) -> Shown:
    """Let the run of a version be pulled from the tracking server now, however often that failed."""
    told = registry.call("POST", f"{_of_version(model, number)}/retry")
    return Shown(f"The run of {model}/{number} is pulled as soon as a worker gets to it.", told)


def _write(path: str, facts: Mapping[str, Any]) -> None:
    from assent.lineage.runs import canonical

    try:
        with open(path, "wb") as file:
            file.write(canonical.written(facts))
    except OSError as problem:
        raise Mistake(f"{path} cannot be written: {problem.strerror}.") from None


def _state(told: Mapping[str, Any]) -> str:
    match told["state"], told["counts"]:
        case None, _:
            return "no run is known"
        case "contradicted", _:
            return "contradicted, since what was pulled differs from what was pushed"
        case state, None:
            return str(state)
        case state, way:
            return f"{state}, what was {way} counts"


def _capture(told: Mapping[str, Any]) -> Iterator[str]:
    if told["problem"]:
        again = when(told["next_attempt_at"])
        yield f"{told['problem']} {f'Tried again at {again}.' if again else ''}".rstrip()
    if told["snapshots"]:
        yield table(
            told["snapshots"],
            way="way",
            digest="digest",
            taken=lambda each: when(each["taken_at"]),
            **{"from": lambda each: each["server"] or each["taken_by"] or ""},
        )
    if digest := told["artifact_digest"]:
        given = f"{digest['files']} files, {digest['bytes']} bytes; by {digest['given_by']}"
        yield f"Artifacts: {digest['digest']} ({given})"
    if told["differences"]:
        sides = {side: partial(_side, side) for side in ("pushed", "pulled")}
        yield table(told["differences"], path="path", **sides)


def _side(side: str, difference: Mapping[str, Any]) -> str:
    """What one side tells; the server may know nothing of it."""
    return json.dumps(difference[side], ensure_ascii=False) if side in difference else ""


def _facts(facts: Mapping[str, Any]) -> Iterator[str]:
    run, code, model = (facts.get(part, {}) for part in ("run", "code", "model"))
    if run:
        times = [when(run[name]) for name in ("started_at", "ended_at") if name in run]
        named = run.get("name", "")
        yield _line("run", f"{run['id']} {named}".strip(), run.get("user"), run.get("status"), " to ".join(times))
    if code:
        dirty = "with changes that were not committed" if code.get("dirty") else None
        yield _line("code", *(code.get(name) for name in ("commit", "repository", "branch", "entry_point")), dirty)
    for each in facts.get("datasets", []):
        yield _line("data", f"{each['name']} {each['digest']}", each.get("context"))
    yield from _several("params", [f"{key}={value}" for key, value in facts.get("params", {}).items()])
    metrics = facts.get("metrics", {}).items()
    yield from _several(
        "metrics", [f"{key}={point['value']} (step {point.get('step', 0)})" for key, point in metrics]
    )
    if model:
        flavors = ", ".join(model.get("flavors") or [])
        yield _line("model", model.get("id") or model.get("path"), model.get("name"), flavors)
        yield from _several("requires", model.get("dependencies", []))


def _line(what: str, *told: object) -> str:
    return f"  {what:<9}{'; '.join(str(each) for each in told if each)}"


def _several(what: str, told: list[str]) -> Iterator[str]:
    if told:
        more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
        yield _line(what, ", ".join(told[:_SHOWN]) + more)
