"""Fields that several native calls take."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from assent.access.levels import Level
from assent.access.tables import NAME_LENGTH

KINDS = ("user", "service_account", "group")
AT = {"example": 1795408000000}


def name_of(what: str, **more: Any) -> fields.String:
    """The name of a user, a service account or a group."""
    return fields.String(validate=[validate.Length(1, NAME_LENGTH), storable], metadata={"example": what}, **more)


def kind(**more: Any) -> fields.String:
    """What somebody is who is in a group, or who is granted something."""
    return fields.String(validate=validate.OneOf(KINDS), metadata={"example": "user"}, **more)


def level(**more: Any) -> fields.Enum[Level]:
    """A permission level."""
    return fields.Enum(Level, by_value=True, metadata={"example": "CAN_READ"}, **more)


def pattern(**more: Any) -> fields.String:
    """A pattern of models' names."""
    return fields.String(allow_none=True, metadata={"example": "churn-*"}, **more)


def storable(text: str) -> None:
    """Refuse what PostgreSQL keeps in no text."""
    if "\x00" in text:
        raise ValidationError("It holds a NUL character.")


class AfterName(Schema):
    """Where a page of a list begins: after this name."""

    after = fields.String(load_default="", validate=[validate.Length(max=NAME_LENGTH), storable])
