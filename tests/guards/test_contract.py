"""The contract describes every route that exists, and nothing else."""

import re
from pathlib import Path

import pytest
import yaml
from flask import Flask
from openapi_spec_validator import validate

from assent.faces import FACES
from assent.http import openapi
from assent.http.calls import Face
from assent.web.frame.face import web

COMMITTED = Path(__file__).parents[2] / "openapi.yaml"


def _routes(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, re.sub(r"<(?:[^:>]*:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
    }


def test_the_committed_document_is_the_one_the_code_makes() -> None:
    assert COMMITTED.read_text() == openapi.as_yaml(FACES), "run `make contract`"


def test_routes_and_document_are_equal_both_ways(sqlite_app: Flask) -> None:
    document = yaml.safe_load(COMMITTED.read_text())
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    shown = {(call.method, re.sub(r"<(?:[^:>]*:)?(\w+)>", r"{\1}", call.path)) for call in web.calls}
    assert described.isdisjoint(shown)
    assert described | shown == _routes(sqlite_app)


def test_the_document_is_valid() -> None:
    validate(yaml.safe_load(COMMITTED.read_text()))


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_every_face_has_errors_of_its_own(face: Face) -> None:
    document = openapi.document(FACES)
    told = document["components"]["responses"][f"{face.name}_503"]["content"]
    assert list(told) == [face.error_media_type]


def test_every_operation_tells_what_it_is_for() -> None:
    for item in openapi.document(FACES)["paths"].values():
        for operation in item.values():
            assert operation["summary"].endswith(".")


def test_every_schema_tells_what_it_is() -> None:
    schemas = openapi.document(FACES)["components"]["schemas"]
    assert [name for name, schema in schemas.items() if not schema["description"]] == []


def test_a_question_tells_what_may_be_asked_and_how() -> None:
    asked = openapi.document(FACES)["paths"]["/api/v1/lineage/made-from"]["get"]
    assert asked["description"].startswith("A node, and where the versions stand")
    assert {each["name"] for each in asked["parameters"] if each.get("description")} == {"of", "standing", "at"}
