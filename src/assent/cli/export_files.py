"""Files of exported events: written line by line, and gone on with where they were cut."""

import json
import mmap
import os
import re
from pathlib import Path
from typing import IO, Any

from assent.cli.remote import Mistake, Registry

_BEGINNINGS = {"jsonl": b'{"position":', "csv": b"position,"}
_POSITION = re.compile(r"\d{1,18}-\d{1,18}")


def write(registry: Registry, to: IO[bytes], question: dict[str, Any], *, after: str | None) -> int:
    """Write all lines that answer a question; gives how many events they are. Raises Failure."""
    events = 0
    while True:
        last = b""
        for line in registry.lines("/audit/export", **question, after=after):
            to.write(line)
            events += (position := _position(line, question["format"])) is not None
            last = line if position else last
        to.flush()
        # A server that stops in the middle may look like one that has told everything: whoever asks again, knows.
        if not last:
            return events
        after = _position(last, question["format"])


def cut(file: Path, written_as: str) -> str | None:
    """Cut what is no whole line off the end of a file; gives the position of the last one. Raises Mistake."""
    if not file.exists() or not file.stat().st_size:
        return None
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        end = content.rfind(b"\n") + 1
        last = content[content.rfind(b"\n", 0, end - 1) + 1 : end] if end else b""
        begins = content[: len(_BEGINNINGS[written_as])]
    position = _position(last, written_as)
    if position is None and not _BEGINNINGS[written_as].startswith(begins):
        raise Mistake(f"{file} does not end like an export in the format {written_as}.")
    # Of a file without an event nothing is kept: the names of the columns come again with the first ones.
    os.truncate(file, end if position else 0)
    return position


def _position(line: bytes, written_as: str) -> str | None:
    """The position that a line tells; None for one that tells none."""
    if written_as == "csv":
        told = line.partition(b",")[0].decode(errors="replace")
    else:
        try:
            told = str(json.loads(line)["position"])
        except (ValueError, KeyError, TypeError):
            return None
    return told if _POSITION.fullmatch(told) else None
