"""Canonical JSON (RFC 8785) and its digest: the same facts are the same bytes, whoever wrote them."""

from hashlib import sha256
from typing import Any

import rfc8785

from assent.kernel.errors import Invalid
from assent.lineage.runs.shapes import LARGEST_INTEGER, number


def written(value: Any) -> bytes:
    """The one way to write a value: no spaces, names in order, numbers as ECMAScript writes them. Raises Invalid."""
    try:
        return rfc8785.dumps(_of_doubles(value))
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as problem:
        raise Invalid(f"The value cannot be written as canonical JSON: {problem}") from problem


def digest(content: bytes) -> str:
    """The digest of what was written: `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{sha256(content).hexdigest()}"


def _of_doubles(value: Any) -> Any:
    """The value with integers that only a double can hold as doubles: so they are read back as what was written."""
    match value:
        case dict():
            return {name: _of_doubles(each) for name, each in value.items()}
        case list():
            return [_of_doubles(each) for each in value]
        case int() if abs(value) > LARGEST_INTEGER:
            return number(value, "A number")
    return value
