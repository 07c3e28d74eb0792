"""MLflow's calls on users, and on what is granted to them on models."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from assent.access.policy.levels import Permission
from security.row import Row, administrators, on_the_model, or_auditors, overseers, who_lets_in

_USER: Mapping[str, Any] = {"username": "{user}"}
_NEW_PASSWORD: Mapping[str, Any] = {"password": "tall ships at dawn"}
# Something is granted to the bot already.
_OF_BOT: Mapping[str, Any] = {"name": "{model}", "username": "{bot}"}
_ON_RESOURCE: Mapping[str, Any] = {
    "username": "{bot}",
    "resource_type": "registered_model",
    "resource_id": "{model}",
}
_WORD: Mapping[str, Any] = {"permission": "EDIT"}

_user = partial(Row, "mlflow", expects=administrators())
_door = partial(Row, "mlflow", expects=who_lets_in())
_GRANTING = on_the_model(Permission.MODEL_GRANT)
_granted = partial(Row, "mlflow", expects=_GRANTING)
_newer = partial(Row, "mlflow3", expects=_GRANTING)

ROWS = (
    _door("POST", "/users/create", fields={"username": "{new}", **_NEW_PASSWORD}),
    _user("GET", "/users/get", expects=overseers(), fields=_USER),
    _door("PATCH", "/users/update-password", fields={**_USER, **_NEW_PASSWORD}),
    _door("PATCH", "/users/update-admin", fields={**_USER, "is_admin": True}),
    _user("DELETE", "/users/delete", fields=_USER),
    _granted("POST", "/registered-models/permissions/create", fields={"name": "{model}", **_USER, **_WORD}),
    _granted("GET", "/registered-models/permissions/get", expects=or_auditors(_GRANTING), fields=_OF_BOT),
    _granted("PATCH", "/registered-models/permissions/update", fields={**_OF_BOT, **_WORD}),
    _granted("DELETE", "/registered-models/permissions/delete", fields=_OF_BOT),
    _newer("POST", "/users/permissions/grant", fields={**_ON_RESOURCE, **_WORD}),
    _newer("POST", "/users/permissions/revoke", fields=_ON_RESOURCE),
    _newer("GET", "/users/permissions/get", expects=or_auditors(_GRANTING), fields=_ON_RESOURCE),
)
