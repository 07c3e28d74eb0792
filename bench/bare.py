"""The least that could answer the hot reads: a Flask view, the one SELECT, JSON.

No authentication, no log, no checks: what Assent costs is measured against this, on the same server software.
"""

import os
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Flask, Response, request
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from sqlalchemy import Executable, create_engine

from assent.database import engine_options
from assent.registry import reading
from assent.settings import Settings
from bench.servers import THREADS, WORKERS

_PREFIX = "/api/2.0/mlflow"


def main() -> None:
    """Serve, as `assent.server` does."""
    Granian(
        "bench.bare:application",
        factory=True,
        address="127.0.0.1",
        port=int(os.environ["ASSENT_BENCH_PORT"]),
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        http1_settings=HTTP1Settings(),
        log_enabled=False,
    ).serve()


def application() -> Flask:
    """The application in a server process."""
    app = Flask("bare", static_folder=None)
    url = Settings.from_environment().url
    engine = create_engine(url, isolation_level="AUTOCOMMIT", **engine_options(url, threads=THREADS))

    def answer(statement: Executable, values: Mapping[str, Any]) -> Response:
        with engine.connect() as connection:
            row = connection.execute(statement, values).one()
        return Response(orjson.dumps(tuple(row)), mimetype="application/json")

    @app.get("/health")
    def health() -> str:
        return "OK"

    @app.get(f"{_PREFIX}/model-versions/get")
    def version() -> Response:
        return answer(reading._VERSION.plain, _version_asked_for())

    @app.get(f"{_PREFIX}/model-versions/get-download-uri")
    def download_uri() -> Response:
        return answer(reading._DOWNLOAD_URI.plain, _version_asked_for())

    @app.get(f"{_PREFIX}/registered-models/alias")
    def alias() -> Response:
        return answer(reading._BY_ALIAS.plain, {"name": request.args["name"], "alias": request.args["alias"]})

    return app


def _version_asked_for() -> dict[str, Any]:
    return {"name": request.args["name"], "number": int(request.args["version"])}


if __name__ == "__main__":
    main()
