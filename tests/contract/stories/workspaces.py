"""Somebody asks a registry that has no workspaces for one."""

import json

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

try:
    MlflowClient().search_registered_models()
    print(json.dumps({}))
except MlflowException as raised:
    print(json.dumps({"code": raised.error_code, "message": raised.message}))
