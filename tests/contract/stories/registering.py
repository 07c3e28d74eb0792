"""Registrations as a loop of a pipeline has them. Asked: the model, and what names the origin of each version."""

import json
import logging
import sys
from typing import Any

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
runs = [client.create_run("0", run_name=f"{number}").info.run_id for number in range(asked.get("runs", 0))]
for run in runs:
    client.log_param(run, "much", "x" * asked.get("length", 1))
versions = [
    *(client.create_model_version(asked["model"], "s3://bucket/model", run_id=run) for run in runs),
    *(client.create_model_version(asked["model"], **origin) for origin in asked.get("origins", ())),
]
print(json.dumps({"versions": [[each.version, each.run_id] for each in versions], "warnings": heard.warnings}))
