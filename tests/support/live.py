"""Calls of a live server, from as many threads as a test wants."""

from dataclasses import dataclass
from typing import Any

import requests

from support.calling import API, MLFLOW


@dataclass(frozen=True)
class Client:
    """Somebody with a token. Each call is a connection of its own."""

    url: str
    token: str

    def call(self, method: str, path: str, **fields: Any) -> dict[str, Any]:
        """A call of MLflow's protocol that must succeed. Raises requests' errors."""
        return self._answer(method, MLFLOW + path, json=fields)

    def native(self, method: str, path: str, **fields: Any) -> dict[str, Any]:
        """A native call that must succeed. Raises requests' errors."""
        return self._answer(method, API + path, **{"params" if method == "GET" else "json": fields})

    def post(self, path: str, **fields: Any) -> dict[str, Any]:
        """A POST that must succeed."""
        return self.call("POST", path, **fields)

    def register(self, name: str) -> int:
        """Register a version, and give its number."""
        version = self.post("/model-versions/create", name=name, source="s3://bucket/model")["model_version"]
        return int(version["version"])

    def _answer(self, method: str, path: str, **sent: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.request(method, self.url + path, headers=headers, timeout=60, **sent)
        if answer.status_code != requests.codes.ok:
            raise requests.HTTPError(f"{answer.status_code} {answer.text}", response=answer)
        given: dict[str, Any] = answer.json()
        return given
