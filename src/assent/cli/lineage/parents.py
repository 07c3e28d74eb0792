"""`assent lineage declare`, `withdraw` and `parents`."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from assent.cli.printing import Shown, over_http, table, when
from assent.cli.remote import Mistake, Registry, segment

C = TypeVar("C", bound=Callable[..., Any])

_RELATIONS = {"fine_tuned": "fine-tuned from", "distilled": "distilled from", "ensembled": "ensembled from"}
_VERSION = re.compile(r"(?:version:)?([^/:]+)/([1-9]\d{0,9})")
_OF_VERSION = (
    click.argument("model"),
    click.argument("number", metavar="VERSION", type=int),
)


def _naming_a_parent(command: C) -> C:
    """Give a command options that name a parent: MODEL/VERSION of this registry or, else, a model elsewhere."""
    for relation, told in reversed(_RELATIONS.items()):
        option = click.option(
            f"--{told.replace(' ', '-')}", relation, metavar="REF", help="MODEL/VERSION or any name."
        )
        command = option(command)
    for argument in reversed(_OF_VERSION):
        command = argument(command)
    return command


@click.command("declare")
@_naming_a_parent
@over_http
def declare(registry: Registry, model: str, number: int, **said: str | None) -> Shown:
    """Declare what a version comes from: a version here, or a model elsewhere, such as hf://mistralai/Mistral-7B."""
    relation, parent = _parent(said)
    answer = registry.call("POST", _path(model, number), relation=relation, **parent)
    return Shown(f"{model}/{number} is {_RELATIONS[relation]} {_called(parent)}.", answer)


@click.command("withdraw")
@_naming_a_parent
@over_http
def withdraw(registry: Registry, model: str, number: int, **said: str | None) -> Shown:
    """Declare no longer that a version comes from something; that it was declared stays known."""
    relation, parent = _parent(said)
    answer = registry.call("DELETE", _path(model, number), relation=relation, **parent)
    return Shown(f"{model}/{number} is not {_RELATIONS[relation]} {_called(parent)}.", answer)


@click.command("parents")
@_OF_VERSION[0]
@_OF_VERSION[1]
@click.option("--withdrawn", is_flag=True, help="Those too that are declared no longer.")
@over_http
def parents(registry: Registry, model: str, number: int, withdrawn: bool) -> Shown:
    """List the declared parents of a version."""
    which = {"withdrawn": "true"} if withdrawn else {}
    found = registry.call("GET", _path(model, number), **which)["parents"]
    text = table(
        found,
        relation=lambda each: _RELATIONS[each["relation"]],
        parent=lambda each: each["external"] or f"{each['version']['model']}/{each['version']['number']}",
        declared=lambda each: when(each["stated_at"]),
        by="stated_by",
        withdrawn=lambda each: when(each["withdrawn_at"]),
    )
    return Shown(text, found)


def _parent(said: dict[str, str | None]) -> tuple[str, dict[str, Any]]:
    given = [(relation, text) for relation, text in said.items() if text is not None]
    if len(given) != 1:
        raise Mistake("Say one parent: --fine-tuned-from, --distilled-from or --ensembled-from.")
    ((relation, text),) = given
    if found := _VERSION.fullmatch(text):
        return relation, {"model": found[1], "version": int(found[2])}
    return relation, {"external": text.removeprefix("external_model:")}


def _called(parent: dict[str, Any]) -> str:
    return str(parent.get("external") or f"{parent['model']}/{parent['version']}")


def _path(model: str, number: int) -> str:
    return f"/models/{segment(model)}/versions/{number}/parents"
