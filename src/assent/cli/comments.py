"""`assent comments`, over HTTP."""

import sys
from collections.abc import Mapping
from typing import Any

import click

from assent.cli.printing import Shown, over_http, when
from assent.cli.remote import Mistake, Registry, segment


@click.group()
def comments() -> None:
    """Read and write what is said about a version, over HTTP."""


@comments.command("list")
@click.argument("model")
@click.argument("version", type=int)
@click.option("--open", "only_open", is_flag=True, help="Threads that are not resolved.")
@over_http
def list_comments(registry: Registry, model: str, version: int, only_open: bool) -> Shown:
    """List the comments on a version and on its requests, thread by thread."""
    found = registry.all(_path(model, version), "comments")
    firsts = [each for each in found if each["id"] == each["thread"] and not (only_open and _is_over(each))]
    threads = [[each for each in found if each["thread"] == first["id"]] for first in firsts]
    lines = [line for thread in threads for each in thread for line in _lines(each)]
    return Shown("\n".join(lines) or "There are none.", [each for thread in threads for each in thread])


@comments.command("add")
@click.argument("model")
@click.argument("version", type=int)
@click.argument("text")
@click.option("--reply-to", type=int, metavar="ID", help="Write it into the thread of this comment.")
@over_http
def add_comment(registry: Registry, model: str, version: int, text: str, reply_to: int | None) -> Shown:
    """Write a comment on a version; the text `-` is read from standard input. @name mentions somebody."""
    text = sys.stdin.read() if text == "-" else text
    done = registry.call("POST", _path(model, version), text=text, reply_to=reply_to)
    told = f", and mentioned {', '.join(done['mentions'])}" if done["mentions"] else ""
    return Shown(f"Wrote comment {done['id']} on {model}/{version}{told}.", done)


@comments.command("resolve")
@click.argument("model")
@click.argument("version", type=int)
@click.argument("comment", type=int)
@click.option("--reopen", is_flag=True, help="Reopen it instead.")
@over_http
def resolve_thread(registry: Registry, model: str, version: int, comment: int, reopen: bool) -> Shown:
    """Resolve the thread that a comment is in."""
    if comment not in [each["id"] for each in registry.all(_path(model, version), "comments")]:
        raise Mistake(f"There is no comment {comment} on {model}/{version}.")
    done = registry.call("POST", f"/comments/{comment}/{'reopen' if reopen else 'resolve'}")
    return Shown(f"{'Reopened' if reopen else 'Resolved'} thread {done['id']} on {model}/{version}.", done)


def _path(model: str, version: int) -> str:
    return f"/models/{segment(model)}/versions/{version}/comments"


def _is_over(first: Mapping[str, Any]) -> bool:
    return first["resolved_at"] is not None or first["deleted_at"] is not None


def _lines(comment: Mapping[str, Any]) -> list[str]:
    """A comment as it is read; replies stand a little to the right."""
    indent = "" if comment["id"] == comment["thread"] else "    "
    notes = [f"on request {comment['request']}"] if comment["request"] is not None and not indent else []
    notes += [f"edited {when(comment['edited_at'])}"] if comment["edited_at"] else []
    notes += [f"resolved by {comment['resolved_by']}"] if comment["resolved_at"] else []
    about = ", ".join([f"{comment['author']}, {when(comment['written_at'])}", *notes])
    text = f"(deleted by {comment['deleted_by']})" if comment["deleted_at"] else comment["text"]
    return [f"{indent}#{comment['id']} {about}", *(f"{indent}    {line}" for line in text.splitlines())]
