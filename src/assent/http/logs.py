"""Structured logs: one JSON object a line."""

import logging
import sys
from typing import Any

import orjson


class JsonLines(logging.Formatter):
    """Writes a record, with the `fields` of its `extra`, as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; an exception is one of its fields."""
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def configure(level: str) -> None:
    """Send everything that is logged to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Nobody reads where in the source a line was written, nor by which thread; to find out takes longer than to
    # write it. This is how the documentation of logging turns it off.
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    # It announces itself at every look at the schema.
    logging.getLogger("alembic").setLevel(logging.WARNING)
