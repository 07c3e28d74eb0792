"""What a client that knows nothing of gates does with a guarded model, while somebody decides on it elsewhere."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import mlflow
import requests
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

asked = json.loads(sys.argv[1])
NEW = tuple(int(part) for part in mlflow.__version__.split(".")[:2])
REGISTRY = os.environ["MLFLOW_REGISTRY_URI"]
REVIEWER = (asked["reviewer"], asked["password"])

client = MlflowClient(registry_uri=REGISTRY)
facts: dict[str, Any] = {"release": mlflow.__version__}


def refused(call: Callable[[], object]) -> str:
    """What the client raises, as people see it in their log."""
    try:
        return f"nothing but {call()}"
    except MlflowException as raised:
        return str(raised)


def approve(request: int) -> None:
    """Let a reviewer approve a request, in whatever they use."""
    url = f"{REGISTRY}/api/v1/requests/{request}/approve"
    requests.post(url, json={}, auth=REVIEWER, timeout=60).raise_for_status()


def version(number: str = "1") -> dict[str, Any]:
    """All that the client knows of a version."""
    return {key: value for key, value in client.get_model_version("gated", number) if key != "tags"}


def produce() -> Any:
    """What a pipeline calls, and calls again."""
    return client.transition_model_version_stage("gated", "1", "Production", archive_existing_versions=True)


def champion() -> Any:
    """Likewise, by an alias."""
    return client.set_registered_model_alias("gated", "champion", "1")


client.create_registered_model("gated")
for _ in range(2):
    client.create_model_version("gated", "s3://bucket/model")

facts["held"] = refused(produce)
facts["held again"] = refused(produce) == facts["held"]
facts["stage while it is held"] = version()["current_stage"]
facts["in production while it is held"] = client.get_latest_versions("gated", ["Production"])
approve(1)
before = version()
facts["stage after the decision"] = [before["current_stage"], produce().current_stage]
facts["calling again changed nothing"] = version() == before
facts["in production"] = [each.version for each in client.get_latest_versions("gated", ["Production"])]

facts["deletion held"] = refused(lambda: client.delete_model_version("gated", "2"))
approve(2)
facts["after the deletion"] = refused(lambda: client.get_model_version("gated", "2"))
facts["deletion of the model held"] = refused(lambda: client.delete_registered_model("gated"))

if NEW >= (2, 9):
    facts["alias held"] = refused(champion)
    facts["alias while it is held"] = client.get_registered_model("gated").aliases
    approve(4)
    before = client.get_registered_model("gated")
    champion()
    facts["alias after the decision"] = before.aliases
    facts["setting it again changed nothing"] = dict(client.get_registered_model("gated")) == dict(before)
    copy = client.copy_model_version("models:/gated/1", "gated")
    facts["copy"] = [copy.version, copy.current_stage, client.get_model_version("gated", copy.version).aliases]

print(json.dumps(facts))
