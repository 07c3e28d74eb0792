"""`assent audit`, over HTTP: questions to the audit log, and exports that go on where they were cut."""

import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from assent.cli import export_files
from assent.cli.durations import Duration
from assent.cli.moments import Moment
from assent.cli.printing import Shown, over_http, say, table, when
from assent.cli.remote import Mistake, Registry

_MOST = 1000
_LONGEST = 90
F = TypeVar("F", bound=Callable[..., Any])


class MomentOrAgo(Moment):
    """A moment, or how long ago it was, such as 90d, 12h or 30m. Milliseconds since 1970."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Milliseconds since 1970."""
        try:
            ago = Duration().convert(value, param, ctx)
        except click.BadParameter:
            return super().convert(value, param, ctx)
        return time.time_ns() // 1_000_000 - ago


_ASKING = (
    click.option("--actor", metavar="NAME", help="By whom: a user or a service account."),
    click.option("--subject", metavar="KIND:NAME", help="On what, such as user:bob; or KIND: for all of a kind."),
    click.option("--action", metavar="WORD", help="What: an action, or all of a subject such as 'alias.*'."),
    click.option("--model", metavar="NAME", help="On the model that is called so, or was when it was deleted."),
    click.option("--model-id", type=int, help="On the model with this id."),
    click.option("--version", type=int, help="On this version of the model."),
    click.option("--token", "token_id", type=int, metavar="NUMBER", help="With this token."),
    click.option("--outcome", type=click.Choice(["done", "refused"]), help="Whether it came to pass."),
    click.option("--face", help="Through what: mlflow, databricks, api, web, oauth, worker, cli, start."),
    click.option("--address", help="From which address."),
    click.option("--request-id", help="In which request."),
    click.option("--since", type=MomentOrAgo(), metavar="TIME", help="Not before: a date, a time, or 90d ago."),
    click.option("--until", type=MomentOrAgo(), metavar="TIME", help="Before this."),
    click.option("--text", help="With this in the details, in upper or lower case."),
    click.option("--after", metavar="POSITION", help="Go on after this position."),
)  # fmt: skip


def asking(command: F) -> F:
    """Let a command take a question."""
    for option in reversed(_ASKING):
        command = option(command)
    return command


@click.group()
def audit() -> None:
    """Ask who did what, and export it, over HTTP."""


@audit.command("query")
@asking
@click.option(
    "--newest", "order", flag_value="newest", default="newest", help="The newest first; so it is by itself."
)
@click.option("--oldest", "order", flag_value="oldest", help="The oldest first.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="So many at most.")
@over_http
def query(registry: Registry, subject: str | None, limit: int, after: str | None, **asked: Any) -> Shown:
    """Show events of the audit log, of those that you may see."""
    events: list[dict[str, Any]] = []
    while len(events) < limit:
        most = min(limit - len(events), _MOST)
        # A page may be short where events are far between; then there is more all the same.
        page = registry.call("GET", "/audit/events", **_subject(subject), **asked, after=after, limit=most)
        events += page["events"]
        after = page["next"]
        if after is None:
            break
    more = f"\nThere is more: go on with --after {after}." if after else ""
    return Shown(_table(events) + more, {"events": events, "next": after})


@audit.command("export")
@asking
@click.argument("file", default="-", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--format", "written_as", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--newest", "order", flag_value="newest", help="The newest first.")
@click.option(
    "--oldest", "order", flag_value="oldest", default="oldest", help="The oldest first; so it is by itself."
)
@click.option("--resume", is_flag=True, help="Go on after the last whole line of FILE, if there is one.")
@click.option("--json", "as_json", is_flag=True, help="Tell in JSON how many events were written to FILE.")
def export(
    *, file: Path, written_as: str, resume: bool, as_json: bool, after: str | None, subject: str | None, **asked: Any
) -> None:
    """Write all events that you may see to FILE, a line for each; without FILE print them.

    An export that was cut, or that is to follow the log, goes on with --resume and the same question.
    """
    registry = Registry.from_environment()
    question = {**_subject(subject), **asked, "format": written_as}
    if str(file) == "-":
        if resume:
            raise Mistake("Name the file to go on with.")
        export_files.write(registry, sys.stdout.buffer, question, after=after)
        return
    if resume:
        after = export_files.cut(file, written_as) or after
    elif file.exists():
        raise Mistake(f"{file} is there already: name another, or go on with it by --resume.")
    with file.open("ab") as to:
        written = export_files.write(registry, to, question, after=after)
    say(Shown(f"{written} events written to {file}.", {"file": str(file), "events": written}), as_json=as_json)


def _subject(said: str | None) -> dict[str, str | None]:
    if said is None:
        return {}
    kind, colon, name = said.partition(":")
    if not kind or not colon:
        raise Mistake("Write the subject as KIND:NAME, such as user:bob or group:leads.")
    return {"subject_kind": kind, "subject": name or None}


def _table(events: list[dict[str, Any]]) -> str:
    return table(
        events,
        time=_time,
        actor=lambda event: event["actor"] or "nobody known",
        action=lambda event: event["action"] + (" (refused)" if event["outcome"] == "refused" else ""),
        on=_on,
        details=_details,
        through=lambda event: " ".join(filter(None, (event["face"], event["address"]))),
    )


def _time(event: Mapping[str, Any]) -> str:
    return f"{datetime.fromtimestamp(event['at'] / 1000, UTC):%Y-%m-%d %H:%M:%S}Z"


def _on(event: Mapping[str, Any]) -> str:
    kind = event["subject_kind"].replace("_", " ")
    version = f"/{event['version']}" if event["version"] is not None else ""
    return f"{kind} {event['subject']}{version}".rstrip()


def _details(event: Mapping[str, Any]) -> str:
    """What changed, and what else is told, on a line that is not endless."""
    told = dict(event["details"])
    # Said in other words by what stands beside it.
    if "permission" in told:
        told.pop("message", None)
    changes = _changes(told.pop("before", None), told.pop("after", None))
    others = [f"{name}: {_told(name, value)}" for name, value in sorted(told.items()) if _tells(name, told)]
    parts = others + changes if "alias" in told else changes + others
    line = "; ".join(parts)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _tells(name: str, told: Mapping[str, Any]) -> bool:
    return told[name] not in (None, "", {}) and name.removesuffix("_id") not in told.keys() - {name}


def _told(name: str, value: object) -> object:
    return when(value) if name == "since" and isinstance(value, int) else value


def _changes(before: object, after: object) -> list[str]:
    if isinstance(before, dict) or isinstance(after, dict):
        old, new = (each if isinstance(each, dict) else {} for each in (before, after))
        return [
            change for name in sorted({**old, **new}) for change in _change(f"{name}: ", old.get(name), new.get(name))
        ]
    return _change("", before, after)


def _change(name: str, before: object, after: object) -> list[str]:
    if before is None and after is None:
        return []
    return [
        f"{name}{before} -> {after}"
        if None not in (before, after)
        else f"{name}{after if before is None else f'was {before}'}"
    ]
