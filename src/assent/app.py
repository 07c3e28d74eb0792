"""The application: wires the faces; nothing is global but the database object."""

import os
from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from werkzeug.middleware.proxy_fix import ProxyFix

from assent.access.sign_in import SignIn
from assent.api import accounts as _accounts  # noqa: F401 (declares its calls)
from assent.api import grants as _grants  # noqa: F401
from assent.api import groups as _groups  # noqa: F401
from assent.api import permissions as _permissions  # noqa: F401
from assent.api import publishers as _publishers  # noqa: F401
from assent.api import registry as _native  # noqa: F401
from assent.api import sessions as _sessions  # noqa: F401
from assent.api import tokens as _tokens  # noqa: F401
from assent.api.face import api
from assent.database import READING, db, engine_options, reading_options
from assent.databricks import models as _databricks_models  # noqa: F401 (declares its calls)
from assent.databricks import people as _databricks_people  # noqa: F401
from assent.databricks import permissions as _databricks_permissions  # noqa: F401
from assent.databricks.face import databricks
from assent.http import documentation as _documentation  # noqa: F401 (declares its calls)
from assent.http import errors, traffic
from assent.http.browsers import Browsers, shared_key
from assent.http.calls import Face
from assent.http.cookies import Cookies
from assent.http.identity import Identities
from assent.http.operation import operation
from assent.http.providers import providers
from assent.mlflow import models as _mlflow_models  # noqa: F401 (declares its calls)
from assent.mlflow import permissions as _mlflow_permissions  # noqa: F401
from assent.mlflow import users as _mlflow_users  # noqa: F401
from assent.mlflow import versions as _mlflow_versions  # noqa: F401
from assent.mlflow.face import mlflow, mlflow3
from assent.oauth import discovery as _discovery  # noqa: F401 (declares its calls)
from assent.oauth import tokens as _exchange  # noqa: F401
from assent.oauth.face import Exchanges, oauth
from assent.settings import Settings
from assent.web import account as _account  # noqa: F401 (declares its calls)
from assent.web import forms, pages
from assent.web import sign_in as _sign_in  # noqa: F401
from assent.web.face import web
from assent.web.providers import open_doors

# The first whose area a path lies in answers for it. These are in the OpenAPI document; why the pages are not,
# `web.face` tells.
FACES: tuple[Face, ...] = (databricks, mlflow, mlflow3, api, oauth, operation)


class _Application(Flask):
    """Flask with plain functions alone: it would look five times a request whether one is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application for some settings, by default those of the environment."""
    settings = settings or Settings.from_environment()
    app = _Application("assent", static_folder=None, template_folder="web/templates")
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
        "PUBLISHER_ISSUERS": settings.publisher_issuers,
        "SOURCE_RULES": settings.source_rules,
        "DEFAULT_LEVEL": settings.default_level,
    }
    db.init_app(app)
    for face in (*FACES, web):
        face.mount(app)
    with app.app_context():
        sign_in = SignIn(settings.default_level, settings.lifetime, settings.passwords)
        app.config["EXCHANGES"] = Exchanges(sign_in, settings.public_url, settings.oidc_audiences)
        identities = Identities(
            db.engines[READING], sign_in, writing=db.engine, recheck_seconds=settings.recheck_seconds
        )
    cookies = Cookies(lambda: settings.secret_key or shared_key(), public_url=settings.public_url)
    browsers = Browsers(app, identities, cookies, settings.lifetime)
    open_endpoints = {endpoint for face in (*FACES, web) for endpoint in face.open_endpoints()}
    traffic.watch(app, identities, browsers, face_of, open_endpoints)
    errors.answer_errors(app)
    forms.guard(app)
    open_doors(app, providers(settings.oidc_file, os.environ), public_url=settings.public_url)
    pages.prepare(app, public_url=settings.public_url)
    if proxies := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app


def face_of(request: Request) -> Face:
    """The face in whose words a request is answered: by its path; a page where one is, or is asked to be."""
    if request.blueprint in web.blueprints:
        return web
    found = next(face for face in FACES if request.path.startswith(face.area))
    is_no_call = found is operation and request.endpoint is None
    return web if is_no_call and "text/html" in request.accept_mimetypes.values() else found
