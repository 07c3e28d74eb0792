"""Calls about the service itself: is it there, is it well, what can it do."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import Schema, fields
from sqlalchemy import Connection

from assent import migrations
from assent.access.policy.principals import Principal
from assent.http import metrics, problems
from assent.http.calls import Call, Face, Uses, json_response
from assent.kernel.errors import Unavailable

# The release of MLflow whose registry protocol is spoken.
MLFLOW_VERSION = "3.18.0"


def _takes_nothing(_call: Call) -> Mapping[str, Any]:
    return {}


class Readiness(Schema):
    """That the service can work."""

    ready = fields.Boolean(required=True, metadata={"example": True})


class ServerInfo(Schema):
    """What a server of MLflow's protocol offers."""

    store_type = fields.String(required=True, metadata={"example": "SqlStore"})
    workspaces_enabled = fields.Boolean(required=True, metadata={"example": False})


operation = Face(
    "operation",
    ("",),
    _takes_nothing,
    problems.domain_error,
    problems.http_error,
    problems.Problem(),
    problems.MIMETYPE,
)


@operation.call("GET", "/health", uses=Uses.NOTHING, needs_credentials=False, media_type="text/plain")
def health() -> Response:
    """Tell that the process answers."""
    return Response("OK", mimetype="text/plain")


@operation.call("GET", "/ready", gives=Readiness(), uses=Uses.READS, needs_credentials=False)
def ready(session: Connection, *, by: Principal | None) -> dict[str, Any]:  # noqa: ARG001 (as every call)
    """Tell whether the database is reachable and migrated."""
    if migrations.pending(session):
        raise Unavailable("The database is not migrated; run `assent db upgrade`.")
    return {"ready": True}


@operation.call("GET", "/version", uses=Uses.NOTHING, media_type="text/plain")
def version() -> Response:
    """Tell the MLflow release whose registry protocol is spoken."""
    return Response(MLFLOW_VERSION, mimetype="text/plain")


@operation.call("GET", "/api/3.0/mlflow/server-info", gives=ServerInfo(), uses=Uses.NOTHING)
def server_info() -> Response:
    """Tell clients of MLflow 3 that there are no workspaces, which they ask when a user sets one."""
    return json_response({"store_type": "SqlStore", "workspaces_enabled": False})


@operation.call("GET", "/metrics", uses=Uses.NOTHING, media_type="text/plain")
def read_metrics() -> Response:
    """Give counters and times, for Prometheus."""
    text, content_type = metrics.exposition()
    return Response(text, content_type=content_type)
