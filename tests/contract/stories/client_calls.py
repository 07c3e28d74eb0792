"""Every registry call of MLflow's client, and what it gives back."""

import json
from typing import Any

from mlflow import MlflowClient

client = MlflowClient()
facts: dict[str, Any] = {}


def with_versions(name: str, count: int) -> str:
    """A model with so many versions."""
    client.create_registered_model(name)
    for number in range(1, count + 1):
        client.create_model_version(name, f"s3://bucket/{name}/{number}")
    return name


def numbers(versions: Any) -> list[str]:
    """The numbers of versions, in order."""
    return sorted(version.version for version in versions)


def stages(name: str) -> dict[str, str]:
    """The stage of each version of a model."""
    return {version.version: version.current_stage for version in client.search_model_versions(f"name = '{name}'")}


created = client.create_registered_model("model", tags={"team": "shop"}, description="Tells who buys.")
got = client.get_registered_model("model")
facts["created model"] = [created.name, created.tags, created.description]
facts["got model"] = [got.name, got.tags, got.description]
facts["model is as new as when it was made"] = created.creation_timestamp == got.last_updated_timestamp

client.update_registered_model("model", "Tells who buys what.")
facts["described model"] = client.get_registered_model("model").description
client.update_registered_model("model", "")
facts["description cleared"] = client.get_registered_model("model").description

client.set_registered_model_tag("model", "team", "sales")
client.set_registered_model_tag("model", "gone", "soon")
client.delete_registered_model_tag("model", "gone")
facts["model's tags"] = client.get_registered_model("model").tags

registered = client.create_model_version(
    "model", "s3://bucket/model", run_id="a" * 32, tags={"data": "july"}, run_link="run/1", description="First."
)
version = client.get_model_version("model", "1")
facts["registered version"] = [registered.version, registered.status, registered.current_stage]
facts["got version"] = [version.source, version.run_id, version.run_link, version.tags, version.description]
facts["download uri"] = client.get_model_version_download_uri("model", "1")

client.update_model_version("model", "1", "The first.")
facts["described version"] = client.get_model_version("model", "1").description

client.set_model_version_tag("model", "1", "data", "august")
client.set_model_version_tag("model", "1", "gone", "soon")
client.delete_model_version_tag("model", "1", "gone")
client.set_model_version_tag("model", key="by stage", value="yes", stage="None")
facts["version's tags"] = client.get_model_version("model", "1").tags

with_versions("renamed", 2)
client.set_registered_model_alias("renamed", "champion", "2")
client.rename_registered_model("renamed", "new name")
facts["new name"] = client.get_registered_model("new name").name
facts["versions under the new name"] = numbers(client.search_model_versions("name = 'new name'"))
facts["alias under the new name"] = client.get_model_version_by_alias("new name", "champion").version
facts["old name is free"] = client.create_registered_model("renamed").name

with_versions("deleted", 1)
client.delete_registered_model("deleted")
facts["deleted model is found"] = [model.name for model in client.search_registered_models("name = 'deleted'")]
with_versions("deleted", 1)
facts["numbers after a deleted model"] = numbers(client.search_model_versions("name = 'deleted'"))

with_versions("numbered", 2)
client.delete_model_version("numbered", "2")
facts["versions that are left"] = numbers(client.search_model_versions("name = 'numbered'"))
facts["number after a deleted version"] = client.create_model_version("numbered", "s3://bucket/3").version

with_versions("staged", 4)
client.transition_model_version_stage("staged", "1", "Staging")
client.transition_model_version_stage("staged", "2", "production")
client.transition_model_version_stage("staged", "3", "Production")
facts["two in production"] = stages("staged")
facts["latest of each stage"] = numbers(client.get_latest_versions("staged"))
facts["latest in production"] = numbers(client.get_latest_versions("staged", ["Production"]))
facts["latest versions of a model"] = numbers(client.get_registered_model("staged").latest_versions)
client.transition_model_version_stage("staged", "4", "Production", archive_existing_versions=True)
facts["the others archived"] = stages("staged")

with_versions("aliased", 2)
client.set_registered_model_alias("aliased", "champion", "1")
client.set_registered_model_alias("aliased", "champion", "2")
client.set_registered_model_alias("aliased", "Champion", "1")
client.set_registered_model_alias("aliased", "gone", "1")
client.delete_registered_model_alias("aliased", "gone")
facts["aliases of a model"] = client.get_registered_model("aliased").aliases
facts["aliases of a version"] = list(client.get_model_version("aliased", "2").aliases)
facts["version of an alias"] = client.get_model_version_by_alias("aliased", "champion").version

client.set_registered_model_alias("model", "best", "1")
copy = client.copy_model_version("models:/model@best", "copy")
again = client.copy_model_version("models:/copy/1", "copy")
facts["copy"] = [copy.name, copy.version, copy.source, copy.run_id, copy.tags, copy.description]
facts["copy of a copy"] = [again.version, again.source]
facts["download uri of a copy of a copy"] = client.get_model_version_download_uri("copy", "2")

print(json.dumps(facts))
