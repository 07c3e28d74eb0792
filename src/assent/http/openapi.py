"""The contract as an OpenAPI document, made from the same schemas that read the input."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from importlib.metadata import version
from inspect import cleandoc
from typing import Any

import yaml
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

from assent.http.calls import Call, Face, Uses

_DESCRIPTION = """\
A model registry in which nothing reaches production unsigned.

The calls below `/api/2.0/mlflow` are the registry protocol of MLflow, as its unmodified clients speak it, and
answer errors in MLflow's form. The same calls answer below `/ajax-api/2.0/mlflow`, for MLflow's web page, and
below `/api/2.0/preview/mlflow`, for its 1.x clients; what newer ones ask about users lies below `/api/3.0/mlflow`.
The calls below `/api/2.0/mlflow/databricks`, `/api/2.0/mlflow/comments`, `/api/2.0/permissions` and
`/api/2.0/preview/scim` are what Databricks' registry has beside them, for its unmodified SDK.
The calls below `/api/v1` are Assent's own.
"""


def document(faces: Iterable[Face]) -> dict[str, Any]:
    """The document for all calls of some faces: a call under several prefixes is an operation under each."""
    plugin = _Plugin()
    spec = APISpec(
        title="Assent",
        version=version("assent"),
        openapi_version="3.1.0",
        plugins=[plugin],
        info={"description": _DESCRIPTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        servers=[{"url": "/"}],
        security=[{"basic": []}, {"bearer": []}],
    )
    spec.components.security_scheme("basic", {"type": "http", "scheme": "basic"})
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    for face in faces:
        _declare_errors(spec, face)
        for number, prefix in enumerate(face.prefixes):
            for call in face.calls:
                operation = _operation(face, call, plugin)
                if number:
                    operation |= {
                        "operationId": f"{operation['operationId']}{number + 1}",
                        "tags": [f"below {prefix}"],
                    }
                spec.path(path=prefix + _template(call.path), operations={call.method.lower(): operation})
    return spec.to_dict()


def as_yaml(faces: Iterable[Face]) -> str:
    """The document as it is committed: the same bytes for the same calls."""
    text: str = yaml.dump(document(faces), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text


class _Converter(OpenAPIConverter):
    """Tells of every schema what it says of itself."""

    def schema2jsonschema(self, schema: Schema) -> dict[str, Any]:
        """The JSON Schema, with the schema's docstring."""
        written: dict[str, Any] = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]  # theirs
        return {"description": _told_by(schema), **written}


class _Plugin(MarshmallowPlugin):
    """Writes schemas down as that converter does."""

    Converter = _Converter


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such, and repeats what recurs instead of naming it."""

    def ignore_aliases(self, _value: Any) -> bool:
        """Whether a value is written out where it recurs."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _operation(face: Face, call: Call, plugin: MarshmallowPlugin) -> dict[str, Any]:
    summary, _, rest = _told_by(call.view).partition("\n")
    operation: dict[str, Any] = {
        "operationId": f"{face.name}_{call.name}_{call.method.lower()}",
        "tags": [face.name],
        "summary": summary,
    }
    asked = _told_by(call.takes) if call.takes is not None and call.takes_query else ""
    if description := "\n\n".join(filter(None, (rest.strip(), asked))):
        operation["description"] = description
    parameters = [*_path_parameters(call), *_query_parameters(call, plugin)]
    if parameters:
        operation["parameters"] = parameters
    if call.takes is not None and not call.takes_query:
        # A DELETE may carry its parameters in the query string instead.
        content = {call.body_media_type: {"schema": call.takes, **_example_of(call.takes)}}
        operation["requestBody"] = {"required": call.method != "DELETE", "content": content}
    operation["responses"] = _responses(face, call)
    if not call.needs_credentials:
        operation["security"] = []
    return operation


def _told_by(written: object) -> str:
    return cleandoc(written.__doc__ or "")


def _path_parameters(call: Call) -> Iterator[dict[str, Any]]:
    for part in call.path.split("/"):
        if part.startswith("<"):
            converter, _, name = part[1:-1].rpartition(":")
            is_number = converter.startswith("int")
            schema = {"type": "integer", "minimum": 0} if is_number else {"type": "string", "minLength": 1}
            yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(call: Call, plugin: MarshmallowPlugin) -> Iterator[dict[str, Any]]:
    if call.takes is None or not (call.takes_query or call.method == "DELETE"):
        return
    assert plugin.converter is not None  # noqa: S101 (set when the plugin was given to the document)
    for name, field in call.takes.fields.items():
        schema = plugin.converter.field2property(field)
        parameter = {"name": field.data_key or name, "in": "query", "required": field.required and call.takes_query}
        parameter |= {told: schema.pop(told) for told in ("description", "example") if told in schema}
        if isinstance(field, fields.List):
            parameter |= {"style": "form", "explode": True}
        yield parameter | {"schema": schema}


def _responses(face: Face, call: Call) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if call.gives is not None:
        content = {"schema": call.gives, **_example_of(call.gives)}
    told = {media_type: {"schema": {"type": "string"}} for media_type in call.streams} or {call.media_type: content}
    responses: dict[str, Any] = {"200": {"description": HTTPStatus.OK.phrase, "content": told}}
    if call.redirects:
        location = {"Location": {"schema": {"type": "string"}}}
        responses["307"] = {"description": HTTPStatus.TEMPORARY_REDIRECT.phrase, "headers": location}
    for status in sorted({*call.errors, *_errors_of_every(call)}):
        responses[str(status)] = f"{face.name}_{status}"
    return responses


def _declare_errors(spec: APISpec, face: Face) -> None:
    """Each face's own errors, once for all of its calls."""
    statuses = {status for call in face.calls for status in (*call.errors, *_errors_of_every(call))}
    for status in sorted(statuses):
        told = {face.error_media_type: {"schema": face.error}}
        described = {"description": HTTPStatus(status).phrase, "content": told}
        if status == 401:
            described["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
        spec.components.response(f"{face.name}_{status}", described)


def _errors_of_every(call: Call) -> set[int]:
    errors = {503}
    if call.needs_credentials:
        errors.add(401)
    if call.uses is Uses.WRITES:
        errors.add(409)
    if call.takes is not None:
        errors.add(400)
        if not call.takes_query:
            errors.add(413)
    return errors


def _example_of(schema: Schema) -> dict[str, Any]:
    """An example made of those of the fields, for schemas that have any."""
    example = {
        field.data_key or name: _example(field)
        for name, field in schema.fields.items()
        if _example(field) is not None
    }
    return {"example": example} if example else {}


def _example(field: fields.Field[Any]) -> Any:
    if "example" in field.metadata:
        return field.metadata["example"]
    if isinstance(field, fields.Nested):
        return _example_of(field.schema).get("example")
    if isinstance(field, fields.List):
        inner = _example(field.inner)
        return None if inner is None else [inner]
    return None


def _template(path: str) -> str:
    """A route in OpenAPI's notation."""
    parts = [f"{{{part[1:-1].rpartition(':')[2]}}}" if part.startswith("<") else part for part in path.split("/")]
    return "/".join(parts)
