"""Prompts in the registry: registered, loaded by every name, tagged, found, and kept apart from models."""

import json
from collections.abc import Callable
from typing import Any

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

client = MlflowClient()
facts: dict[str, Any] = {}


def refusal(call: Callable[[], object]) -> str:
    """The message of what is raised."""
    try:
        return str(call())
    except MlflowException as raised:
        return str(raised.message)


first = mlflow.genai.register_prompt("greeting", "Hello, {{name}}.", commit_message="First.", tags={"tone": "plain"})
second = mlflow.genai.register_prompt(
    "greeting", [{"role": "user", "content": "Dear {{name}},"}], commit_message="Second.", tags={"tone": "polite"}
)
mlflow.genai.set_prompt_alias("greeting", "formal", 2)
mlflow.genai.set_prompt_alias("greeting", "gone", 1)
mlflow.genai.delete_prompt_alias("greeting", "gone")
facts["numbers"] = [first.version, second.version]
facts["by number"] = mlflow.genai.load_prompt("prompts:/greeting/1").template
facts["by alias"] = mlflow.genai.load_prompt("prompts:/greeting@formal").version
facts["by name"] = mlflow.genai.load_prompt("greeting").version
facts["latest"] = mlflow.genai.load_prompt("prompts:/greeting@latest").version
facts["chat"] = mlflow.genai.load_prompt("greeting", version=2).template
facts["filled in"] = mlflow.genai.load_prompt("prompts:/greeting/1").format(name="Ada")
facts["commit message"] = mlflow.genai.load_prompt("prompts:/greeting/1").commit_message
facts["version's tags"] = mlflow.genai.load_prompt("prompts:/greeting/1").tags
facts["alias that is gone"] = mlflow.genai.load_prompt("prompts:/greeting@gone", allow_missing=True)
facts["unknown"] = refusal(lambda: mlflow.genai.load_prompt("prompts:/nobody/1"))
facts["unknown version"] = refusal(lambda: mlflow.genai.load_prompt("prompts:/greeting/9"))

mlflow.genai.set_prompt_tag("greeting", "owner", "ada")
mlflow.genai.set_prompt_tag("greeting", "gone", "soon")
mlflow.genai.delete_prompt_tag("greeting", "gone")
mlflow.genai.set_prompt_version_tag("greeting", 1, "checked", "yes")
mlflow.genai.set_prompt_version_tag("greeting", 1, "gone", "soon")
mlflow.genai.delete_prompt_version_tag("greeting", 1, "gone")
# The client keeps one more by itself, whenever it comes to that.
facts["prompt's tags"] = {
    key: value for key, value in mlflow.genai.get_prompt_tags("greeting").items() if not key.startswith("_")
}
facts["version's tags later"] = client.get_prompt_version("greeting", "1").tags

client.create_registered_model("model")
client.create_model_version("model", "s3://bucket/model")
facts["found prompts"] = [prompt.name for prompt in mlflow.genai.search_prompts()]
facts["found prompts by name"] = [prompt.name for prompt in mlflow.genai.search_prompts("name LIKE 'greet%'")]
facts["found versions"] = [prompt.version for prompt in client.search_prompt_versions("greeting")]
facts["found models"] = [model.name for model in client.search_registered_models()]
facts["found models by a filter"] = [model.name for model in client.search_registered_models("name LIKE '%e%'")]
facts["found versions of models"] = [version.name for version in client.search_model_versions()]
facts["model with its name"] = refusal(lambda: client.create_registered_model("greeting"))
facts["prompt with a model's name"] = refusal(lambda: mlflow.genai.register_prompt("model", "Hello."))

client.delete_prompt_version("greeting", "1")
facts["versions that are left"] = [prompt.version for prompt in client.search_prompt_versions("greeting")]
client.delete_prompt_version("greeting", "2")
client.delete_prompt("greeting")
facts["prompts that are left"] = [prompt.name for prompt in mlflow.genai.search_prompts()]

print(json.dumps(facts))
