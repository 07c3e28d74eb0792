"""`assent at` and `assent story`, over HTTP: how things stood at a moment, and what happened to one version."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from assent.cli.moments import Moment
from assent.cli.printing import Shown, over_http, table, when
from assent.cli.remote import Registry, segment

_TIERS = ("production", "staging", "archived", "none")
_OF_HASH = 12


@click.command("at")
@click.argument("time", type=Moment())
@click.option("--model", metavar="NAME", help="Only the model that was called so then, or is now.")
@click.option("--pattern", metavar="PATTERN", help="Only models whose names match, such as 'fraud-*'.")
@click.option("--stage", help="Only who held this stage.")
@click.option("--tier", type=click.Choice(_TIERS), help="Only who held a stage of this tier.")
@click.option("--alias", help="Only who held this alias.")
@over_http
def at(registry: Registry, time: int, **asked: str | None) -> Shown:
    """Show which versions held which stages and aliases at a moment, even if they are deleted or renamed by now.

    TIME is now, a date (its first moment), or a date and a time, such as 2026-03-03T14:30+01:00; without a zone it
    is UTC.
    """
    held = []
    after: str | None = None
    while True:
        page = registry.call("GET", "/at", time=time, after=after, **asked)
        held += page["held"]
        after = page["next"]
        if after is None:
            break
    text = table(
        sorted(held, key=lambda each: each["model"]),
        model=_model,
        version=_version,
        held=lambda each: f"@{each['what']}" if each["kind"] == "alias" else each["what"],
        since=lambda each: when(each["since"]),
        until=lambda each: when(each["until"]),
        by="by",
        **_signatures(held),
        run="run_id",
        commit=lambda each: _snapshot(each)["code_commit"][:_OF_HASH],
        data=lambda each: [f"{data['name']} {data['digest']}" for data in _snapshot(each)["datasets"]],
    )
    return Shown(text, held)


@click.command("story")
@click.argument("model")
@click.argument("number", metavar="VERSION", type=int)
@over_http
def story(registry: Registry, model: str, number: int) -> Shown:
    """Tell what happened to a version, even a deleted one, from its registration on."""
    told: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = registry.call("GET", f"/models/{segment(model)}/versions/{number}/story", after=after)
        told += page["story"]
        after = page["next"]
        if after is None:
            break
    return Shown(table(told, at=lambda each: when(each["at"]), through="face", what="line"), told)


def _signatures(held: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A column for those who signed, where anything was asked for at all."""
    if not any(each["request"] for each in held):
        return {}
    return {"signed_by": _signed}


def _signed(held: Mapping[str, Any]) -> str:
    if held["request"] is None:
        return ""
    signed = ", ".join(held["signed_by"])
    overridden = f"overridden by {held['overridden_by']}" if held["overridden_by"] else ""
    return f"{'; '.join(filter(None, (signed, overridden)))} (request {held['request']})".lstrip()


def _model(held: Mapping[str, Any]) -> str:
    renamed = "" if held["model_now"] == held["model"] else f"now {held['model_now']}"
    since = ", ".join(filter(None, (renamed, "deleted" if held["model_deleted"] else "")))
    return f"{held['model']} ({since})" if since else held["model"]


def _version(held: Mapping[str, Any]) -> str:
    only_it = held["version_deleted"] and not held["model_deleted"]
    return f"{held['version']} (deleted)" if only_it else str(held["version"])


def _snapshot(held: Mapping[str, Any]) -> Mapping[str, Any]:
    return held["snapshot"] or {"code_commit": "", "datasets": []}
