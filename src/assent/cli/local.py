"""What the commands that work on the server's own database share. The server is imported when one runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from assent.access.credentials.passwords import NewPassword
    from assent.settings import Settings


def open_engine(settings: "Settings") -> "Engine":
    """An engine for the database of the settings."""
    from sqlalchemy import create_engine

    from assent.database import engine_options

    return create_engine(settings.url, **engine_options(settings.url, threads=1))


@contextmanager
def change() -> Iterator["Session"]:
    """One unit of work on the database of the environment's settings."""
    from assent.audit.events import Origin
    from assent.database import unit_of_work
    from assent.settings import Settings

    engine = open_engine(Settings.from_environment())
    with unit_of_work(engine, Origin("cli")) as session:
        yield session
    engine.dispose()


def new_password(text: str) -> "NewPassword":
    """A password that somebody chose, under the rules of the environment's settings."""
    from assent.settings import Settings

    return Settings.from_environment().passwords.new(text)
