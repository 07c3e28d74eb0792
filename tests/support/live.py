"""Calls of a live server, from as many threads as a test wants."""

from dataclasses import dataclass
from typing import Any

import requests

from support.calling import MLFLOW


@dataclass(frozen=True)
class Client:
    """Somebody with a token. Each call is a connection of its own."""

    url: str
    token: str

    def call(self, method: str, path: str, **fields: Any) -> dict[str, Any]:
        """A call of MLflow's protocol that must succeed. Raises requests' errors."""
        answer = requests.request(
            method,
            self.url + MLFLOW + path,
            json=fields,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,
        )
        if answer.status_code != requests.codes.ok:
            raise requests.HTTPError(f"{answer.status_code} {answer.text}", response=answer)
        given: dict[str, Any] = answer.json()
        return given

    def post(self, path: str, **fields: Any) -> dict[str, Any]:
        """A POST that must succeed."""
        return self.call("POST", path, **fields)

    def register(self, name: str) -> int:
        """Register a version, and give its number."""
        version = self.post("/model-versions/create", name=name, source="s3://bucket/model")["model_version"]
        return int(version["version"])
