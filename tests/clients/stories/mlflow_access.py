"""What the access client of MLflow does as it was until it knew roles: users, and permissions on models."""

import json
import os
from collections.abc import Callable
from typing import Any

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.server import get_app_client

access = get_app_client("basic-auth", tracking_uri=os.environ["MLFLOW_REGISTRY_URI"])
client = MlflowClient()
facts: dict[str, Any] = {"release": mlflow.__version__}


def error(call: Callable[[], object]) -> str:
    """The code that the client raises."""
    try:
        return f"nothing but {call()}"
    except MlflowException as raised:
        return str(raised.error_code)


def granted(name: str) -> list[Any]:
    """What is granted to somebody on the model."""
    found = access.get_registered_model_permission("model", name)
    return [found.name, found.user_id == access.get_user(name).id, found.permission]


client.create_registered_model("model")
created = access.create_user("carol", "tall ships at dawn")
facts["created user"] = [created.username, created.is_admin, created.registered_model_permissions]
made = access.create_registered_model_permission("model", "carol", "READ")
facts["created permission"] = [made.name, made.user_id == created.id, made.permission]
facts["got permission"] = granted("carol")
facts["permissions"] = {}
for permission in ("EDIT", "MANAGE", "NO_PERMISSIONS", "READ"):
    access.update_registered_model_permission("model", "carol", permission)
    facts["permissions"][permission] = granted("carol")[-1]
user = access.get_user("carol")
facts["permissions of the user"] = [[each.name, each.permission] for each in user.registered_model_permissions]
facts["created again"] = error(lambda: access.create_registered_model_permission("model", "carol", "EDIT"))
access.delete_registered_model_permission("model", "carol")
facts["deleted"] = error(lambda: granted("carol"))
facts["deleted again"] = error(lambda: access.delete_registered_model_permission("model", "carol"))
facts["updated though there is none"] = error(
    lambda: access.update_registered_model_permission("model", "carol", "EDIT")
)
facts["unknown user"] = error(lambda: granted("nobody"))
facts["unknown model"] = error(lambda: access.create_registered_model_permission("nothing", "carol", "EDIT"))
facts["unknown permission"] = error(lambda: access.create_registered_model_permission("model", "carol", "OWN"))
facts["permission on an experiment"] = error(lambda: access.create_experiment_permission("1", "carol", "READ"))

os.environ |= {"MLFLOW_TRACKING_USERNAME": "carol", "MLFLOW_TRACKING_PASSWORD": "tall ships at dawn"}
facts["own user"] = access.get_user("carol").username
facts["model without a grant"] = error(lambda: access.create_registered_model_permission("model", "carol", "MANAGE"))

print(json.dumps(facts))
