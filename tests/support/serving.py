"""The service without a network."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from assent.app import create_app
from assent.database import db
from support.databases import settings_for


@contextmanager
def serving(url: str) -> Iterator[Flask]:
    """The application on a database, for as long as the block runs."""
    app = create_app(settings_for(url))
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
