"""Names found by how they begin."""

from sqlalchemy import ColumnElement, and_, true

# No name holds it, and all that begin alike come before it.
_LAST = "\U0010ffff"


def begins(name: ColumnElement[str], beginning: str) -> ColumnElement[bool]:
    """The condition for names that begin so: a stretch of their index, which LIKE is not everywhere."""
    return and_(name >= beginning, name < beginning + _LAST) if beginning else true()
