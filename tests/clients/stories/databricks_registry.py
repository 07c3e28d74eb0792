"""All that the SDK does with models, versions and permissions, by a token and by a name and a password."""

import json
import logging
import os
import sys
from collections.abc import Callable
from typing import Any

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service.ml import (
    ModelTag,
    ModelVersionTag,
    RegisteredModelAccessControlRequest,
)
from databricks.sdk.service.ml import RegisteredModelPermissionLevel as Level
from databricks.sdk.version import __version__

asked = json.loads(sys.argv[1])
facts: dict[str, Any] = {"release": __version__, "warnings": []}


class Warnings(logging.Handler):
    """Keeps what the SDK warns of, such as an answer to its probe at the start that it does not understand."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message."""
        facts["warnings"].append(record.getMessage())


logging.getLogger("databricks.sdk").addHandler(Warnings(logging.WARNING))


def client(**login: str) -> WorkspaceClient:
    """A client that gives up soon where the server says that it may try again."""
    return WorkspaceClient(config=Config(host=os.environ["DATABRICKS_HOST"], retry_timeout_seconds=20, **login))


def by_password(name: str) -> WorkspaceClient:
    """Somebody who signs in by password."""
    return client(username=name, password=asked["password"])


def request(level: Level, **who: str) -> RegisteredModelAccessControlRequest:
    """A level that somebody shall have."""
    return RegisteredModelAccessControlRequest(permission_level=level, **who)


def error(call: Callable[[], object]) -> list[str]:
    """The type that the SDK raises, and the code."""
    try:
        return ["", str(call())]
    except DatabricksError as raised:
        return [type(raised).__name__, raised.error_code]


def reason(call: Callable[[], object]) -> list[Any]:
    """Why something is denied, as programs read it."""
    try:
        return [str(call())]
    except DatabricksError as raised:
        if hasattr(raised, "get_error_details"):
            info = raised.get_error_details().error_info
        else:
            (info,) = raised.get_error_info()
        return [info.reason, info.domain, info.metadata]


def levels(told: Any) -> dict[str, list[list[Any]]]:
    """Who has which level, and whether it is inherited."""
    return {
        each.user_name or each.group_name or each.service_principal_name: [
            [given.permission_level.value, given.inherited, given.inherited_from_object]
            for given in each.all_permissions
        ]
        for each in told.access_control_list
    }


def names(found: Any) -> list[str]:
    """The names of models."""
    return [model.name for model in found]


def numbers(found: Any) -> list[str]:
    """The numbers of versions."""
    return [version.version for version in found]


alice = client(token=asked["token"])
carol, rita = by_password("carol"), by_password("rita")
registry = alice.model_registry

me = alice.current_user.me()
facts["me"] = [me.user_name, me.display_name, me.active, me.groups, me.emails]
someone = carol.current_user.me()
facts["by password"] = [someone.user_name, [group.display for group in someone.groups]]
facts["wrong password"] = error(client(username="carol", password="wrong").current_user.me)
facts["wrong token"] = error(client(token="assent_wrong").current_user.me)

created = registry.create_model("model", description="Tells who buys.", tags=[ModelTag(key="team", value="shop")])
facts["created model"] = created.registered_model.name
registry.update_model("model", description="Tells who buys what.")
registry.set_model_tag("model", "owner", "ada")
registry.set_model_tag("model", "gone", "soon")
registry.delete_model_tag("model", "gone")
model = registry.get_model("model").registered_model_databricks
facts["model"] = [model.name, model.description, {tag.key: tag.value for tag in model.tags}, model.user_id]
facts["level"] = model.permission_level.value
facts["level of a reader"] = rita.model_registry.get_model("model").registered_model_databricks.permission_level.value
facts["id"] = [type(model.id).__name__, model.id == registry.get_permissions(model.id).object_id.rpartition("/")[2]]

version = registry.create_model_version(
    "model",
    "s3://bucket/model",
    description="First.",
    run_id="a" * 32,
    tags=[ModelVersionTag(key="data", value="july")],
).model_version
facts["registered"] = [version.version, version.status.value, version.current_stage]
registry.update_model_version("model", "1", description="The first.")
registry.set_model_version_tag("model", "1", "checked", "yes")
registry.set_model_version_tag("model", "1", "gone", "soon")
registry.delete_model_version_tag("model", "1", "gone")
version = registry.get_model_version("model", "1").model_version
facts["version"] = [version.description, version.run_id, {tag.key: tag.value for tag in version.tags}]
facts["download uri"] = registry.get_model_version_download_uri("model", "1").artifact_uri
registry.create_model_version("model", "s3://bucket/model")
registry.create_model_version("model", "s3://bucket/model")
facts["latest"] = numbers(registry.get_latest_versions("model"))
facts["latest in production"] = numbers(registry.get_latest_versions("model", stages=["Production"]))
facts["versions page by page"] = numbers(
    registry.search_model_versions(filter="name = 'model'", max_results=1, order_by=["version_number DESC"])
)
registry.delete_model_version("model", "3")
facts["versions after a deletion"] = sorted(numbers(registry.search_model_versions(filter="name = 'model'")))
alice.api_client.do("DELETE", "/api/2.0/mlflow/model-versions/delete", body={"name": "model", "version": "2"})
facts["versions after a deletion by a body"] = numbers(registry.search_model_versions(filter="name = 'model'"))

