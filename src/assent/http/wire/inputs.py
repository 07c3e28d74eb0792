"""From a request in MLflow's manner to the values that a call takes."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from flask import request
from marshmallow import ValidationError, fields

from assent.http.calls import Call, body_is_json
from assent.http.wire.fields import missing
from assent.kernel.errors import Invalid


def load(call: Call) -> Mapping[str, Any]:
    """What the call takes, in the view's own types. Raises Invalid with MLflow's sentence."""
    if call.method == "POST" and not body_is_json():
        raise Invalid("Bad Request. Content-Type must be 'application/json'.")
    if call.takes is None:
        return {}
    given = _given(call.method, call.takes.fields)
    for name, field in call.takes.fields.items():
        if field.required and given.get(field.data_key or name, "") == "":
            raise Invalid(missing(field.data_key or name))
    try:
        loaded: dict[str, Any] = call.takes.load(given)
    except ValidationError as refused:
        raise Invalid(_first(refused.messages)) from None
    return loaded


def _given(method: str, wanted: Mapping[str, fields.Field[Any]]) -> dict[str, Any]:
    match method:
        case "GET":
            return _query(wanted)
        case "DELETE":
            # The client of Databricks sends the parameters in the query string, MLflow's in the body.
            return _body() | _query(wanted)
    return _body()


def _query(wanted: Mapping[str, fields.Field[Any]]) -> dict[str, Any]:
    try:
        text = request.query_string.decode("ascii")
        given = parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except (UnicodeDecodeError, ValueError):
        raise Invalid("The query string is no percent-encoded UTF-8, or holds over 1000 fields.") from None
    lists = {field.data_key or name for name, field in wanted.items() if isinstance(field, fields.List)}
    return {name: values if name in lists else values[0] for name, values in given.items()}


def _body() -> dict[str, Any]:
    body = request.get_data(cache=False)
    if not body.strip():
        return {}
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        raise Invalid(f"The body is no JSON: {problem}.") from None
    if not isinstance(given, dict):
        raise Invalid(f"The body must be a JSON object, and is of type '{type(given).__name__}'.")
    return {name: value for name, value in given.items() if value is not None}


def _first(messages: Any) -> str:
    while not isinstance(messages, str):
        messages = next(iter(messages.values() if isinstance(messages, dict) else messages))
    return messages
