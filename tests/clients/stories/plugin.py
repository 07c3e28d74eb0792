"""A run and its model, registered with the plug-in: with nothing but the client itself."""

import json
import os
from pathlib import Path
from typing import Any

import mlflow
from mlflow import MlflowClient

NAME = "plugged in"
MLMODEL = """flavors:
  python_function:
    loader_module: loader
mlflow_version: 2.22.0
signature:
  inputs: '[{"name": "age", "type": "long"}]'
"""

os.mkdir("model")
Path("model/MLmodel").write_text(MLMODEL)
Path("model/requirements.txt").write_text("cloudpickle==3.1.0\n")
facts: dict[str, Any] = {}
with mlflow.start_run() as run:
    mlflow.log_param("depth", 3)
    mlflow.log_metric("auc", 0.9, step=1)
    mlflow.log_artifacts("model", "model")
facts["run"] = run.info.run_id
facts["of the run"] = mlflow.register_model(f"runs:/{run.info.run_id}/model", NAME).run_id
client = MlflowClient()
facts["by the client"] = client.create_model_version(NAME, f"runs:/{run.info.run_id}/model").run_id
if hasattr(mlflow, "initialize_logged_model"):
    with mlflow.start_run() as run:
        logged = mlflow.initialize_logged_model(name="model")
        mlflow.finalize_logged_model(logged.model_id, "READY")
    facts["run of the logged model"] = run.info.run_id
    facts["of the logged model"] = mlflow.register_model(f"models:/{logged.model_id}", NAME).run_id
client.set_registered_model_alias(NAME, "champion", "1")
facts["by alias"] = client.get_model_version_by_alias(NAME, "champion").version
facts["copy"] = client.copy_model_version(f"models:/{NAME}/1", "copied").run_id
print(json.dumps(facts))
