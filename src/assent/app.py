"""The application: wires the faces; nothing is global but the database object."""

import os
from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from assent.access.signing_in.sign_in import SignIn
from assent.database import READING, db, engine_options, reading_options
from assent.faces import FACES, PAGES, face_of
from assent.http import errors, traffic
from assent.http.assertions import Assertions
from assent.http.browsers import Browsers, shared_key
from assent.http.by_password import ByPassword
from assent.http.cookies import Cookies
from assent.http.identity import Identities
from assent.http.issuers import Issuers
from assent.http.providers import providers
from assent.http.waiting import Places
from assent.oauth.face import Exchanges
from assent.settings import Settings
from assent.web.frame import pages
from assent.web.signing_in import stale_forms
from assent.web.signing_in.providers import open_doors


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
        "LARGEST_SNAPSHOT": settings.largest_snapshot,
        "PASSWORDS": settings.passwords,
        "PUBLISHER_ISSUERS": settings.publisher_issuers,
        "SOURCE_RULES": settings.source_rules,
        "ALLOW_OVERRIDES": settings.allow_overrides,
        "DEFAULT_LEVEL": settings.default_level,
        # The other half of the threads answers everybody else.
        "PLACES_TO_WAIT": Places(settings.threads // 2),
    }
    db.init_app(app)

    def key() -> str:
        return settings.secret_key or shared_key()

    for face in (*FACES, PAGES):
        face.mount(app)
    assertions = Assertions(Issuers())
    with app.app_context():
        sign_in = SignIn(settings.default_level, settings.lifetime, settings.passwords)
        app.config["EXCHANGES"] = Exchanges(sign_in, assertions, settings.public_url, settings.oidc_audiences)
        engines = {"reading": db.engines[READING], "writing": db.engine}
    by_password = ByPassword(sign_in, settings.attempt_limits, key=key, **engines)
    by_password.serve(app)
    identities = Identities(sign_in, by_password, recheck_seconds=settings.recheck_seconds, **engines)
    cookies = Cookies(key, public_url=settings.public_url)
    browsers = Browsers(app, identities, cookies, settings.lifetime)
    open_endpoints = {endpoint for face in (*FACES, PAGES) for endpoint in face.open_endpoints()}
    traffic.watch(app, identities, browsers, face_of, open_endpoints)
    errors.answer_errors(app)
    stale_forms.guard(app)
    open_doors(app, providers(settings.oidc_file, os.environ), assertions, public_url=settings.public_url)
    pages.prepare(app, public_url=settings.public_url)
    if proxies := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]  # Flask's own way
    return app
