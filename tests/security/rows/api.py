"""Models and versions in the native API."""

from functools import partial

from assent.access.policy.levels import Permission
from security.row import Row, anyone, on_the_model

_of_model = partial(Row, "api", in_path={"name": "{model}"})
_of_version = partial(Row, "api", in_path={"name": "{model}", "number": "1"})

READ = on_the_model(Permission.MODEL_READ)
DESCRIPTION = {"description": "d", "revision": 1}

ROWS = (
    Row("api", "GET", "/me", anyone()),
    Row("api", "GET", "/stages", anyone()),
    _of_model("GET", "/models/<name>", READ),
    _of_model("PATCH", "/models/<name>", on_the_model(Permission.MODEL_EDIT), DESCRIPTION),
    _of_model("GET", "/models/<name>/history", READ),
    _of_model("GET", "/models/<name>/deleted-versions", READ),
    _of_version("GET", "/models/<name>/versions/<int:number>", READ),
    _of_version("PATCH", "/models/<name>/versions/<int:number>", on_the_model(Permission.VERSION_EDIT), DESCRIPTION),
    _of_version("GET", "/models/<name>/versions/<int:number>/history", READ),
    Row(
        "api",
        "POST",
        "/models/<name>/versions/<int:number>/restore",
        on_the_model(Permission.VERSION_DELETE),
        in_path={"name": "{model}", "number": "2"},
    ),
    Row("api", "GET", "/deleted-models", anyone()),
    Row(
        "api",
        "POST",
        "/deleted-models/<int:model_id>/restore",
        on_the_model(Permission.MODEL_MANAGE),
        in_path={"model_id": "{gone_id}"},
    ),
)
