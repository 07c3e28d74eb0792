"""Models and versions."""

from assent.access.levels import Permission
from security.pages.seen import page
from security.row import Row, anyone, on_the_model

_READ = on_the_model(Permission.MODEL_READ)

_MODEL = "/models/<name>"
_OURS = {"name": "{model}", "number": "1"}
_VERSION = f"{_MODEL}/versions/<int:number>"

ROWS: tuple[Row, ...] = (
    page("/models", anyone()),
    *(page(f"{_MODEL}{tab}", _READ, in_path=_OURS) for tab in ("", "/versions", "/activity", "/access", "/gates")),
    *(page(f"{_VERSION}{tab}", _READ, in_path=_OURS) for tab in ("", "/origin", "/history", "/story")),
    page("/compare", _READ, {"version": ["{model}/1", "{model}/3"]}),
)
