"""`assent lineage show`, `descendants`, `made-from` and `reach`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import click

from assent.cli.moments import Moment
from assent.cli.printing import Shown, over_http, table, when
from assent.cli.remote import Registry, segment

_OF = click.argument("of", metavar="NODE")
_CUT = "There is more than one answer holds."


@click.command("show")
@click.argument("model")
@click.argument("number", metavar="VERSION", type=int)
@click.option("--down", "direction", flag_value="down", default="up", help="What came of it, instead.")
@click.option("--depth", type=click.IntRange(1, 100), help="So many edges away at most.")
@over_http
def show(registry: Registry, model: str, number: int, direction: str, depth: int | None) -> Shown:
    """Show what a version is made of: its run, data, code, and the versions and models that it comes from."""
    path = f"/models/{segment(model)}/versions/{number}/lineage"
    told = registry.call("GET", path, direction=direction, depth=depth)
    recalls = [f"Quarantined by recall {each['id']}: {each['reason']}" for each in told["quarantined_by"]]
    return Shown("\n".join([*recalls, _tree(told, up=direction == "up")]), told)


@click.command("descendants")
@_OF
@over_http
def descendants(registry: Registry, of: str) -> Shown:
    """Show all that came of a dataset, run, commit, model or version (see `made-from` for how they are named)."""
    told = registry.call("GET", "/lineage/descendants", of=of)
    return Shown(_tree(told, up=False), told)


@click.command("made-from")
@_OF
@click.option("--standing", help="Only versions in this stage, or in this tier: tier:production.")
@click.option("--at", type=Moment(), help="Where they stood at that moment, instead of now.")
@over_http
def made_from(registry: Registry, of: str, standing: str | None, at: int | None) -> Shown:
    """List the versions that were made from something.

    NODE is dataset:DIGEST, run:ID, commit:SHA (seven characters of it or more), logged_model:ID,
    external_model:NAME, version:MODEL/NUMBER or deployment:NAME.
    """
    told = registry.call("GET", "/lineage/made-from", of=of, standing=standing, at=at)
    found = table(
        told["versions"],
        model="model",
        version="number",
        stood_in=lambda each: each["stood_in"] or "",
        since=lambda each: when(each["since"]),
        edges_away=lambda each: "" if each["depth"] is None else each["depth"],
        state=_state,
    )
    return Shown(_and_whether_cut(found, told), told)


@click.command("reach")
@_OF
@over_http
def reach(registry: Registry, of: str) -> Shown:
    """Tell what a recall of something would touch: versions, those in production, deployments."""
    told = registry.call("GET", "/lineage/reach", of=of)
    return Shown(touched(told), told)


def touched(told: Mapping[str, Any]) -> str:
    """What a recall touches, to read."""
    counted = f"Versions: {len(told['versions'])}, in production: {len(told['in_production'])}"
    parts = [f"{counted}, deployments that serve any of them: {len(told['deployments'])}."]
    if told["versions"]:
        parts.append(table(told["versions"], model="model", version="number", stage="stage", deleted="deleted"))
    if told["deployments"]:
        parts.append(
            table(
                told["deployments"],
                deployment="deployment",
                environment="environment",
                serves=lambda each: f"{each['model']}/{each['number']}",
                since=lambda each: when(each["since"]),
                last_seen=lambda each: when(each["last_seen_at"]),
            )
        )
    return _and_whether_cut("\n\n".join(parts), told)


def _state(version: Mapping[str, Any]) -> str:
    return ", ".join(word for word in ("deleted", "quarantined") if version[word])


def _and_whether_cut(text: str, told: Mapping[str, Any]) -> str:
    return f"{text}\n\n{_CUT}" if told["truncated"] else text


def _tree(told: Mapping[str, Any], *, up: bool) -> str:
    """The graph as a tree below its starts; what was told already is not told again."""
    near, far = ("target", "source") if up else ("source", "target")
    edges: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for edge in told["edges"]:
        edges[edge[near]].append(edge)
    nodes = {node["node"]: node for node in told["nodes"]}
    lines: list[str] = []
    met = set[str]()
    waiting: list[tuple[str, str, str]] = [(node, "", "") for node in reversed(_starts(told["nodes"]))]
    while waiting:
        node, indent, how = waiting.pop()
        again = node in met
        lines.append(f"{indent}{how}{_line(nodes[node])}{' (see above)' if again and edges[node] else ''}")
        if not again:
            met.add(node)
            further = sorted(edges[node], key=lambda edge: (edge["type"], edge[far]), reverse=True)
            waiting += [(edge[far], f"{indent}  ", f"{edge['type']} ") for edge in further]
    return _and_whether_cut("\n".join(lines), told)


def _starts(nodes: Sequence[Mapping[str, Any]]) -> list[str]:
    return [node["node"] for node in nodes if node["depth"] == 0]


def _line(node: Mapping[str, Any]) -> str:
    marks = []
    if version := node["version"]:
        marks.append("deleted" if version["deleted"] else version["stage"])
    if node["recall"] is not None:
        marks.append(f"recall {node['recall']}")
    return f"{node['label']} ({', '.join(marks)})" if marks else str(node["label"])
