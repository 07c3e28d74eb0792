"""What the SDK does in a CI job that has nothing but tokens of its own: each line by the ways in that it knows."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import DatabricksError
from databricks.sdk.version import __version__

asked = json.loads(sys.argv[1])
facts: dict[str, Any] = {"release": __version__}


def client(**login: str) -> WorkspaceClient:
    """A client that gives up soon where the server says that it may try again."""
    return WorkspaceClient(config=Config(host=os.environ["DATABRICKS_HOST"], retry_timeout_seconds=20, **login))


def error(call: Callable[[], object]) -> str:
    """What the SDK says went wrong."""
    try:
        return str(call())
    except DatabricksError as raised:
        return str(raised.error_code)
    except ValueError as raised:
        # The rest is the configuration.
        return str(raised).split(". Config: ")[0]


def work(registry: WorkspaceClient) -> list[str]:
    """Who somebody is, the number of the version they register, and what they are told of another model."""
    made = registry.model_registry.create_model_version("fraud", "s3://bucket/model").model_version
    other = error(lambda: registry.model_registry.create_model_version("churn", "s3://bucket/model"))
    return [registry.current_user.me().user_name, made.version, other]


def with_token(token: str, **login: str) -> WorkspaceClient:
    """A client that finds its job's token in the environment."""
    os.environ["DATABRICKS_OIDC_TOKEN"] = token
    return client(auth_type="env-oidc", **login)


facts["client credentials"] = work(client(client_id="ci", client_secret=asked["secret"]))
facts["wrong secret"] = error(client(client_id="ci", client_secret="wrong").current_user.me)
if asked["federated"]:
    facts["env-oidc"] = work(with_token(asked["tokens"][0], client_id="ci"))
    facts["env-oidc by fit alone"] = work(with_token(asked["tokens"][1]))
    facts["token of another repository"] = error(with_token(asked["strange"]).current_user.me)
    facts["token shown again"] = error(with_token(asked["tokens"][0]).current_user.me)
    facts["github-oidc"] = work(client(auth_type="github-oidc", client_id="ci"))
    facts["github-oidc as another"] = error(client(auth_type="github-oidc", client_id="another").current_user.me)

print(json.dumps(facts))
