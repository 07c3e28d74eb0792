"""Moments, as people write them on the command line: in ISO 8601, or `now`."""

import time
from datetime import UTC, datetime

import click


class Moment(click.ParamType[int]):
    """A date, the beginning of which is meant, or a date and a time: without a zone it is UTC. Milliseconds."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Milliseconds since 1970."""
        if isinstance(value, int):
            return value
        text = str(value).strip()
        if text == "now":
            return time.time_ns() // 1_000_000
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            self.fail(
                f"{text!r} is no time such as 2026-03-03, 2026-03-03T14:30 or 2026-03-03T14:30+01:00", param, ctx
            )
        moment = found if found.tzinfo else found.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1000)
