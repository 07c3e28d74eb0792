"""From a request of the native API to the values that a call takes. What nobody knows is refused."""

import zlib
from collections.abc import Mapping
from typing import Any

import orjson
from flask import current_app, request
from marshmallow import ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

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
        return orjson.loads(_unpacked())
    except orjson.JSONDecodeError as problem:
        raise Invalid(f"The body is no JSON: {problem}.") from None


def _unpacked() -> bytes:
    """The body as it was before the client packed it, which those of OpenLineage can be told to do."""
    body = request.get_data(cache=False)
    if request.content_encoding in (None, "", "identity"):
        return body
    if request.content_encoding != "gzip":
        raise Invalid("The body must be plain, or packed with gzip.")
    most = current_app.config["MAX_CONTENT_LENGTH"]
    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        # No more than may come at all: what unpacks to gigabytes is small.
        unpacked = unpacking.decompress(body, most + 1)
    except zlib.error as problem:
        raise Invalid(f"The body is not packed with gzip: {problem}.") from None
    if len(unpacked) > most:
        raise RequestEntityTooLarge
    if not unpacking.eof or unpacking.unused_data:
        raise Invalid("The body is not packed with gzip: it has no end, or something after it.")
    return unpacked


def _sentence(messages: Mapping[str, Any]) -> str:
    return " ".join(f"{field}: {' '.join(map(str, told))}" for field, told in messages.items())
