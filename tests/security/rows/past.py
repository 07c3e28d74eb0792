"""How things stood, and what happened to a version, in the native API."""

from assent.access.policy.levels import Permission
from security.row import Row, anyone, on_the_model

OF_VERSION = {"name": "{model}", "number": "1"}

ROWS = (
    Row("api", "GET", "/at", anyone(), {"time": 1_795_408_000_000}),
    Row(
        "api",
        "GET",
        "/models/<name>/versions/<int:number>/story",
        on_the_model(Permission.MODEL_READ),
        in_path=OF_VERSION,
    ),
)
