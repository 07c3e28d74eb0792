"""The service without a network."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import Flask

from assent.app import create_app
from assent.database import db
from support.databases import settings_for


@contextmanager
def serving(url: str, **settings: Any) -> Iterator[Flask]:
    """The application on a database, with some settings, for as long as the block runs."""
    app = create_app(replace(settings_for(url), **settings))
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
