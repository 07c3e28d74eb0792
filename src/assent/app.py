"""The application: wires the faces; nothing is global but the database object."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from assent.access.sign_in import SignIn
from assent.api import accounts as _accounts  # noqa: F401 (declares its calls)
from assent.api import groups as _groups  # noqa: F401
from assent.api import registry as _native  # noqa: F401
from assent.api.face import api
from assent.database import READING, db, engine_options, reading_options
from assent.databricks import models as _databricks_models  # noqa: F401 (declares its calls)
from assent.databricks import people as _databricks_people  # noqa: F401
from assent.databricks import permissions as _databricks_permissions  # noqa: F401
from assent.databricks.face import databricks
from assent.http import documentation as _documentation  # noqa: F401 (declares its calls)
from assent.http import errors, traffic
from assent.http.calls import Face
from assent.http.identity import Identities
from assent.http.operation import operation
from assent.mlflow import models as _mlflow_models  # noqa: F401 (declares its calls)
from assent.mlflow import versions as _mlflow_versions  # noqa: F401
from assent.mlflow.face import mlflow
from assent.settings import Settings

# The first whose area a path lies in answers for it.
FACES: tuple[Face, ...] = (databricks, mlflow, api, operation)


class _Application(Flask):
    """Flask with plain functions alone: it would look five times a request whether one is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application for some settings, by default those of the environment."""
    settings = settings or Settings.from_environment()
    app = _Application("assent", static_folder=None)
    app.url_map.merge_slashes = False
    app.config |= {
        "SQLALCHEMY_DATABASE_URI": settings.url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.url, threads=settings.threads),
        "SQLALCHEMY_BINDS": {
            READING: {"url": settings.url, **reading_options(settings.url, threads=settings.threads)}
        },
        "MAX_CONTENT_LENGTH": settings.largest_body,
        "FACES": FACES,
        "PASSWORDS": settings.passwords,
        "SOURCE_RULES": settings.source_rules,
    }
    db.init_app(app)
    for face in FACES:
        face.mount(app)
    with app.app_context():
        sign_in = SignIn(settings.default_level, settings.lifetime, settings.passwords)
        identities = Identities(
            db.engines[READING], sign_in, writing=db.engine, recheck_seconds=settings.recheck_seconds
        )
    open_endpoints = {endpoint for face in FACES for endpoint in face.open_endpoints()}
    traffic.watch(app, identities, face_of, open_endpoints)
    errors.answer_errors(app)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies)  # type: ignore[method-assign]
    return app


def face_of(path: str) -> Face:
    """The face in whose words a path is answered."""
    return next(face for face in FACES if path.startswith(face.area))
