"""What serving code does with a stage that MLflow does not know: load from it, move into it, look for it."""

import json
from typing import Any

import mlflow
import mlflow.sklearn
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

NAME = "risk-score"
URIS = (f"models:/{NAME}/UAT", f"models:/{NAME}/uat")

flowers, kinds = load_iris(return_X_y=True)
model = LogisticRegression(max_iter=1000).fit(flowers, kinds)
for _ in range(3):
    with mlflow.start_run():
        mlflow.sklearn.log_model(model, "model", registered_model_name=NAME)

client = MlflowClient()


def stages() -> dict[str, str]:
    """The stage of each version."""
    return {version.version: version.current_stage for version in client.search_model_versions(f"name = '{NAME}'")}


def refused(stage: str) -> str:
    """What is said of a move that cannot be."""
    try:
        client.transition_model_version_stage(NAME, "1", stage)
    except MlflowException as raised:
        return str(raised)
    return "Nothing."


facts: dict[str, Any] = {}
facts["refused"] = refused("Nowhere")
facts["moved"] = client.transition_model_version_stage(NAME, "1", "uat").current_stage
facts["predicted"] = [mlflow.pyfunc.load_model(uri).predict(flowers).tolist() for uri in URIS]
facts["learned"] = model.predict(flowers).tolist()
facts["in UAT"] = [version.version for version in client.get_latest_versions(NAME, stages=["UAT"])]
facts["latest"] = {version.version: version.current_stage for version in client.get_latest_versions(NAME)}
facts["of the model"] = {
    version.version: version.current_stage for version in client.get_registered_model(NAME).latest_versions
}
facts["found"] = [version.version for version in client.search_model_versions("current_stage = 'UAT'")]
client.transition_model_version_stage(NAME, "2", "UAT", archive_existing_versions=True)
facts["archived"] = stages()
facts["copied"] = client.copy_model_version(f"models:/{NAME}/UAT", "copy").source
facts["known to the client"] = client.get_model_version_stages(NAME, "1")
print(json.dumps(facts))
