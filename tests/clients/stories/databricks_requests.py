"""What people who ask, review and cancel do with the SDK; stages are an enum in old lines and texts in new ones."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service import ml
from databricks.sdk.version import __version__

asked = json.loads(sys.argv[1])
facts: dict[str, Any] = {"release": __version__}

STAGE = {name: ml.Stage(name) if hasattr(ml, "Stage") else name for name in ("Staging", "Production")}
PRODUCTION, STAGING = STAGE["Production"], STAGE["Staging"]


def registry(name: str) -> Any:
    """The registry in somebody's hands, who gives up soon where the server says that they may try again."""
    login = {"username": name, "password": asked["password"]}
    return WorkspaceClient(
        config=Config(host=os.environ["DATABRICKS_HOST"], retry_timeout_seconds=20, **login)
    ).model_registry


def plain(word: Any) -> Any:
    """A word, whether the line has an enum for it or not."""
    return getattr(word, "value", word)


def request(found: Any) -> list[Any]:
    """What matters of a request that was made just now."""
    return [plain(found.to_stage), found.comment, found.user_id, [plain(each) for each in found.available_actions]]


def activity(found: Any) -> list[Any]:
    """What matters of an activity."""
    kind, left, entered = plain(found.activity_type), plain(found.from_stage), plain(found.to_stage)
    return [kind, left, entered, found.user_id, found.comment, found.system_comment]


def version(found: Any) -> Any:
    """The version that a move gives, by the name that the line has for it."""
    return found.model_version_databricks if hasattr(found, "model_version_databricks") else found.model_version


def requests_of(found: Any) -> list[list[Any]]:
    """The open requests that are told with a version, by lines that know of them there."""
    return [activity(each) for each in getattr(found, "open_requests", None) or []]


def listed(name: str, version: str) -> list[list[Any]]:
    """The open requests of a version."""
    return [activity(each) for each in alice.list_transition_requests(name, version)]


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


alice, bob, petra, rita = (registry(name) for name in ("alice", "bob", "petra", "rita"))
for name in ("churn", "checked", "frozen"):
    alice.create_model(name)
    alice.create_model_version(name, "s3://bucket/model")
alice.create_model_version("churn", "s3://bucket/model")

created = alice.create_transition_request("churn", "1", PRODUCTION, comment="Please.").request
facts["created"] = request(created)
facts["created again"] = created == alice.create_transition_request("churn", "1", PRODUCTION).request
facts["created by somebody else"] = error(lambda: rita.create_transition_request("churn", "1", PRODUCTION))
facts["listed"] = listed("churn", "1")
facts["approved by who asked"] = reason(lambda: alice.approve_transition_request("churn", "1", PRODUCTION, True))[:2]
facts["approved without the right"] = reason(lambda: rita.approve_transition_request("churn", "1", PRODUCTION, True))
first = bob.approve_transition_request("churn", "1", PRODUCTION, True, comment="Fine.").activity
facts["first approval"] = activity(first)
facts["first approval again"] = bob.approve_transition_request("churn", "1", PRODUCTION, True).activity == first
facts["listed after one approval"] = listed("churn", "1")
facts["approved otherwise"] = error(lambda: petra.approve_transition_request("churn", "1", PRODUCTION, False))
second = petra.approve_transition_request("churn", "1", PRODUCTION, True).activity
facts["second approval"] = activity(second)
facts["ids"] = [first.id, second.id]
facts["listed after the move"] = listed("churn", "1")
facts["stage after the move"] = alice.get_model_version("churn", "1").model_version.current_stage
facts["approved once more by somebody else"] = error(
    lambda: registry("admin").approve_transition_request("churn", "1", PRODUCTION, True)
)

alice.create_transition_request("churn", "2", PRODUCTION)
rejection = bob.reject_transition_request("churn", "2", PRODUCTION, comment="It drifts.").activity
facts["rejection"] = activity(rejection)
facts["rejected when closed"] = error(
    lambda: petra.reject_transition_request("churn", "2", PRODUCTION, comment="No.")
)

rita.create_transition_request("churn", "2", STAGING)
facts["deleted for another creator"] = error(
    lambda: rita.delete_transition_request("churn", "2", STAGING, "alice", comment="Oh.")
)
gone = rita.delete_transition_request("churn", "2", STAGING, "rita", comment="Never mind.")
facts["deletion"] = activity(gone.activity) if getattr(gone, "activity", None) else None
facts["listed after the deletion"] = listed("churn", "2")

moved = version(alice.transition_stage("churn", "2", STAGING, False, comment="Try it."))
facts["moved"] = [plain(moved.current_stage), plain(moved.permission_level), len(requests_of(moved))]
facts["move held"] = reason(lambda: alice.transition_stage("churn", "2", PRODUCTION, True, comment="It is July."))
facts["listed after the move was held"] = listed("churn", "2")
waiting = version(alice.transition_stage("churn", "2", STAGING, False))
facts["told with a version"] = requests_of(waiting)
facts["check missing"] = reason(lambda: alice.transition_stage("checked", "1", PRODUCTION, False))
facts["frozen"] = reason(lambda: alice.transition_stage("frozen", "1", PRODUCTION, False))

print(json.dumps(facts))
