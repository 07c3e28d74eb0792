"""A run in a tracking store of one's own, registered with the plug-in in every way there is. Asked: the stores."""

import json
import sys
from typing import Any

import mlflow
import mlflow.sklearn
from mlflow import MlflowClient
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

flowers, kinds = load_iris(return_X_y=True, as_frame=True)
model = LogisticRegression(max_iter=1000).fit(flowers, kinds)


def log(name: str) -> Any:
    """Log the model to the active run and register it."""
    signature = infer_signature(flowers, model.predict(flowers))
    return mlflow.sklearn.log_model(model, name="model", signature=signature, registered_model_name=name)


def tell(name: str, tracking_uri: str) -> dict[str, Any]:
    """Train, and register under the name."""
    mlflow.set_tracking_uri(tracking_uri)
    experiment = mlflow.set_experiment("iris")
    with mlflow.start_run(run_name="first") as run:
        mlflow.log_params({"max_iter": 1000, "solver": "lbfgs"})
        mlflow.log_metric("auc", 0.97, step=1)
        mlflow.log_metric("auc", 0.99, step=2)
        mlflow.log_metric("lost", float("nan"))
        mlflow.set_tag("owner", "ada")
        mlflow.log_input(mlflow.data.from_pandas(flowers, name="iris"), context="training")
        logged = log(name)
        with mlflow.start_run(run_name="within", nested=True) as within:
            mlflow.log_param("fold", 1)
            log(name)
    mlflow.register_model(f"runs:/{run.info.run_id}/model", name)
    mlflow.register_model(f"models:/{logged.model_id}", name)
    client = MlflowClient()
    client.create_model_version(name, f"runs:/{run.info.run_id}/model")
    client.create_model_version(name, "s3://bucket/model")
    client.copy_model_version(f"models:/{name}/1", f"{name} copied")
    versions = client.search_model_versions(f"name = '{name}'")
    loaded = mlflow.pyfunc.load_model(f"models:/{name}/1")
    return {
        "run": run.info.run_id,
        "within": within.info.run_id,
        "experiment": experiment.experiment_id,
        "logged model": logged.model_id,
        "runs": {each.version: each.run_id or None for each in versions},
        "downloaded": mlflow.artifacts.download_artifacts(f"models:/{name}/1", dst_path=f"downloaded {name}"),
        "predicts": loaded.predict(flowers).tolist() == model.predict(flowers).tolist(),
    }


print(json.dumps({name: tell(name, tracking_uri) for name, tracking_uri in json.loads(sys.argv[1]).items()}))
