"""`assent grants`, over HTTP."""

from collections.abc import Mapping
from typing import Any

import click

from assent.access.policy.levels import Level
from assent.cli.printing import Shown, over_http, table, when
from assent.cli.remote import Mistake, Registry, segment
from assent.cli.who import at_most_one, everybody, naming_somebody

_PATTERN = click.option("--pattern", help="On the models whose names match; without it, on the whole registry.")
_MODEL = click.option("--model", help="On this model alone.")


@click.group()
def grants() -> None:
    """Give, take and explain grants, over HTTP."""


@grants.command("list")
@_MODEL
@over_http
def list_grants(registry: Registry, model: str | None) -> Shown:
    """List what is granted by name; or, with --model, whatever reaches that model."""
    if model is None:
        found = registry.all("/grants", "grants")
    else:
        found = registry.call("GET", _permissions(model))["grants"]
    return Shown(table(found, **_COLUMNS, since=lambda grant: when(grant["given_at"])), found)


@grants.command("give")
@click.argument("level", type=click.Choice([level.value for level in Level]))
@naming_somebody
@_PATTERN
@_MODEL
@over_http
def give_grants(
    registry: Registry, level: str, pattern: str | None, model: str | None, **named: tuple[str, ...]
) -> Shown:
    """Grant a level, in the place of the one that is there."""
    path, fields, place = _place(pattern, model)
    to = everybody(**named)
    for kind, name in to:
        registry.call("PUT", path, kind=kind, name=name, level=level, **fields)
    return Shown("\n".join(f"{who} has {level} on {place}." for who in to), [who._asdict() for who in to])


@grants.command("take")
@naming_somebody
@_PATTERN
@_MODEL
@over_http
def take_grants(registry: Registry, pattern: str | None, model: str | None, **named: tuple[str, ...]) -> Shown:
    """Take whatever is granted to somebody at one place away."""
    path, fields, place = _place(pattern, model)
    of = everybody(**named)
    for kind, name in of:
        registry.call("DELETE", path, kind=kind, name=name, **fields)
    return Shown("\n".join(f"{who} has nothing on {place}." for who in of), [who._asdict() for who in of])


@grants.command("explain")
@click.argument("model")
@naming_somebody
@over_http
def explain(registry: Registry, model: str, **named: tuple[str, ...]) -> Shown:
    """Tell what somebody may do with a model and why; without a name, oneself."""
    who = at_most_one(**named)
    asked = who._asdict() if who else {}
    told = registry.call("GET", f"{_permissions(model)}/explain", **asked)
    reasons = table(
        told["grants"], **_COLUMNS, through=lambda grant: " > ".join(grant["through"]), counts=_why_it_counts
    )
    return Shown(f"{_summary(told)}\n\n{reasons}" if told["grants"] else _summary(told), told)


def _summary(told: Mapping[str, Any]) -> str:
    who = f"{told['kind']}:{told['name']}"
    lines = [f"{who} has {told['level']} on {told['model']}."]
    if told["disabled"]:
        lines = [f"{who} is disabled."]
    elif told["administrator"]:
        lines = [f"{who} is an administrator."]
    lines.append(f"May: {', '.join(told['permissions']) or 'nothing'}.")
    if told["default"] not in (None, Level.NO_PERMISSIONS.value):
        lines.append(f"Everybody has {told['default']} on every model.")
    return "\n".join(lines)


def _why_it_counts(grant: Mapping[str, Any]) -> str:
    return "yes" if grant["counts"] else f"no: {grant['shut_out_by']}"


def _place(pattern: str | None, model: str | None) -> tuple[str, dict[str, str | None], str]:
    """Where to send it, with what, and what the place is called."""
    if pattern is not None and model is not None:
        raise Mistake("Say --pattern or --model, not both.")
    if model is not None:
        return _permissions(model), {}, f"the model {model}"
    return "/grants", {"pattern": pattern}, "the registry" if pattern is None else f"the pattern {pattern}"


def _permissions(model: str) -> str:
    return f"/models/{segment(model)}/permissions"


def _on(grant: Mapping[str, Any]) -> str:
    return f"the pattern {grant['pattern']}" if grant["place"] == "pattern" else f"the {grant['place']}"


_COLUMNS: dict[str, Any] = {
    "to": lambda grant: f"{grant['kind']}:{grant['name']}",
    "level": "level",
    "on": _on,
}
