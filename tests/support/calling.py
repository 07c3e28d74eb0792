"""Calls of the service, as short as a test wants them."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from support.databases import PASSWORD

MLFLOW = "/api/2.0/mlflow"
API = "/api/v1"


@dataclass(frozen=True)
class Caller:
    """Somebody with a client. Fields are sent as MLflow's client sends them: in a query for GET, else in a body."""

    client: FlaskClient
    name: str = "alice"

    def by(self, name: str) -> "Caller":
        """The same client in other hands."""
        return Caller(self.client, name)

    def answer(self, method: str, path: str, **options: Any) -> TestResponse:
        """A bare request, with credentials."""
        return self.client.open(path, method=method, auth=(self.name, PASSWORD), **options)

    def request(self, method: str, path: str, **fields: Any) -> TestResponse:
        """A call of MLflow's protocol, whatever comes of it."""
        sent = {"query_string": fields} if method == "GET" else {"json": fields}
        return self.answer(method, MLFLOW + path, **sent)

    def __call__(self, method: str, path: str, **fields: Any) -> dict[str, Any]:
        """A call of MLflow's protocol that must succeed."""
        answer = self.request(method, path, **fields)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json or {}
        return found

    def refused(self, method: str, path: str, **fields: Any) -> tuple[int, str, str]:
        """A call that must fail: its status, error code and message."""
        answer = self.request(method, path, **fields)
        assert answer.json is not None, answer.text
        return answer.status_code, answer.json["error_code"], answer.json["message"]

    def api(self, method: str, path: str, *, status: int = 200, **fields: Any) -> dict[str, Any]:
        """A native call that must be answered with a status."""
        sent = {"query_string": fields} if method == "GET" else {"json": fields}
        answer = self.answer(method, API + path, **sent)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json or {}
        return found

    def model(self, name: str = "m", **fields: Any) -> dict[str, Any]:
        """Create a model."""
        created: dict[str, Any] = self("POST", "/registered-models/create", name=name, **fields)["registered_model"]
        return created

    def version(self, name: str = "m", source: str = "s3://bucket/model", **fields: Any) -> dict[str, Any]:
        """Register a version."""
        created: dict[str, Any] = self("POST", "/model-versions/create", name=name, source=source, **fields)[
            "model_version"
        ]
        return created

    def move(self, number: str, stage: str, name: str = "m", **fields: Any) -> dict[str, Any]:
        """Put a version into a stage."""
        moved: dict[str, Any] = self(
            "POST", "/model-versions/transition-stage", name=name, version=number, stage=stage, **fields
        )["model_version"]
        return moved

    def point(self, alias: str, number: str, name: str = "m") -> None:
        """Let an alias point to a version."""
        self("POST", "/registered-models/alias", name=name, alias=alias, version=number)

    def found(self, text: str = "", **fields: Any) -> list[str]:
        """The versions that a search finds, as `name/number`."""
        answer = self("GET", "/model-versions/search", filter=text, **fields)
        return [f"{each['name']}/{each['version']}" for each in answer.get("model_versions", [])]

    def found_models(self, text: str = "", **fields: Any) -> list[str]:
        """The names of the models that a search finds."""
        answer = self("GET", "/registered-models/search", filter=text, **fields)
        return [each["name"] for each in answer.get("registered_models", [])]
