"""The protocol of the Databricks Workspace Model Registry."""

from functools import partial

from assent.access.policy.levels import Permission
from security.row import Row, anyone, on_the_model, or_auditors

_row = partial(Row, "databricks", in_path={"model_id": "{model_id}"})

GRANT = on_the_model(Permission.MODEL_GRANT)
LIST = {"access_control_list": [{"user_name": "{user}", "permission_level": "CAN_READ"}]}
REQUESTS = "/mlflow/transition-requests"
# Of each model there is an open request, which alice opened.
ASKED = {"name": "{model}", "version": "1", "stage": "Production"}
DECIDE = on_the_model(Permission.REQUEST_DECIDE_PRODUCTION)
PERMISSIONS = "/permissions/registered-models/<model_id>"

ROWS = (
    _row("GET", "/preview/scim/v2/Me", anyone()),
    _row("GET", "/mlflow/databricks/registered-models/get", on_the_model(Permission.MODEL_READ), {"name": "{model}"}),
    _row("GET", PERMISSIONS, or_auditors(GRANT)),
    _row("PUT", PERMISSIONS, GRANT, LIST),
    _row("PATCH", PERMISSIONS, GRANT, LIST),
    _row("GET", f"{PERMISSIONS}/permissionLevels", on_the_model(Permission.MODEL_READ)),
    _row("POST", f"{REQUESTS}/create", on_the_model(Permission.REQUEST_OPEN), {**ASKED, "stage": "Staging"}),
    _row("GET", f"{REQUESTS}/list", on_the_model(Permission.MODEL_READ), {"name": "{model}", "version": "1"}),
    _row("POST", f"{REQUESTS}/approve", DECIDE, {**ASKED, "archive_existing_versions": True}),
    _row("POST", f"{REQUESTS}/reject", DECIDE, {**ASKED, "comment": "No."}),
    _row("DELETE", f"{REQUESTS}/delete", on_the_model(Permission.MODEL_MANAGE), {**ASKED, "creator": "alice"}),
    _row(
        "POST",
        "/mlflow/databricks/model-versions/transition-stage",
        on_the_model(Permission.VERSION_MOVE, Permission.VERSION_MOVE_PRODUCTION),
        ASKED,
    ),
)
