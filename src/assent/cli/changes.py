"""What commands on files of rules or grants have in common: what would change, or was changed, told line by line."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import click

from assent.cli.files import YamlFile
from assent.cli.printing import Shown
from assent.cli.remote import Failure, Registry

CHANGES = 10

_WIDEST = 100

a_file = click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
an_exit_code = click.option("--exit-code", is_flag=True, help=f"Exit with {CHANGES} where something would change.")


def told(
    registry: Registry, path: str, content: Mapping[str, Any], *, of: YamlFile, exit_code: bool = False
) -> Shown:
    """Send what is in a file, and tell each change, or each fault with its line."""
    try:
        answer = registry.post(path, content)
    except Failure as failure:
        raise of.faults_of(failure) from None
    changes = answer["changes"]
    if not changes:
        return Shown("Nothing to change.", answer)
    lines = [f"{change['sign']} {in_lines(change['text'])}" for change in changes]
    signs = Counter(change["sign"] for change in changes)
    lines.append(f"{signs['+']} added, {signs['~']} replaced, {signs['-']} removed.")
    return Shown("\n".join(lines), answer, CHANGES if exit_code else 0)


def in_lines(text: str) -> str:
    """What is too long for a line, each part of it in one of its own."""
    return text if len(text) < _WIDEST else text.replace(": ", ":\n    ", 1).replace("; ", ";\n    ")
