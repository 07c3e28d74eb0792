"""What plain values from elsewhere may look like: texts, numbers, lists and fields, all within bounds."""

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from assent.kernel.errors import Invalid

LONGEST_KEY = 500
LONGEST_TEXT = 100_000
DEEPEST = 20
MOST_VALUES = 50_000
MOST_CHARACTERS = 2_000_000
# Beyond it neighbouring integers are the same double, which is all that JSON has.
LARGEST_INTEGER = 2**53 - 1

Shape = Callable[[object, str], Any]

_SURROGATE = re.compile("[\ud800-\udfff]")


def wrong(path: str, what: str) -> Invalid:
    """What is wrong with the value at a path."""
    return Invalid(f"{path} {what}.")


def text(longest: int = LONGEST_TEXT, *, empty: bool = True) -> Shape:
    """A text that every database can keep."""

    def checked(value: object, path: str) -> str:
        if not isinstance(value, str):
            raise wrong(path, "must be a text")
        if not value and not empty:
            raise wrong(path, "must not be empty")
        if len(value) > longest:
            raise wrong(path, f"is {len(value)} characters long; {longest} are the most")
        if "\x00" in value:
            raise wrong(path, "must not hold a NUL character")
        if _SURROGATE.search(value):
            raise wrong(path, "must be Unicode, and holds half of a surrogate pair")
        return value

    return checked


_TEXT = text()
_KEY = text(LONGEST_KEY)


def number(value: object, path: str) -> int | float:
    """A finite number that a double holds exactly. Raises Invalid."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(path, "must be a number")
    if isinstance(value, float):
        if not math.isfinite(value):
            raise wrong(path, "must be a finite number")
        return value
    if abs(value) <= LARGEST_INTEGER:
        return value
    # A large double is written by its shortest digits, and without an exponent where it has up to 21 of them.
    double = float(value) if value.bit_length() < 1024 else math.inf
    if math.isfinite(double) and value in (int(double), int(Decimal(repr(double)))):
        return double
    raise wrong(path, f"must be a number that a double holds exactly, so not beyond {LARGEST_INTEGER}")


def whole(value: object, path: str) -> int:
    """A whole number. Raises Invalid."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_INTEGER:
        raise wrong(path, f"must be a whole number between -{LARGEST_INTEGER} and {LARGEST_INTEGER}")
    return value


def truth(value: object, path: str) -> bool:
    """True or false. Raises Invalid."""
    if not isinstance(value, bool):
        raise wrong(path, "must be true or false")
    return value


def fields(of: Mapping[str, Shape], *, needed: frozenset[str] = frozenset()) -> Shape:
    """An object with these fields and no others, of which some must be there."""

    def checked(value: object, path: str) -> dict[str, Any]:
        given = _object(value, path)
        for name in given:
            if name not in of:
                raise wrong(path, f"has a field {_clipped(name)} that is unknown; known are {', '.join(of)}")
        for name in needed:
            if name not in given:
                raise wrong(f"{path}.{name}", "is missing")
        return {name: of[name](each, f"{path}.{name}") for name, each in given.items()}

    return checked


def each_of(shape: Shape, *, most: int) -> Shape:
    """An object from any names to values of one shape."""

    def checked(value: object, path: str) -> dict[str, Any]:
        given = _object(value, path)
        _must_be_few(given, path, most)
        return {
            _KEY(name, f"{path}: a name"): shape(each, f"{path}.{_clipped(name)}") for name, each in given.items()
        }

    return checked


def list_of(shape: Shape, *, most: int) -> Shape:
    """A list of values of one shape."""

    def checked(value: object, path: str) -> list[Any]:
        if not isinstance(value, list):
            raise wrong(path, "must be a list")
        _must_be_few(value, path, most)
        return [shape(each, f"{path}[{place}]") for place, each in enumerate(value)]

    return checked


def anything(value: object, path: str) -> Any:
    """Any JSON, neither too deep nor too much of it. Raises Invalid."""
    return _Counted(path).checked(value, path, DEEPEST)


def as_json(value: object, path: str) -> Any:
    """The same of what YAML says: what it has beside JSON becomes a text. Raises Invalid."""
    return _Counted(path, with_others=True).checked(value, path, DEEPEST)


class _Counted:
    """Counts what lies within a value, since a few values that refer to each other may unfold to billions."""

    def __init__(self, path: str, *, with_others: bool = False) -> None:
        self._path = path
        self._values = MOST_VALUES
        self._characters = MOST_CHARACTERS
        self._with_others = with_others

    def checked(self, value: object, path: str, deeper: int) -> Any:
        self._values -= 1
        if self._values < 0:
            raise wrong(self._path, f"holds more than {MOST_VALUES} values")
        if not deeper:
            raise wrong(self._path, f"is nested deeper than {DEEPEST} levels")
        match value:
            case list():
                return [self.checked(each, f"{path}[{place}]", deeper - 1) for place, each in enumerate(value)]
            case dict():
                return {
                    self._name(name, path): self.checked(each, f"{path}.{_clipped(name)}", deeper - 1)
                    for name, each in value.items()
                }
        return self._single(value, path)

    def _single(self, value: object, path: str) -> object:
        if value is None or isinstance(value, bool):
            return value
        if self._with_others and not _is_json(value):
            value = str(value)
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, int | float):
            return number(value, path)
        raise wrong(path, f"must be JSON, and is a {type(value).__name__}")

    def _text(self, value: object, path: str) -> str:
        known: str = _TEXT(value, path)
        self._characters -= len(known)
        if self._characters < 0:
            raise wrong(self._path, f"holds texts of more than {MOST_CHARACTERS} characters")
        return known

    def _name(self, value: object, path: str) -> str:
        name: str = _KEY(str(value) if self._with_others else value, f"{path}: a name")
        return name


def _is_json(value: object) -> bool:
    return isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))


def _object(value: object, path: str) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise wrong(path, "must be an object")
    return value


def _must_be_few(given: dict[Any, Any] | list[Any], path: str, most: int) -> None:
    if len(given) > most:
        raise wrong(path, f"has {len(given)} entries; {most} are the most")


def _clipped(name: object) -> str:
    """A name as a message repeats it; what cannot be encoded is shown escaped."""
    shown = str(name)[:100]
    return shown if shown.isprintable() else ascii(shown)
