"""Versions as they are typed."""

import click

_LARGEST = 2**31 - 1


class VersionName(click.ParamType[tuple[str, int]]):
    """A version as MODEL/NUMBER: the model's name and the number."""

    name = "version"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """The name and the number."""
        model, _, number = str(value).rpartition("/")
        if not model or not (number.isascii() and number.isdecimal()) or not 0 < int(number[:11]) <= _LARGEST:
            self.fail(f"{value!r} is no version such as fraud/3", param, ctx)
        return model, int(number)
