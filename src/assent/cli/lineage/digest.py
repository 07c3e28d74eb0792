"""`assent lineage digest`: what a model's files are, computed where they are."""

from dataclasses import asdict
from pathlib import Path

import click

from assent.cli.printing import Shown, say
from assent.cli.remote import Mistake, Registry, segment
from assent.lineage.runs import digesting

DIFFERS = 11
_VERSION = (str, int)


@click.command("digest")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--give", type=_VERSION, metavar="MODEL VERSION", help="Keep it as that of a version.")
@click.option("--check", type=_VERSION, metavar="MODEL VERSION", help="Compare it with that of a version.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def digest(path: Path, give: tuple[str, int] | None, check: tuple[str, int] | None, as_json: bool) -> None:
    """Print the digest of a model's files: one hash over all of them. It needs no registry."""
    if give and check:
        raise Mistake("Say --give or --check, not both.")
    try:
        found = digesting.of(path)
    except (OSError, ValueError) as problem:
        raise Mistake(str(problem)) from problem
    shown = Shown(found.digest, asdict(found))
    if give:
        shown = _given(found, *give)
    elif check:
        shown = _checked(found, *check)
    say(shown, as_json=as_json)


def _given(found: digesting.Digest, model: str, version: int) -> Shown:
    path = f"/models/{segment(model)}/versions/{version}/artifact-digest"
    given = Registry.from_environment().call("PUT", path, **asdict(found))
    return Shown(f"The files of {model} {version} are {given['digest']}, as {given['given_by']} gave it.", given)


def _checked(found: digesting.Digest, model: str, version: int) -> Shown:
    path = f"/models/{segment(model)}/versions/{version}/snapshot"
    given = Registry.from_environment().call("GET", path)["artifact_digest"]
    if given is None:
        raise Mistake(f"Nobody has given the digest of the files of {model} {version}.")
    if given["digest"] == found.digest:
        return Shown(f"These are the files of {model} {version}: {found.digest}.", given)
    told = f"These are not the files of {model} {version}: those are {given['digest']}, these {found.digest}."
    return Shown(told, given, DIFFERS)
