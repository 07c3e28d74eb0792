"""What a token or a publisher is limited to, as forms say it."""

from typing import Any, TypeAlias

from marshmallow import ValidationError, fields, post_load, validate
from sqlalchemy.orm import Session

from assent.access.policy.levels import Scope
from assent.access.policy.limits import Limits, limits
from assent.registry.stages import target
from assent.web.frame.inputs import DAY, Asked, lines_of, words

# The scopes, the pattern and the targets that a form says; None of a kind is no limit.
Said: TypeAlias = tuple[list[str] | None, str | None, list[str] | None]


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
