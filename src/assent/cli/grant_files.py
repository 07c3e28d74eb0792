"""`assent grants plan` and `apply`: groups and grants as a file, over HTTP."""

import click

from assent.cli.changes import a_file, an_exit_code, told
from assent.cli.files import YamlFile
from assent.cli.printing import Shown, over_http
from assent.cli.remote import Registry


@click.command("plan")
@a_file
@an_exit_code
@over_http
def plan(registry: Registry, file: str, exit_code: bool) -> Shown:
    """Tell what applying a file would change: + comes, - goes, ~ is replaced."""
    return _sent(registry, "plan", file, exit_code=exit_code)


@click.command("apply")
@a_file
@over_http
def apply(registry: Registry, file: str) -> Shown:
    """Make groups and grants as a file says: all of it or, when anything is wrong, nothing."""
    return _sent(registry, "apply", file)


def _sent(registry: Registry, verb: str, path: str, *, exit_code: bool = False) -> Shown:
    opened = YamlFile(path)
    return told(registry, f"/grants/{verb}", {"file": opened.content or {}}, of=opened, exit_code=exit_code)
