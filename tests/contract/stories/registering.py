"""Registrations as a loop of a pipeline has them. Asked: the model, and what names the origin of each version."""

import json
import logging
import sys
from typing import Any

import mlflow
from mlflow import MlflowClient


class _Heard(logging.Handler):
    """Keeps what is warned of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.warnings: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.warnings.append(record.getMessage())


heard = _Heard()
logging.getLogger("assent").addHandler(heard)
asked: dict[str, Any] = json.loads(sys.argv[1])
client = MlflowClient()
client.create_registered_model(asked["model"])
runs = []
for _ in range(asked.get("runs", 0)):
    with mlflow.start_run() as run:
        mlflow.log_param("much", "x" * asked.get("length", 1))
    runs.append(run.info.run_id)
versions = [
    *(client.create_model_version(asked["model"], "s3://bucket/model", run_id=run) for run in runs),
    *(client.create_model_version(asked["model"], **origin) for origin in asked.get("origins", ())),
]
print(json.dumps({"versions": [[each.version, each.run_id] for each in versions], "warnings": heard.warnings}))
