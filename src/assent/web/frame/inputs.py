"""What forms and addresses of several rooms may say."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, fields


class Asked(Schema):
    """The words of a form or an address; whatever else it says, such as the proof of a form, is passed over."""

    class Meta:
        """marshmallow's options."""

        unknown = EXCLUDE


class Text(fields.String):
    """What somebody typed into a field of several lines: browsers send line ends of two characters."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> str:
        typed: str = super()._deserialize(value, attr, data, **more)
        return typed.replace("\r\n", "\n")
