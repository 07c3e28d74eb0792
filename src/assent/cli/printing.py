"""What commands print: a table to read or JSON to go on with."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeAlias, TypeVar

import click

from assent.cli.remote import Registry

Column: TypeAlias = str | Callable[[Mapping[str, Any]], object]
C = TypeVar("C", bound=Callable[..., "Shown"])


@dataclass(frozen=True)
class Shown:
    """What a command has to say: to people, and with `--json` to programs; and what it exits with.

    `trouble` is told on standard error, whoever reads the rest.
    """

    text: str
    answer: Any
    code: int = 0
    trouble: str = ""


def over_http(command: C) -> Callable[..., None]:
    """Let a command work on the registry of the environment: it takes that first, and gives what to show."""

    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @wraps(command)
    def run(*, as_json: bool, **given: Any) -> None:
        say(command(Registry.from_environment(), **given), as_json=as_json)

    return run


def say(shown: Shown, *, as_json: bool) -> None:
    """Print it, and end the command where it exits with a code of its own."""
    text = json.dumps(shown.answer, indent=2, ensure_ascii=False) if as_json else printable(shown.text)
    if text:
        click.echo(text)
    if shown.trouble:
        click.echo(printable(f"assent: {shown.trouble}"), err=True)
    if shown.code:
        click.get_current_context().exit(shown.code)


def table(rows: Sequence[Mapping[str, Any]], **columns: Column) -> str:
    """Rows under the names of columns: each is a field of the row, or what a function makes of the row."""
    if not rows:
        return "There are none."
    lines = [[_heading(name) for name in columns]]
    lines += [[_cell(_value(row, column)) for column in columns.values()] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, cells, widths)).rstrip() for cells in lines)


def when(at: int | None) -> str:
    """A time stamp, to the minute and in UTC."""
    return "" if at is None else f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M}Z"


def printable(text: str) -> str:
    """The text without what would move a terminal's cursor, or worse."""
    return "".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in text)


def _heading(column: str) -> str:
    return column.replace("_", " ").upper() if column.isidentifier() else column


def _value(row: Mapping[str, Any], column: Column) -> object:
    return row[column] if isinstance(column, str) else column(row)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value).replace("\n", " ")
