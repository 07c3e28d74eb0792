"""Events of the audit log as lines: JSON Lines, and CSV that a spreadsheet may open."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from assent.registry.trail import Event

JSONL, CSV = "jsonl", "csv"
MEDIA_TYPES: Mapping[str, str] = {JSONL: "application/jsonl", CSV: "text/csv"}

# What spreadsheets calculate, or run, when a cell begins with it.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def written(event: Event) -> dict[str, Any]:
    """An event with its position, as the native API writes it."""
    return {"position": str(event.position), **event._asdict()}


def lines(written_as: str, pages: Iterable[list[Event]], *, with_header: bool) -> Iterator[bytes]:
    """The events of some pages, a line each."""
    return _csv(pages, with_header=with_header) if written_as == CSV else _jsonl(pages)


def _jsonl(pages: Iterable[list[Event]]) -> Iterator[bytes]:
    for page in pages:
        yield b"".join(orjson.dumps(written(event), option=orjson.OPT_APPEND_NEWLINE) for event in page)


def _csv(pages: Iterable[list[Event]], *, with_header: bool) -> Iterator[bytes]:
    if with_header:
        yield _rows([("position", "time", *Event._fields)])
    for page in pages:
        yield _rows(map(_row, page))


def _row(event: Event) -> tuple[object, ...]:
    time = f"{datetime.fromtimestamp(event.at / 1000, UTC):%Y-%m-%dT%H:%M:%S}.{event.at % 1000:03}Z"
    told = event._asdict() | {"details": orjson.dumps(event.details).decode()}
    return tuple(map(_cell, (str(event.position), time, *told.values())))


def _cell(value: object) -> object:
    """A cell that is no formula and holds no end of a line, so that whoever goes on finds the last whole one."""
    if not isinstance(value, str):
        return value
    harmless = f"'{value}" if value.startswith(_FORMULAS) else value
    return harmless.replace("\r", "\\r").replace("\n", "\\n")


def _rows(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
