"""What the service asks of its database."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event

from assent.database import db


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that run in the block."""
    statements: list[str] = []

    def _note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    with app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", _note)
    yield statements
    for engine in engines:
        event.remove(engine, "before_cursor_execute", _note)