written = registry.create_comment("model", "1", "Why did recall drop?").comment
facts["comment"] = [written.comment, written.user_id, [action.value for action in written.available_actions]]
edited = registry.update_comment(written.id, "Why did recall drop in July?").comment
facts["comment edited"] = [edited.id == written.id, edited.comment]
facts["comment edited later"] = edited.last_updated_timestamp >= edited.creation_timestamp
facts["comment of a reader"] = rita.model_registry.create_comment("model", "1", "Labels moved.").comment.user_id
facts["comment of somebody else"] = [
    error(lambda: rita.model_registry.update_comment(written.id, "I know.")),
    error(lambda: rita.model_registry.delete_comment(written.id)),
]
registry.delete_comment(written.id)
alice.api_client.do("DELETE", "/api/2.0/mlflow/comments/delete", body={"id": written.id})
facts["comment that is deleted"] = error(lambda: registry.update_comment(written.id, "What?"))

for name in ("b", "a", "c"):
    registry.create_model(name, tags=[ModelTag(key="team", value="risk")])
facts["listed page by page"] = names(registry.list_models(max_results=1))
facts["found by tag, page by page"] = names(
    registry.search_models(filter="tags.team = 'risk'", max_results=2, order_by=["name DESC"])
)
facts["renamed"] = registry.rename_model("c", new_name="d").registered_model.name
registry.delete_model("d")
facts["left"] = names(registry.list_models())

facts["errors"] = {
    "taken name": error(lambda: registry.create_model("model")),
    "bad name": error(lambda: registry.create_model("a/b")),
    "unknown model": error(lambda: registry.get_model("nobody")),
    "unknown version": error(lambda: registry.get_model_version("model", "9")),
    "unreadable model": error(lambda: carol.model_registry.get_model("model")),
    "unreadable model by its id": error(lambda: carol.model_registry.get_permissions(model.id)),
    "name in the place of an id": error(lambda: registry.get_permissions("model")),
    "delete as a reader": error(lambda: rita.model_registry.delete_model("model")),
    "permissions as a reader": error(lambda: rita.model_registry.get_permissions(model.id)),
    "unknown user": error(
        lambda: registry.update_permissions(
            model.id, access_control_list=[request(Level.CAN_READ, user_name="nobody")]
        )
    ),
    "comment on an unknown version": error(lambda: registry.create_comment("model", "9", "Why?")),
    "comment on an unreadable model": error(lambda: carol.model_registry.create_comment("model", "1", "Why?")),
    "empty comment": error(lambda: registry.create_comment("model", "1", " ")),
    "unknown comment": error(lambda: registry.delete_comment("nobody's")),
    "what is not there yet": error(lambda: alice.api_client.do("GET", "/api/2.0/mlflow/databricks/nothing")),
}
facts["reason"] = reason(lambda: rita.model_registry.get_permissions(model.id))

facts["levels"] = [each.permission_level.value for each in registry.get_permission_levels(model.id).permission_levels]
before = levels(registry.get_permissions(model.id))
facts["permissions at first"] = {name: before.get(name) for name in ("alice", "rita", "carol")}
updated = levels(
    registry.update_permissions(
        model.id,
        access_control_list=[
            request(Level.CAN_READ, user_name="carol"),
            request(Level.CAN_EDIT, group_name="reviewers"),
            request(Level.CAN_MANAGE_STAGING_VERSIONS, service_principal_name="robot"),
        ],
    )
)
facts["permissions updated"] = {name: updated[name] for name in ("alice", "carol", "reviewers", "robot")}
facts["level of who was let in"] = [
    carol.model_registry.get_model("model").registered_model_databricks.permission_level.value,
    names(carol.model_registry.list_models()),
]
replaced = levels(
    registry.set_permissions(model.id, access_control_list=[request(Level.CAN_MANAGE, user_name="carol")])
)
facts["permissions set"] = {name: replaced.get(name) for name in ("alice", "carol", "reviewers", "robot")}
carol.model_registry.set_permissions(model.id)
facts["who was shut out"] = error(lambda: carol.model_registry.get_model("model"))

print(json.dumps(facts))
