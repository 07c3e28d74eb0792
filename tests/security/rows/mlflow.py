"""MLflow's registry protocol."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from assent.access.policy.levels import Permission
from security.row import Row, anyone, creators, on_the_model

_row = partial(Row, "mlflow")

_MODEL: Mapping[str, Any] = {"name": "{model}"}
_VERSION: Mapping[str, Any] = {"name": "{model}", "version": "1"}
_TAG: Mapping[str, Any] = {"key": "key", "value": "other"}

READ = on_the_model(Permission.MODEL_READ)
EDIT = on_the_model(Permission.MODEL_EDIT)
EDIT_VERSION = on_the_model(Permission.VERSION_EDIT)
SET_ALIAS = on_the_model(Permission.ALIAS_SET)

ROWS = (
    _row("POST", "/registered-models/create", creators(), {"name": "{new}"}),
    _row("GET", "/registered-models/get", READ, _MODEL),
    _row("PATCH", "/registered-models/update", EDIT, {**_MODEL, "description": "d"}),
    _row(
        "POST", "/registered-models/rename", on_the_model(Permission.MODEL_MANAGE), {**_MODEL, "new_name": "{model}"}
    ),
    _row("DELETE", "/registered-models/delete", on_the_model(Permission.MODEL_MANAGE), _MODEL),
    _row("GET", "/registered-models/search", anyone()),
    _row("GET", "/registered-models/list", anyone()),
    _row("GET", "/registered-models/get-latest-versions", READ, _MODEL),
    _row("POST", "/registered-models/get-latest-versions", READ, _MODEL),
    _row("POST", "/registered-models/set-tag", EDIT, {**_MODEL, **_TAG}),
    _row("DELETE", "/registered-models/delete-tag", EDIT, {**_MODEL, "key": "key"}),
    _row("POST", "/registered-models/alias", SET_ALIAS, {**_VERSION, "alias": "challenger"}),
    _row("DELETE", "/registered-models/alias", SET_ALIAS, {**_MODEL, "alias": "champion"}),
    _row("GET", "/registered-models/alias", READ, {**_MODEL, "alias": "champion"}),
    _row(
        "POST",
        "/model-versions/create",
        on_the_model(Permission.VERSION_REGISTER),
        {**_MODEL, "source": "s3://new/{me}"},
    ),
    _row("GET", "/model-versions/get", READ, _VERSION),
    _row("PATCH", "/model-versions/update", EDIT_VERSION, {**_VERSION, "description": "d"}),
    _row(
        "POST",
        "/model-versions/transition-stage",
        on_the_model(Permission.VERSION_MOVE, Permission.VERSION_MOVE_PRODUCTION),
        {**_VERSION, "stage": "Production"},
    ),
    _row("DELETE", "/model-versions/delete", on_the_model(Permission.VERSION_DELETE), _VERSION),
    _row("GET", "/model-versions/search", anyone()),
    _row("GET", "/model-versions/get-download-uri", READ, _VERSION),
    _row("POST", "/model-versions/set-tag", EDIT_VERSION, {**_VERSION, **_TAG}),
    _row("DELETE", "/model-versions/delete-tag", EDIT_VERSION, {**_VERSION, "key": "key"}),
)
