"""Lengths of time as they are typed."""

import re
from typing import NoReturn

import click

_UNITS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


class Duration(click.ParamType[int]):
    """A length of time such as 90d, 12h, 30m or 45s; in milliseconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The milliseconds."""
        found = re.fullmatch(r"([1-9]\d{0,5})([smhd])", str(value))
        if found is None:
            self._refuse(value, param, ctx)
        return int(found[1]) * _UNITS[found[2]]

    def _refuse(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> NoReturn:
        self.fail(f"{value!r} is no length of time such as 90d, 12h, 30m or 45s", param, ctx)
