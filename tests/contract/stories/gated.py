"""Serving loads by stage and by alias while a new version waits for its approvals, and after it has them."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import mlflow
import mlflow.sklearn
import requests
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from sklearn.dummy import DummyClassifier

asked = json.loads(sys.argv[1])
REGISTRY = os.environ["MLFLOW_REGISTRY_URI"].removeprefix("assent+")
URIS = ("models:/gated/Production", "models:/gated@champion")

client = MlflowClient()
facts: dict[str, Any] = {}


def served(uri: str) -> str:
    """What a server would answer that loads the model now."""
    try:
        return str(mlflow.pyfunc.load_model(uri).predict([[1]])[0])
    except MlflowException:
        return "nothing"


def refused(call: Callable[[], object]) -> list[Any]:
    """The code that the client raises, and whether its text is one line."""
    try:
        return ["", str(call())]
    except MlflowException as raised:
        return [raised.error_code, len(str(raised).splitlines())]


def promote(number: str) -> None:
    """Let a version into Production and be champion, as far as the registry lets it."""
    facts[f"promoting {number}"] = [
        refused(lambda: client.transition_model_version_stage("gated", number, "Production")),
        refused(lambda: client.set_registered_model_alias("gated", "champion", number)),
    ]
    facts[f"served while {number} waits"] = [served(uri) for uri in URIS]


def approve(number: str, *request_ids: int) -> None:
    """Let a reviewer approve, elsewhere."""
    for each in request_ids:
        url = f"{REGISTRY}/api/v1/requests/{each}/approve"
        requests.post(url, json={}, auth=tuple(asked["reviewer"]), timeout=60).raise_for_status()
    facts[f"served after {number} was approved"] = [served(uri) for uri in URIS]


for word in ("first", "second"):
    with mlflow.start_run():
        says = DummyClassifier(strategy="constant", constant=word).fit([[1], [1]], ["first", "second"])
        mlflow.sklearn.log_model(says, "model", registered_model_name="gated")
promote("1")
approve("1", 1, 2)
promote("2")
approve("2", 3, 4)
client.transition_model_version_stage("gated", "2", "Production")
client.set_registered_model_alias("gated", "champion", "2")
facts["served after calling again"] = [served(uri) for uri in URIS]

print(json.dumps(facts))
