"""What MLflow's access client does: users, their passwords, administrators, and permissions on models."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.server import get_app_client

asked = json.loads(sys.argv[1])
REGISTRY = os.environ["MLFLOW_REGISTRY_URI"]
PASSWORD, OTHER, THIRD = asked["passwords"]
facts: dict[str, Any] = {}

access = get_app_client("basic-auth", tracking_uri=REGISTRY)
client = MlflowClient()


@contextmanager
def signed_in_as(name: str, password: str) -> Any:
    """Somebody else at the keyboard."""
    before = {key: os.environ[key] for key in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")}
    os.environ |= {"MLFLOW_TRACKING_USERNAME": name, "MLFLOW_TRACKING_PASSWORD": password}
    yield
    os.environ |= before


def error(call: Callable[[], object]) -> str:
    """The code that the client raises."""
    try:
        return f"nothing but {call()}"
    except MlflowException as raised:
        return str(raised.error_code)


def told(user: Any) -> list[Any]:
    """A user as the client tells them."""
    return [user.username, user.is_admin, isinstance(user.id, int)]


def may(name: str) -> list[Any]:
    """What somebody may do with the model."""
    found = access.get_user_permission(name, "registered_model", "model")
    return [found.allowed, found.permission]


facts["created user"] = told(access.create_user("carol", PASSWORD))
facts["got user"] = told(access.get_user("carol"))
access.update_user_admin("carol", True)
facts["made an administrator"] = access.get_user("carol").is_admin
access.update_user_admin("carol", False)
facts["an administrator no longer"] = access.get_user("carol").is_admin

access.update_user_password("carol", OTHER)
with signed_in_as("carol", PASSWORD):
    facts["old password"] = error(lambda: access.get_user("carol"))
with signed_in_as("carol", OTHER):
    facts["own user"] = told(access.get_user("carol"))
    facts["another user"] = error(lambda: access.get_user("alice"))
    facts["own password without the current one"] = error(lambda: access.update_user_password("carol", PASSWORD))
    access.update_user_password("carol", PASSWORD, current_password=OTHER)
with signed_in_as("carol", PASSWORD):
    facts["own password with the current one"] = told(access.get_user("carol"))
    facts["user created by a user"] = error(lambda: access.create_user("dora", PASSWORD))
    facts["another's password by a user"] = error(lambda: access.update_user_password("alice", PASSWORD))
    facts["user deleted by a user"] = error(lambda: access.delete_user("alice"))

client.create_registered_model("model")
with signed_in_as("carol", PASSWORD):
    facts["nothing granted"] = error(lambda: client.get_registered_model("model"))
    facts["own permission on what one may not read"] = error(lambda: may("carol"))
facts["permission of somebody without one"] = may("carol")
facts["permissions"] = {}
for permission in ("READ", "USE", "EDIT", "MANAGE", "NO_PERMISSIONS", "DENY"):
    access.grant_user_permission("carol", "registered_model", "model", permission)
    facts["permissions"][permission] = may("carol")
access.grant_user_permission("carol", "registered_model", "model", "READ")
with signed_in_as("carol", PASSWORD):
    facts["let in"] = client.get_registered_model("model").name
    facts["own permission"] = may("carol")
    facts["another's permission by a reader"] = error(lambda: may("alice"))
    facts["grant by a reader"] = error(
        lambda: access.grant_user_permission("carol", "registered_model", "model", "MANAGE")
    )
access.grant_user_permission("carol", "registered_model", "model", "MANAGE")
with signed_in_as("carol", PASSWORD):
    access.grant_user_permission("rita", "registered_model", "model", "EDIT")
facts["granted by a manager"] = may("rita")
access.revoke_user_permission("carol", "registered_model", "model")
facts["revoked"] = may("carol")
facts["revoked again"] = error(lambda: access.revoke_user_permission("carol", "registered_model", "model"))
facts["levels between"] = may("stan")
facts["administrator's permission"] = may("admin")

facts["taken name"] = error(lambda: access.create_user("carol", PASSWORD))
facts["weak password"] = error(lambda: access.create_user("dora", "short"))
facts["unknown user"] = error(lambda: access.get_user("nobody"))
facts["permission of an unknown user"] = error(lambda: may("nobody"))
facts["permission on an unknown model"] = error(
    lambda: access.get_user_permission("carol", "registered_model", "nothing")
)
facts["unknown permission"] = error(lambda: access.grant_user_permission("carol", "registered_model", "model", "OWN"))
facts["permission on an experiment"] = error(lambda: access.grant_user_permission("carol", "experiment", "1", "READ"))
facts["role"] = error(lambda: access.create_role("default", "reviewers"))

access.update_user_password("carol", THIRD)
access.delete_user("carol")
facts["deleted user"] = error(lambda: access.get_user("carol"))
with signed_in_as("carol", THIRD):
    facts["sign-in of a deleted user"] = error(lambda: client.get_registered_model("model"))
facts["name of a deleted user"] = error(lambda: access.create_user("carol", PASSWORD))

print(json.dumps(facts))
