"""Lines of Python and of a shell to copy. A name of a model stays a name in them, whatever it holds. Pure."""

import json
from shlex import quote


def registering(address: str, name: str) -> str:
    """How to register a version of a model."""
    return (
        f"mlflow.set_registry_uri({_text(address)})\n"
        f'mlflow.sklearn.log_model(model, name="model", registered_model_name={_text(name)})'
    )


def loading(address: str, name: str, number: int) -> str:
    """How to load a version by its number."""
    return f"import mlflow\n\nmlflow.set_registry_uri({_text(address)})\n{_load(f'models:/{name}/{number}')}"


def loading_by_alias(name: str, alias: str) -> str:
    """How to load what an alias points to."""
    return _load(f"models:/{name}@{alias}")


def posting_a_check(name: str, number: int) -> str:
    """How to post a check of a version."""
    return f"assent checks post {quote(name)} {number} ci/evaluation passed"


def writing_a_card(name: str) -> str:
    """How to let a file be the card of a model."""
    return f"assent card write {quote(name)} card.md"


def pulling_again(name: str, number: int) -> str:
    """How to let the run of a version be pulled again."""
    return f"assent lineage retry {quote(name)} {number}"


def _load(reference: str) -> str:
    return f"model = mlflow.pyfunc.load_model(\n    {_text(reference)}\n)"


def _text(text: str) -> str:
    # What JSON writes, Python reads.
    return json.dumps(text, ensure_ascii=False)
