"""What people type: names, words, days, and what a token or a publisher is limited to."""

from datetime import datetime
from typing import Any, TypeAlias

from marshmallow import ValidationError, fields, post_load, validate
from sqlalchemy.orm import Session

from assent.access.policy.levels import Scope
from assent.access.policy.limits import Limits, limits
from assent.access.policy.names import NAME_LENGTH
from assent.registry.stages import target
from assent.web.frame.inputs import Asked

DAY = 86_400_000
_LATEST_ID = 2**53
_LONGEST_WORDS = 20_000


# The scopes, the pattern and the targets that a form says; None of a kind is no limit.
Said: TypeAlias = tuple[list[str] | None, str | None, list[str] | None]


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


def number_before(**more: Any) -> fields.Integer:
    """Where a page of a list begins: after an id."""
    return fields.Integer(load_default=0, validate=validate.Range(0, _LATEST_ID), **more)


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


class Limited(Asked):
    """What a token or a publisher is limited to; what is empty or not ticked is no limit."""

    scope_read = fields.Boolean(load_default=False)
    scope_register = fields.Boolean(load_default=False)
    scope_report = fields.Boolean(load_default=False)
    scope_request = fields.Boolean(load_default=False)
    scope_decide = fields.Boolean(load_default=False)
    scope_manage = fields.Boolean(load_default=False)
    pattern = words()
    targets = words()

    @post_load
    def _gather(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        """All of it under one name: what `limits_of` takes."""
        ticked = [scope.value for scope in Scope if loaded.pop(f"scope_{scope.value}")]
        pattern, targets = loaded.pop("pattern").strip(), lines_of(loaded.pop("targets"))
        return loaded | {"limited": (ticked or None, pattern or None, targets or None)}


class NewToken(Limited):
    """A token that is to be made: what it is for, for how many days (0: for ever), and its limits."""

    label = words()
    days = fields.Integer(load_default=0, validate=validate.Range(0, 3650))

    @post_load
    def _last(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        days = loaded.pop("days")
        return loaded | {"lasts": days * DAY or None}


class _Publisher(Limited):
    """Whose tokens to exchange for what; a claim a line, written NAME=PATTERN."""

    issuer = words()
    claims = words()
    service_account = words()

    @post_load
    def _read(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        claims = [line.partition("=") for line in lines_of(loaded["claims"])]
        for name, equals, _pattern in claims:
            if not equals:
                raise ValidationError(f"Write {name} as NAME=PATTERN.", "claims")
        return loaded | {"claims": {name.strip(): pattern.strip() for name, _, pattern in claims}}


class NewPublisher(_Publisher):
    """A publisher that is to be trusted."""

    name = words()


class NewPublisherOfModel(_Publisher):
    """The same with one model, whose name the address has."""

    publisher = words()


def limits_of(session: Session, limited: Said) -> Limits:
    """The limits that a form says. Raises Invalid, for stages that are not there, too."""
    ticked, pattern, named = limited
    return limits(ticked, pattern, None if named is None else [target(session, word) for word in named])


def lines_of(text: str) -> list[str]:
    """What somebody wrote in lines, without the empty ones."""
    return [line for line in map(str.strip, text.splitlines()) if line]
