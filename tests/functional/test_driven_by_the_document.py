"""The service, driven from its own document with whatever that allows and with what it does not.

No answer is a 5xx, none is undocumented, and each has the form that the document promises.
"""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from assent.faces import FACES
from assent.http import openapi
from support.calling import Caller
from support.databases import PASSWORD, PostgresDatabases, SqliteDatabases
from support.serving import serving

PROMISES = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
HEADERS = {"Authorization": "Basic " + base64.b64encode(f"alice:{PASSWORD}".encode()).decode()}


@pytest.fixture(scope="module")
def document(databases: SqliteDatabases | PostgresDatabases) -> Iterator[Any]:
    """The document of a service in which there is something to find."""
    with databases.copy() as url, serving(url) as app:
        call = Caller(app.test_client())
        call.model("Ecommerce Model")
        call.version("Ecommerce Model")
        call.point("champion", "1", name="Ecommerce Model")
        loaded = schemathesis.openapi.from_wsgi("/openapi.yaml", app, headers=HEADERS)
        yield loaded


def _operations() -> list[tuple[str, str]]:
    """Every path and method; the same calls under the other prefixes are the same views."""
    described = openapi.document(FACES)["paths"]
    twins = ("/ajax-api/", "/api/2.0/preview/mlflow/")
    return [(path, method) for path, item in described.items() if not path.startswith(twins) for method in item]


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(("path", "method"), _operations())
def test_no_answer_breaks_a_promise(document: Any, path: str, method: str, mode: GenerationMode) -> None:
    cases = document[path][method].as_strategy(generation_mode=mode)

    @given(case=cases)
    @settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def _call(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(headers=HEADERS, checks=PROMISES)

    try:
        _call()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "a call that takes nothing cannot be called wrongly"
