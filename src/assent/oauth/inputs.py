"""From a form to the values that a call takes. What nobody knows is ignored, as RFC 6749 wants it."""

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import ValidationError

from assent.http.calls import Call
from assent.kernel.errors import Invalid

FORM = "application/x-www-form-urlencoded"

# A token of an issuer has at most a quarter of it.
_LARGEST = 64 * 1024


def load(call: Call) -> Mapping[str, Any]:
    """What the call takes. Raises Invalid, naming the parameter."""
    if call.takes is None:
        return {}
    if request.mimetype != FORM:
        raise Invalid(f"The body must be {FORM}.")
    request.max_content_length = _LARGEST
    given = {}
    for name, values in request.form.lists():
        if len(values) > 1:
            raise Invalid("A parameter is given more than once.")
        # One without a value counts as one that was left out.
        if values[0]:
            given[name] = values[0]
    try:
        loaded: dict[str, Any] = call.takes.load(given)
    except ValidationError as refused:
        name, told = next(iter(refused.messages_dict.items()))
        raise Invalid(f"{name}: {' '.join(told)}") from None
    return loaded
