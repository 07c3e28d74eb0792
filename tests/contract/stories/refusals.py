"""What MLflow's client raises when the registry refuses."""

import json
from collections.abc import Callable

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

client = MlflowClient()
client.create_registered_model("taken")
client.create_registered_model("empty")
client.create_model_version("taken", "s3://bucket/taken")
client.register_prompt("prompt", "Hello, {{name}}.")


def create(name: str, source: str) -> object:
    """Register a version, without waiting for it."""
    return client.create_model_version(name, source, await_creation_for=0)


REFUSED: dict[str, Callable[[], object]] = {
    "taken name": lambda: client.create_registered_model("taken"),
    "name with a slash": lambda: client.create_registered_model("a/b"),
    "name with a colon": lambda: client.create_registered_model("a:b"),
    "blank name": lambda: client.create_registered_model(" "),
    "name of a prompt": lambda: client.create_registered_model("prompt"),
    "rename to a taken name": lambda: client.rename_registered_model("empty", "taken"),
    "unknown model": lambda: client.get_registered_model("nobody"),
    "version of an unknown model": lambda: create("nobody", "s3://bucket/x"),
    "tag of an unknown model": lambda: client.set_registered_model_tag("nobody", "key", "value"),
    "unknown version": lambda: client.get_model_version("taken", "9"),
    "download uri of an unknown version": lambda: client.get_model_version_download_uri("taken", "9"),
    "version that is no number": lambda: client.get_model_version("taken", "x"),
    "unknown alias": lambda: client.get_model_version_by_alias("taken", "nobody"),
    "latest of a model without versions": lambda: client.get_model_version_by_alias("empty", "latest"),
    "alias to an unknown version": lambda: client.set_registered_model_alias("taken", "champion", "9"),
    "alias with a dot": lambda: client.set_registered_model_alias("taken", "a.b", "1"),
    "alias called latest": lambda: client.set_registered_model_alias("taken", "Latest", "1"),
    "alias like a number": lambda: client.set_registered_model_alias("taken", "v1", "1"),
    "unknown stage": lambda: client.transition_model_version_stage("taken", "1", "unknown"),
    "latest versions of an unknown stage": lambda: client.get_latest_versions("taken", ["unknown"]),
    "archiving for the archive": lambda: client.transition_model_version_stage(
        "taken", "1", "Archived", archive_existing_versions=True
    ),
    "tag key with a question mark": lambda: client.set_model_version_tag("taken", "1", "a?b", "value"),
    "too long a tag": lambda: client.set_model_version_tag("taken", "1", "key", "x" * 100_001),
    "local source": lambda: create("taken", "/etc"),
    "source with a host": lambda: create("taken", "https://example.org/model"),
    "relative source": lambda: create("taken", "s3://bucket/../model"),
    "source of an unknown version": lambda: create("taken", "models:/taken/9"),
    "filter without a value": lambda: client.search_registered_models("name = "),
    "filter by an unknown attribute": lambda: client.search_model_versions("colour = 'red'"),
    "filter without quotes": lambda: client.search_registered_models("name = something"),
    "filter with an empty list": lambda: client.search_model_versions("run_id IN ()"),
    "order by an unknown attribute": lambda: client.search_registered_models(order_by=["colour"]),
    "order of versions by an unknown attribute": lambda: client.search_model_versions(order_by=["colour"]),
    "order with more words": lambda: client.search_registered_models(order_by=["name DESC blah"]),
    "page token of somebody else": lambda: client.search_registered_models(page_token="not base64"),
    "too large a page": lambda: client.search_registered_models(max_results=1001),
}


def refusal(call: Callable[[], object]) -> list[str]:
    """The code and the message, which repeats the code where the registry said it and not the client."""
    try:
        return ["", str(call())]
    except MlflowException as raised:
        return [raised.error_code, raised.message.removeprefix(f"{raised.error_code}: ")]


print(json.dumps({name: refusal(call) for name, call in REFUSED.items()}))
