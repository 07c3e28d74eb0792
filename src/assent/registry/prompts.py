"""Prompts: models and versions that say so in a tag. They share names, numbers and everything else with models."""

from collections.abc import Mapping

from assent.kernel.errors import AlreadyExists, Invalid

IS_PROMPT = "mlflow.prompt.is_prompt"
TEXT = "mlflow.prompt.text"
LONGEST_TEXT = 100_000

_SOURCES = ("dummy-source", "prompt-template")


def is_prompt(tags: Mapping[str, str]) -> bool:
    """Whether tags make a model or version a prompt."""
    return tags.get(IS_PROMPT, "").lower() == "true"


def must_be_a_prompt_version(source: str, tags: Mapping[str, str]) -> None:
    """Raise Invalid unless a version with these tags can be one of a prompt."""
    if source not in _SOURCES:
        raise Invalid(f"Invalid prompt source: '{source}'. Prompt sources must use an MLflow placeholder.")
    if len(tags.get(TEXT, "")) > LONGEST_TEXT:
        raise Invalid(f"Prompt text exceeds max length of {LONGEST_TEXT} characters.")


def taken(name: str, *, wanted_prompt: bool, is_one: bool) -> AlreadyExists:
    """The error that tells what a name is taken by."""
    if wanted_prompt == is_one:
        kind = "Prompt" if is_one else "Registered Model"
        return AlreadyExists(f"{kind} (name={name}) already exists.")
    wanted, there = ("prompt", "registered model") if wanted_prompt else ("registered model", "prompt")
    return AlreadyExists(
        f"Tried to create a {wanted} with name '{name}', but the name is already taken by a {there}. "
        "MLflow does not allow creating a model and a prompt with the same name."
    )
