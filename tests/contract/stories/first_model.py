"""What a data scientist runs: train, register, describe, promote, load by every name, predict."""

import json

import mlflow
import mlflow.sklearn
from mlflow import MlflowClient
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

NAME = "Ecommerce Model"
URIS = (f"models:/{NAME}/1", f"models:/{NAME}/Production", f"models:/{NAME}/latest", f"models:/{NAME}@champion")

flowers, kinds = load_iris(return_X_y=True)
model = LogisticRegression(max_iter=1000).fit(flowers, kinds)
with mlflow.start_run():
    mlflow.sklearn.log_model(model, "model", registered_model_name="Ecommerce Model")

client = MlflowClient()
client.update_registered_model(NAME, "Tells what a visitor will buy.")
client.update_model_version(NAME, "1", "The first one.")
client.set_registered_model_tag(NAME, "team", "shop")
client.set_model_version_tag(NAME, "1", "data", "2026-07")
staged = client.transition_model_version_stage(NAME, "1", "Staging")
produced = client.transition_model_version_stage(NAME, "1", "Production")
client.set_registered_model_alias(NAME, "champion", "1")

described = client.get_registered_model(NAME)
version = client.get_model_version(NAME, "1")
print(
    json.dumps(
        {
            "version": version.version,
            "model": {"description": described.description, "tags": described.tags},
            "first": {"description": version.description, "tags": version.tags},
            "stages": [staged.current_stage, produced.current_stage],
            "aliases": list(version.aliases),
            "learned": model.predict(flowers).tolist(),
            "predicted": {uri: mlflow.pyfunc.load_model(uri).predict(flowers).tolist() for uri in URIS},
        }
    )
)
