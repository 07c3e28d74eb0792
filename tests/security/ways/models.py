"""Models, versions and grants on them, in the native API and in that of Databricks."""

from assent.audit.actions import Action
from security.way import by_face

_api, _mlflow = by_face("api"), by_face("mlflow")
_databricks, _mlflow3 = by_face("databricks"), by_face("mlflow3")

_VERSION = {"<name>": "{model}", "<number>": "1"}
_COMMENT = {"<comment_id>": "{comment_id}"}
_OF_ME = {"kind": "user", "name": "{me}"}
_LIST = {"access_control_list": [{"user_name": "{me}", "permission_level": "CAN_MANAGE"}]}
_MINE = {"name": "{model}", "username": "{me}"}
_NEWER = {"username": "{me}", "resource_type": "registered_model", "resource_id": "{model}"}

WAYS = (
    _api("PATCH", "/models/<name>", {"<name>": "{model}", "description": "d", "revision": 1, "name": "{free}"}),
    _api(
        *("PATCH", "/models/<name>/versions/<int:number>"),
        {**_VERSION, "description": "d", "revision": 1, "stage": "Production"},
    ),
    _api("POST", "/models/<name>/versions/<int:number>/restore", _VERSION, {**_VERSION, "<number>": "2"}),
    _api(
        *("POST", "/deleted-models/<int:model_id>/restore"),
        {"<model_id>": "{gone_id}", "name": "{free}"},
        {"<model_id>": "{gone_id}"},
        told_by=Action.MODEL_RESTORED,
    ),
    _api("PUT", "/models/<name>/card", {"<name>": "{model}", "text": "# Approved", "revision": 0}),
    _api("PUT", "/models/<name>/permissions", {"<name>": "{model}", **_OF_ME, "level": "CAN_MANAGE"}),
    _api("DELETE", "/models/<name>/permissions", {"<name>": "{model}", **_OF_ME}),
    _databricks("PUT", "/permissions/registered-models/<model_id>", {"<model_id>": "{model_id}", **_LIST}),
    _databricks("PATCH", "/permissions/registered-models/<model_id>", {"<model_id>": "{model_id}", **_LIST}),
    _mlflow("POST", "/registered-models/permissions/create", {**_MINE, "permission": "MANAGE"}),
    _mlflow("PATCH", "/registered-models/permissions/update", {**_MINE, "permission": "MANAGE"}),
    _mlflow("DELETE", "/registered-models/permissions/delete", _MINE),
    _mlflow3("POST", "/users/permissions/grant", {**_NEWER, "permission": "MANAGE"}),
    _mlflow3("POST", "/users/permissions/revoke", _NEWER),
    _api("POST", "/models/<name>/versions/<int:number>/comments", {**_VERSION, "text": "Approved. @petra"}),
    _api("PATCH", "/comments/<int:comment_id>", {**_COMMENT, "text": "Approved.", "revision": 1}),
    _api("DELETE", "/comments/<int:comment_id>", _COMMENT),
    _api("POST", "/comments/<int:comment_id>/resolve", _COMMENT),
    _api("POST", "/comments/<int:comment_id>/reopen", _COMMENT),
    _databricks(*("POST", "/mlflow/comments/create"), {"name": "{model}", "version": "1", "comment": "Approved."}),
    _databricks("PATCH", "/mlflow/comments/update", {"id": "{comment_id}", "comment": "Approved."}),
    _databricks("DELETE", "/mlflow/comments/delete", {"id": "{comment_id}"}),
)
