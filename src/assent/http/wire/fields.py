"""Fields of MLflow's wire: what they take, and its words for what they refuse."""

import reprlib
from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from assent.registry import names

_SEE_DOCS = "See the API docs for more information about request parameters."


def missing(name: str) -> str:
    """MLflow's sentence for a required parameter that is absent or empty."""
    return f"Missing value for required parameter '{name}'. {_SEE_DOCS}"


def _mistyped(value: Any, name: str) -> ValidationError:
    hint = f"Hint: Value was of type '{type(value).__name__}'."
    return ValidationError(f"Invalid value {_shown(value)} for parameter '{name}' supplied: {hint} {_SEE_DOCS}")


# Bodies may be nested deeper than repr() can follow.
_shortened = reprlib.Repr()
_shortened.maxstring = _shortened.maxother = 100


def _shown(value: Any) -> str:
    return _shortened.repr(value)


class Wire(Schema):
    """An input of MLflow's protocol: fields that nobody knows are ignored."""

    class Meta:
        """marshmallow's options."""

        unknown = EXCLUDE


class Text(fields.String):
    """A JSON string, or a query parameter."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> str:
        if not isinstance(value, str):
            raise _mistyped(value, attr or "")
        if "\x00" in value:
            raise ValidationError(f"Invalid value for parameter '{attr}' supplied: it holds a NUL character.")
        return value


# What follows gives what the views take, where marshmallow's own fields would give something else: hence the ignores.


class Number(fields.String):
    """A version's number: a JSON string that Python reads as an integer."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> int:  # type: ignore[override]
        if not isinstance(value, str):
            raise _mistyped(value, attr or "")
        return names.version_number(value)


class Flag(fields.Boolean):
    """A JSON boolean."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> bool:
        if not isinstance(value, bool):
            raise _mistyped(value, attr or "")
        return value


class Count(fields.Integer):
    """How many results a page may hold."""

    def __init__(self, *, most: int, default: int) -> None:
        super().__init__(load_default=default, metadata={"minimum": 1, "maximum": most})
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> int:
        try:
            number = int(value) if isinstance(value, str | int) and not isinstance(value, bool) else 0
        except ValueError:
            number = 0
        if not 1 <= number <= self.most:
            raise ValidationError(
                f"Invalid value \"{str(value)[:100]}\" for parameter '{attr}' supplied: "
                f"It must be an integer from 1 to {self.most}."
            )
        return number


class Texts(fields.List[str]):
    """A JSON array of strings, or a repeated query parameter."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Text(), load_default=list, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> list[str]:  # type: ignore[override]
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _mistyped(value, attr or "")
        if any("\x00" in item for item in value):
            raise ValidationError(f"Invalid value for parameter '{attr}' supplied: it holds a NUL character.")
        return value


class Tag(Wire):
    """A key and a value."""

    key = Text(required=True)
    value = Text(load_default="")


class Tags(fields.List[Any]):
    """A JSON array of tags; of a key that comes twice the last value counts."""

    def __init__(self) -> None:
        super().__init__(fields.Nested(Tag), load_default=dict)

    def _deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> dict[str, str]:
        if not isinstance(value, list) or not all(isinstance(tag, dict) for tag in value):
            raise _mistyped(value, attr or "")
        tags = {}
        for tag in value:
            key, text = tag.get("key"), tag.get("value")
            if not key:
                raise ValidationError(missing("key"))
            for given in (key, text):
                if given is not None and not isinstance(given, str):
                    raise _mistyped(given, attr or "")
            if "\x00" in (text or ""):
                raise ValidationError(f"Invalid value for parameter '{attr}' supplied: it holds a NUL character.")
            tags[key] = text or ""
        return tags
