"""What people type into forms and addresses of several rooms: names, words, days, and where a list begins."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from assent.access.policy.names import NAME_LENGTH

DAY = 86_400_000
_LONGEST_WORDS = 20_000


class Asked(Schema):
    """The words of a form or an address; whatever else it says, such as the proof of a form, is passed over."""

    class Meta:
        """marshmallow's options."""

        unknown = EXCLUDE


def storable(text: str) -> None:
    """Refuse what PostgreSQL keeps in no text."""
    if "\x00" in text:
        raise ValidationError("It holds a NUL character.")


def words(**more: Any) -> fields.String:
    """A text; empty where nothing was typed."""
    return fields.String(
        load_default="",
        validate=[validate.Length(max=_LONGEST_WORDS), storable],
        **more,
    )


def name_of_somebody(**more: Any) -> fields.String:
    """The name of a user, a service account or a group."""
    return fields.String(validate=[validate.Length(max=NAME_LENGTH), storable], **more)


def place(otherwise: int | None = None) -> fields.Integer:
    """Where a page of a list begins: before or after a number that databases can hold."""
    can_be = validate.Range(0, 2**63 - 1)
    return fields.Integer(load_default=otherwise, allow_none=otherwise is None, validate=can_be)


class Text(fields.String):
    """What somebody typed into a field of several lines: browsers send line ends of two characters."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> str:
        typed: str = super()._deserialize(value, attr, data, **more)
        return typed.replace("\r\n", "\n")


class Day(fields.String):
    """A day in UTC, as the moment when it begins; None where nothing was typed."""

    def __init__(self, **more: Any) -> None:
        super().__init__(load_default=None, **more)

    def _deserialize(self, *loaded: Any, **options: Any) -> int | None:  # type: ignore[override]  # it gives no text
        text = super()._deserialize(*loaded, **options)
        try:
            return int(datetime.fromisoformat(f"{text}T00:00:00+00:00").timestamp() * 1000) if text else None
        except ValueError:
            raise ValidationError("Write a day as 2026-12-31.") from None


def lines_of(text: str) -> list[str]:
    """What somebody wrote in lines, without the empty ones."""
    return [line for line in map(str.strip, text.splitlines()) if line]
