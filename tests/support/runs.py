"""A run as a tracking server of MLflow 3.17 tells of it, to be changed by tests; every call gives fresh values."""

from typing import Any

RUN = "15ddce229300493699aff8f9468480e1"
LOGGED_MODEL = "m-e5a14fa8fb404b95bf13d4642e5df054"
COMMIT = "97830ba29261f02d3337cd4588720b62ca959b68"
STARTED = 1795435730983

MLMODEL = """\
artifact_path: mlflow-artifacts:/1/models/m-e5a14fa8fb404b95bf13d4642e5df054/artifacts
flavors:
  python_function:
    loader_module: mlflow.sklearn
    model_path: model.skops
    python_version: 3.11.7
  sklearn:
    code: null
    pickled_model: model.skops
    sklearn_version: 1.9.1
mlflow_version: 3.17.2
model_id: m-e5a14fa8fb404b95bf13d4642e5df054
model_size_bytes: 10628
model_uuid: m-e5a14fa8fb404b95bf13d4642e5df054
run_id: 15ddce229300493699aff8f9468480e1
signature:
  inputs: '[{"type": "double", "name": "a", "required": true}]'
  outputs: '[{"type": "long", "required": true}]'
  params: null
utc_time_created: '2026-11-23 12:08:51.458674'
"""
REQUIREMENTS = "mlflow==3.17.2\n# what trains\nscikit-learn==1.9.1\n\n"


def run() -> dict[str, Any]:
    """What `runs/get` answers under `run`."""
    return {
        "info": {
            "run_uuid": RUN,
            "run_id": RUN,
            "experiment_id": "1",
            "run_name": "first",
            "user_id": "ada",
            "status": "FINISHED",
            "start_time": STARTED,
            "end_time": STARTED + 4961,
            "artifact_uri": f"mlflow-artifacts:/1/{RUN}/artifacts",
            "lifecycle_stage": "active",
        },
        "data": {
            "metrics": [
                {"key": "auc", "value": 0.93, "timestamp": STARTED + 252, "step": 2},
                {"key": "loss", "value": "NaN", "timestamp": STARTED + 266, "step": 0},
            ],
            "params": [{"key": "C", "value": "1.0"}, {"key": "solver", "value": "lbfgs"}],
            "tags": [
                {"key": "mlflow.user", "value": "ada"},
                {"key": "mlflow.source.name", "value": "train.py"},
                {"key": "mlflow.source.type", "value": "LOCAL"},
                {"key": "mlflow.source.git.commit", "value": COMMIT},
                {"key": "mlflow.source.git.branch", "value": "main"},
                {"key": "mlflow.source.git.repoURL", "value": "https://ada:secret@git.example/churn.git"},
                {"key": "mlflow.log-model.history", "value": "[]"},
                {"key": "team", "value": "risk"},
            ],
        },
        "inputs": {"dataset_inputs": [dataset("train", "b247ca65", "training"), dataset("test", "aca112f6", "eval")]},
    }


def dataset(name: str, digest: str, context: str) -> dict[str, Any]:
    """One of the inputs of a run."""
    return {
        "tags": [{"key": "mlflow.data.context", "value": context}],
        "dataset": {
            "name": name,
            "digest": digest,
            "source_type": "s3",
            "source": f'{{"uri": "s3://bucket/{name}.parquet"}}',
            "schema": '{"mlflow_colspec": [{"type": "double", "name": "a", "required": true}]}',
            "profile": '{"num_rows": 4}',
        },
    }


def logged_model() -> dict[str, Any]:
    """What `logged-models/<id>` answers under `model`."""
    measured = {"key": "acc", "timestamp": STARTED + 4946, "step": 0, "model_id": LOGGED_MODEL, "run_id": RUN}
    return {
        "info": {
            "model_id": LOGGED_MODEL,
            "experiment_id": "1",
            "name": "model",
            "creation_timestamp_ms": STARTED + 397,
            "artifact_uri": f"mlflow-artifacts:/1/models/{LOGGED_MODEL}/artifacts",
            "status": "LOGGED_MODEL_READY",
            "model_type": "",
            "source_run_id": RUN,
            "tags": [{"key": "mlflow.user", "value": "ada"}, {"key": "mlflow.modelVersions", "value": "[]"}],
        },
        "data": {
            "params": [{"key": "C", "value": "1.0"}],
            "metrics": [measured | {"value": 0.5, "dataset_name": "train", "dataset_digest": "b247ca65"}],
        },
    }
