"""Which versions of a model stand where: the newest of each stage, and the newest of all. One statement."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, literal, select, union_all

from assent.kernel.dialects import Reader
from assent.registry.views import VERSION_COLUMNS, VERSIONS, Version, version

_ANYWHERE = ""


class Board(NamedTuple):
    """The newest versions of a model: of each stage, and of all; one more than wanted where others follow."""

    stages: dict[str, list[Version]]
    newest: list[Version]


def of(session: Reader, model_id: int, stages: Sequence[str], *, most: int) -> Board:
    """The newest versions in each of some stages and of all: so many, and one more.

    Access is the caller's to check.
    """
    of_model = (VERSIONS.c.model_id == model_id) & VERSIONS.c.deleted_at.is_(None)
    parts = [_newest(of_model & (VERSIONS.c.stage == stage), stage, most) for stage in stages]
    # Each cut by itself: so an index gives each in its order, however many versions there are.
    placed = union_all(*(select(part.subquery()) for part in [*parts, _newest(of_model, _ANYWHERE, most)])).subquery()
    rows = session.execute(
        select(placed.c.place, *VERSION_COLUMNS)
        .join_from(placed, VERSIONS, VERSIONS.c.id == placed.c.id)
        .order_by(VERSIONS.c.number.desc())
    )
    found: dict[str, list[Version]] = {place: [] for place in [*stages, _ANYWHERE]}
    for place, *columns in rows:
        found[place].append(version(columns))
    return Board({stage: found[stage] for stage in stages}, found[_ANYWHERE])


def _newest(which: ColumnElement[bool], place: str, most: int) -> Select[tuple[str, int]]:
    columns = literal(place).label("place"), VERSIONS.c.id.label("id")
    return select(*columns).where(which).order_by(VERSIONS.c.number.desc()).limit(most + 1)


class Beside(NamedTuple):
    """What a version may be compared with: the live one before it, and those that serve in some stages."""

    predecessor: int | None
    incumbents: list[int]


def beside(session: Reader, of: Version, stages: Sequence[str]) -> Beside:
    """The version before one, and the newest other one of each of some stages. One statement."""
    others = (VERSIONS.c.model_id == of.model_id) & VERSIONS.c.deleted_at.is_(None) & (VERSIONS.c.number != of.number)
    before = _newest(others & (VERSIONS.c.number < of.number), _ANYWHERE, 0)
    parts = [before, *(_newest(others & (VERSIONS.c.stage == stage), stage, 0) for stage in stages)]
    placed = union_all(*(select(part.subquery()) for part in parts)).subquery()
    numbers = select(placed.c.place, VERSIONS.c.number).join_from(placed, VERSIONS, VERSIONS.c.id == placed.c.id)
    found: dict[str, int] = {row.place: row.number for row in session.execute(numbers)}
    return Beside(found.pop(_ANYWHERE, None), sorted(set(found.values()), reverse=True))
