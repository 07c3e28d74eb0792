"""What a data scientist runs with the plug-in: train on a noted dataset, and register in every way there is."""

import json
import os
import sys

import mlflow
import mlflow.sklearn
from mlflow import MlflowClient
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

NAME = "Flowers"

asked = json.loads(sys.argv[1])
flowers, kinds = load_iris(return_X_y=True, as_frame=True)
model = LogisticRegression(max_iter=1000).fit(flowers, kinds)
signature = infer_signature(flowers.astype(float), kinds.astype(float))

mlflow.set_experiment("iris")
with mlflow.start_run(run_name="first") as run:
    mlflow.log_params({"max_iter": 1000, "solver": "lbfgs"})
    mlflow.log_metric("auc", 0.97, step=1)
    mlflow.log_metric("auc", 0.99, step=2)
    mlflow.log_metric("lost", float("nan"))
    mlflow.set_tag("owner", "ada")
    mlflow.log_input(mlflow.data.from_pandas(flowers, name="iris"), context="training")
    with mlflow.start_run(run_name="within", nested=True) as nested:
        mlflow.log_param("fold", 1)
        mlflow.sklearn.log_model(model, name="model", signature=signature, registered_model_name=NAME)
    logged = mlflow.sklearn.log_model(model, name="model", signature=signature, registered_model_name=NAME)
mlflow.register_model(f"runs:/{run.info.run_id}/model", NAME)
mlflow.register_model(f"models:/{logged.model_id}", NAME)
client = MlflowClient()
client.create_model_version(NAME, f"runs:/{run.info.run_id}/model", run_id=run.info.run_id)
client.create_model_version(NAME, "s3://bucket/model")
versions = {each.version: each.run_id for each in client.search_model_versions(f"name = '{NAME}'")}
downloaded = mlflow.artifacts.download_artifacts(f"models:/{NAME}/2", dst_path=os.path.abspath("downloaded"))
predicted = mlflow.pyfunc.load_model(f"models:/{NAME}/2").predict(flowers)
print(
    json.dumps(
        {
            "run": run.info.run_id,
            "nested": nested.info.run_id,
            "model": logged.model_id,
            "versions": versions,
            "downloaded": downloaded,
            "predicts": bool((predicted == model.predict(flowers)).all()),
        }
    )
)
