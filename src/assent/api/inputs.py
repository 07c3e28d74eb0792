"""From a request of the native API to the values that a call takes. What nobody knows is refused."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import request
from marshmallow import ValidationError

from assent.http.calls import Call, body_is_json
from assent.kernel.errors import Invalid


def load(call: Call) -> Mapping[str, Any]:
    """What the call takes. Raises Invalid, naming the field."""
    if call.takes is None:
        return {}
    try:
        loaded: dict[str, Any] = call.takes.load(_given(call))
    except ValidationError as refused:
        raise Invalid(_sentence(refused.messages_dict)) from None
    return loaded


def _given(call: Call) -> Any:
    # A DELETE may name what it deletes in its query: not every client sends a body with one.
    in_query = call.takes_query or (call.method == "DELETE" and not request.content_length)
    return request.args if in_query else _body()


def _body() -> Any:
    if not body_is_json():
        raise Invalid("The body must be application/json.")
    try:
        return orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as problem:
        raise Invalid(f"The body is no JSON: {problem}.") from None


def _sentence(messages: Mapping[str, Any]) -> str:
    return " ".join(f"{field}: {' '.join(map(str, told))}" for field, told in messages.items())
