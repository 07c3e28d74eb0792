"""`assent lineage differ`."""

import json
from collections.abc import Mapping
from typing import Any

import click

from assent.cli.printing import Column, Shown, over_http, table, when
from assent.cli.remote import Registry


@click.command("differ")
@click.argument("first", metavar="MODEL/VERSION")
@click.argument("second", metavar="MODEL/VERSION")
@over_http
def differ(registry: Registry, first: str, second: str) -> Shown:
    """Tell where two versions differ in origin: in the facts of their runs, and in what they come from."""
    told = registry.call("GET", "/lineage/difference", first=f"version:{first}", second=f"version:{second}")
    sides = {first: told["first"], second: told["second"]}
    parts = [f"Version {name} has no run snapshot." for name, side in sides.items() if side["snapshot"] is None]
    if not parts:
        parts = [_facts(told, first, second)]
    for name, side in sides.items():
        if side["alone"]:
            parts.append(f"Only {name} comes from\n" + "\n".join(f"  {node['label']}" for node in side["alone"]))
    return Shown("\n\n".join(parts), told)


def _facts(told: Mapping[str, Any], first: str, second: str) -> str:
    if not told["differences"]:
        return "The facts of their runs are the same."
    columns: dict[str, Column] = {
        "fact": "path",
        first: lambda each: _value(each["path"], each["first"]),
        second: lambda each: _value(each["path"], each["second"]),
    }
    return table(told["differences"], **columns)


def _value(path: str, value: object) -> str:
    if isinstance(value, int) and path.endswith((".at", "_at")):
        return when(value)
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
