"""`assent card`, over HTTP."""

import sys
from pathlib import Path

import click

from assent.cli.printing import Shown, over_http, when
from assent.cli.remote import Mistake, Registry, segment


@click.group()
def card() -> None:
    """See and write the cards of models, over HTTP."""


@card.command("show")
@click.argument("model")
@over_http
def show_card(registry: Registry, model: str) -> Shown:
    """Show the card of a model as it is."""
    found = registry.call("GET", _path(model))
    if not found["revision"]:
        return Shown(f"{model} has no card.", found)
    wrote = f"<!-- revision {found['revision']}, by {found['written_by']}, {when(found['written_at'])} -->"
    return Shown("\n".join([wrote, *found["text"].splitlines()]), found)


@card.command("write")
@click.argument("model")
@click.argument("file", default="-")
@click.option("--revision", type=int, metavar="N", help="Only over this revision; 0 where there is none yet.")
@over_http
def write_card(registry: Registry, model: str, file: str, revision: int | None) -> Shown:
    """Let a file, or standard input, be the card of a model."""
    done = registry.call("PUT", _path(model), text=_text_of(file), revision=revision)
    return Shown(f"The card of {model} is at revision {done['revision']}.", done)


def _path(model: str) -> str:
    return f"/models/{segment(model)}/card"


def _text_of(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise Mistake(f"{file} cannot be read: {problem}.") from None
