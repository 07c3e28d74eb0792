"""`assent grants plan` and `apply`: groups and grants as a file, over HTTP."""

from collections import Counter

import click

from assent.cli.files import YamlFile
from assent.cli.printing import Shown, over_http
from assent.cli.remote import Failure, Registry

CHANGES = 10

_FILE = click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))


@click.command("plan")
@_FILE
@click.option("--exit-code", is_flag=True, help=f"Exit with {CHANGES} where something would change.")
@over_http
def plan(registry: Registry, file: str, exit_code: bool) -> Shown:
    """Tell what applying a file would change: + comes, - goes, ~ is replaced."""
    return _sent(registry, "plan", file, CHANGES if exit_code else 0)


@click.command("apply")
@_FILE
@over_http
def apply(registry: Registry, file: str) -> Shown:
    """Make groups and grants as a file says: all of it or, when anything is wrong, nothing."""
    return _sent(registry, "apply", file, 0)


def _sent(registry: Registry, verb: str, path: str, code: int) -> Shown:
    opened = YamlFile(path)
    try:
        answer = registry.call("POST", f"/grants/{verb}", file=opened.content or {})
    except Failure as failure:
        raise opened.faults_of(failure) from None
    changes = answer["changes"]
    if not changes:
        return Shown("Nothing to change.", answer)
    lines = [f"{change['sign']} {change['text']}" for change in changes]
    signs = Counter(change["sign"] for change in changes)
    lines.append(f"{signs['+']} added, {signs['~']} replaced, {signs['-']} removed.")
    return Shown("\n".join(lines), answer, code)
