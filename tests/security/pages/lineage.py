"""Lineage and recalls."""

from assent.access.levels import Permission
from security.pages.seen import page
from security.row import Row, on_the_model

_READ = on_the_model(Permission.MODEL_READ)
_OF = {"of": "version:{model}/1"}

ROWS: tuple[Row, ...] = (page("/lineage", _READ, _OF), page("/lineage/graph", _READ, _OF))
