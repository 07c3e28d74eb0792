"""Calls about the service itself."""

from functools import partial

from security.row import Row, anyone

_row = partial(Row, "operation")

ROWS = (
    _row("GET", "/health", anyone(), unknown=200),
    _row("GET", "/ready", anyone(), unknown=200),
    _row("GET", "/version", anyone()),
    _row("GET", "/api/3.0/mlflow/server-info", anyone()),
    _row("GET", "/metrics", anyone()),
    _row("GET", "/openapi.yaml", anyone()),
    _row("GET", "/docs", anyone()),
    _row("GET", "/docs/<name>", anyone(), in_path={"name": "docs.js"}),
)
