"""What a data scientist runs inside a git repository: a dataset, parameters, metrics with steps, and a model."""

import json
import subprocess
import sys
from pathlib import Path

# MLflow finds the repository around the script that is run, which is this one, copied there.
import mlflow
import mlflow.data
import mlflow.sklearn
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

asked = json.loads(sys.argv[1])
flowers = load_iris(as_frame=True)
mlflow.set_experiment("flowers")
with mlflow.start_run() as run:
    mlflow.log_input(mlflow.data.from_pandas(flowers.frame, name="iris", targets="target"), context="training")
    mlflow.log_params({"max_iter": 1000, "penalty": "l2"})
    for step, value in enumerate([0.8, 0.9, 0.95]):
        mlflow.log_metric("auc", value, step=step)
    mlflow.set_tag("team", "shop")
    model = LogisticRegression(max_iter=1000).fit(flowers.data, flowers.target)
    logged = mlflow.sklearn.log_model(
        model, name="model", input_example=flowers.data[:2], registered_model_name=asked["model"]
    )
commit = subprocess.run(
    ["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, check=True
).stdout.strip()
print(
    json.dumps(
        {
            "run": run.info.run_id,
            "experiment": run.info.experiment_id,
            "logged_model": logged.model_id,
            "commit": commit,
            "user": run.info.user_id,
        }
    )
)
