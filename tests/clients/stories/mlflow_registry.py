"""All that a client does with a registry. What its line does not have yet, or no more, it leaves out."""

import json
import os
from typing import Any

import mlflow
from mlflow.tracking import MlflowClient

RUN = "0123456789abcdef" * 2
NEW = tuple(int(part) for part in mlflow.__version__.split(".")[:2])

# The oldest line does not read the variable by itself.
client = MlflowClient(registry_uri=os.environ["MLFLOW_REGISTRY_URI"])
facts: dict[str, Any] = {"release": mlflow.__version__}


def register(name: str, **more: Any) -> Any:
    """Register a version with the source that this line's `log_model` would send."""
    if NEW >= (3, 0):
        return client.create_model_version(name, f"models:/m-{RUN}", model_id=f"m-{RUN}", **more)
    return client.create_model_version(name, f"mlflow-artifacts:/0/{RUN}/artifacts/model", run_id=RUN, **more)


def stages() -> dict[str, str]:
    """The stage of each version of the model."""
    return {version.version: version.current_stage for version in client.search_model_versions("name = 'model'")}


def names(found: Any) -> list[str]:
    """The names of models."""
    return [model.name for model in found]


client.create_registered_model("model", tags={"team": "shop"}, description="Tells who buys.")
client.update_registered_model("model", "Tells who buys what.")
client.set_registered_model_tag("model", "owner", "ada")
client.set_registered_model_tag("model", "gone", "soon")
client.delete_registered_model_tag("model", "gone")
model = client.get_registered_model("model")
facts["model"] = [model.name, model.tags, model.description]

first = register("model", tags={"data": "july"}, description="First.")
facts["registered"] = [first.version, first.status, first.current_stage]
facts["source"] = first.source
facts["download uri"] = client.get_model_version_download_uri("model", "1")
client.update_model_version("model", "1", "The first.")
client.set_model_version_tag("model", "1", "checked", "yes")
client.set_model_version_tag("model", "1", "gone", "soon")
client.delete_model_version_tag("model", "1", "gone")
version = client.get_model_version("model", "1")
facts["version"] = [version.version, version.tags, version.description]

register("model")
register("model")
client.transition_model_version_stage("model", "1", "Staging")
client.transition_model_version_stage("model", "2", "Production")
facts["stages"] = stages()
facts["latest"] = sorted(version.version for version in client.get_latest_versions("model"))
facts["in production"] = [version.version for version in client.get_latest_versions("model", ["Production"])]
client.transition_model_version_stage("model", "3", "Production", archive_existing_versions=True)
facts["stages with the others archived"] = stages()

client.create_registered_model("other", tags={"team": "risk"})
client.create_model_version("other", "s3://bucket/other")
facts["moved to a stage of another name"] = client.transition_model_version_stage("other", "1", "uat").current_stage
facts["in that stage"] = [version.version for version in client.get_latest_versions("other", ["UAT"])]
client.create_registered_model("third", tags={"team": "risk"})
facts["found"] = names(client.search_registered_models("name LIKE '%o%'", order_by=["name DESC"]))
facts["found newest first"] = names(client.search_registered_models("", order_by=["timestamp DESC"]))
page = client.search_registered_models("", max_results=2)
facts["pages"] = [names(page), names(client.search_registered_models("", max_results=2, page_token=page.token))]
facts["found by run"] = len(client.search_model_versions(f"run_id = '{RUN}'"))
facts["found by tag"] = names(client.search_registered_models("tags.team = 'risk'"))
if NEW < (2, 0):
    facts["listed"] = names(client.list_registered_models())

if NEW >= (2, 9):
    client.set_registered_model_alias("model", "champion", "1")
    client.set_registered_model_alias("model", "champion", "2")
    client.set_registered_model_alias("model", "gone", "1")
    client.delete_registered_model_alias("model", "gone")
    facts["aliases"] = client.get_registered_model("model").aliases
    facts["champion"] = client.get_model_version_by_alias("model", "champion").version
    copy = client.copy_model_version("models:/model/1", "copy")
    facts["copy"] = [copy.name, copy.version, copy.source, copy.tags]
    facts["download uri of the copy"] = client.get_model_version_download_uri("copy", "1")

client.rename_registered_model("model", "renamed")
facts["versions of the renamed"] = len(client.search_model_versions("name = 'renamed'"))
client.delete_model_version("renamed", "3")
facts["number after a deleted version"] = register("renamed").version
client.delete_registered_model("renamed")
try:
    client.get_registered_model("renamed")
except mlflow.exceptions.MlflowException as raised:
    facts["after its deletion"] = str(raised)

print(json.dumps(facts))
