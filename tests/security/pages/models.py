"""Models and versions."""

from assent.access.levels import Permission
from security.pages.seen import page
from security.row import Row, on_the_model

_READ = on_the_model(Permission.MODEL_READ)

ROWS: tuple[Row, ...] = (page("/compare", _READ, {"version": ["{model}/1", "{model}/3"]}),)
