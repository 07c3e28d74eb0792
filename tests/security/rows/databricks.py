"""The protocol of the Databricks Workspace Model Registry."""

from functools import partial

from assent.access.levels import Permission
from security.row import Row, anyone, on_the_model, or_auditors

_row = partial(Row, "databricks", in_path={"model_id": "{model_id}"})

GRANT = on_the_model(Permission.MODEL_GRANT)
LIST = {"access_control_list": [{"user_name": "{user}", "permission_level": "CAN_READ"}]}
PERMISSIONS = "/permissions/registered-models/<model_id>"

ROWS = (
    _row("GET", "/preview/scim/v2/Me", anyone()),
    _row("GET", "/mlflow/databricks/registered-models/get", on_the_model(Permission.MODEL_READ), {"name": "{model}"}),
    _row("GET", PERMISSIONS, or_auditors(GRANT)),
    _row("PUT", PERMISSIONS, GRANT, LIST),
    _row("PATCH", PERMISSIONS, GRANT, LIST),
    _row("GET", f"{PERMISSIONS}/permissionLevels", on_the_model(Permission.MODEL_READ)),
)
