"""Fields that several native calls take."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy.orm import Session

from assent.access.policy.levels import Level, Scope
from assent.access.policy.limits import Limits, limits
from assent.access.policy.names import NAME_LENGTH
from assent.registry.stages import target

KINDS = ("user", "service_account", "group")
AT = {"description": "Milliseconds since 1970.", "example": 1795408000000}
SCOPES = {"example": ["read", "register"]}
TARGETS = {"example": ["Staging", "@challenger"]}

_LONGEST_TARGET = 256


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


def scopes(**more: Any) -> fields.List[str]:
    """What tokens may be used for."""
    words = validate.OneOf([scope.value for scope in Scope])
    return fields.List(fields.String(validate=words), metadata=SCOPES, **more)


def targets(**more: Any) -> fields.List[str]:
    """Where versions may be moved to with tokens: stages, and aliases with an `@` before them."""
    return fields.List(
        fields.String(validate=[validate.Length(1, _LONGEST_TARGET), storable]),
        allow_none=True,
        load_default=None,
        validate=validate.Length(1, 100),
        metadata=TARGETS,
        **more,
    )


def limits_of(session: Session, scopes: list[str] | None, pattern: str | None, targets: list[str] | None) -> Limits:
    """The limits that these fields say. Raises Invalid."""
    return limits(scopes, pattern, None if targets is None else [target(session, word) for word in targets])


def storable(text: str) -> None:
    """Refuse what PostgreSQL keeps in no text."""
    if "\x00" in text:
        raise ValidationError("It holds a NUL character.")


class AfterName(Schema):
    """Where a page of a list begins: after this name."""

    after = fields.String(load_default="", validate=[validate.Length(max=NAME_LENGTH), storable])
