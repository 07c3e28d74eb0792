"""What forms and addresses of several rooms may say."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate


class Asked(Schema):
    """The words of a form or an address; whatever else it says, such as the proof of a form, is passed over."""

    class Meta:
        """marshmallow's options."""

        unknown = EXCLUDE


def place(otherwise: int | None = None) -> fields.Integer:
    """Where a page of a list begins: before or after a number that databases can hold."""
    can_be = validate.Range(0, 2**63 - 1)
    return fields.Integer(load_default=otherwise, allow_none=otherwise is None, validate=can_be)


class Text(fields.String):
    """What somebody typed into a field of several lines: browsers send line ends of two characters."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> str:
        typed: str = super()._deserialize(value, attr, data, **more)
        return typed.replace("\r\n", "\n")
