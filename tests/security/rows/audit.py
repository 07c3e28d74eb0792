"""The audit log, in the native API."""

from assent.access.policy.levels import Permission
from security.row import Row, anyone, on_the_model

# Everybody sees something: what they did themselves.
ROWS = (
    Row("api", "GET", "/audit/events", anyone()),
    Row("api", "GET", "/audit/export", on_the_model(Permission.MODEL_READ), {"model": "{model}"}),
)
