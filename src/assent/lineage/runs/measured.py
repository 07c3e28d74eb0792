"""What runs measured, taken out of the snapshots of several versions without reading these as a whole.

Of a version counts the snapshot that was pulled, else the one that was pushed, and none where they contradict each
other; metrics that were logged for the very model count over those of its run. Access is the caller's to check.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Select, cast, func, select, true, union
from sqlalchemy.dialects.postgresql import JSONB

from assent.kernel.dialects import Reader, dialect
from assent.lineage.runs.captured import CaptureState
from assent.lineage.runs.snapshots import CAPTURES, SNAPSHOTS
from assent.registry.views import VERSIONS

MOST_KEYS = 500

# Where facts tell of metrics: what comes first counts.
_PLACES = (("model", "metrics"), ("metrics",))


class Point(NamedTuple):
    """What was measured of one version; nothing where its snapshot tells of no such metric."""

    number: int
    stage: str
    value: float | None


def keys(session: Reader, version_ids: Collection[int]) -> list[str]:
    """The metrics that the snapshots of some versions tell of, by name, at most 500. One statement."""
    on = dialect(session)
    told = _told(on, SNAPSHOTS.c.version_id.in_(version_ids))
    named = union(*(_keys(told, place, on) for place in _PLACES)).subquery()
    return list(session.scalars(select(named.c.key).order_by(named.c.key).limit(MOST_KEYS)))


def values(session: Reader, version_ids: Collection[int], wanted: Sequence[str]) -> dict[int, dict[str, float]]:
    """Some metrics of some versions, by the version and the metric. One statement."""
    if not version_ids or not wanted:
        return {}
    on = dialect(session)
    told = _told(on, SNAPSHOTS.c.version_id.in_(version_ids))
    # What was pulled comes last of each version, and stays.
    measured = select(told.c.version_id, *(_value(told, key, on) for key in wanted)).order_by(told.c.way.desc())
    return {
        version_id: {key: float(value) for key, value in zip(wanted, found, strict=True) if value is not None}
        for version_id, *found in session.execute(measured)
    }


def over_versions(session: Reader, model_id: int, key: str, *, most: int) -> list[Point]:
    """One metric of the newest live versions of a model, the oldest of them first. One statement."""
    on = dialect(session)
    newest = (
        select(VERSIONS.c.id, VERSIONS.c.number, VERSIONS.c.stage)
        .where(VERSIONS.c.model_id == model_id, VERSIONS.c.deleted_at.is_(None))
        .order_by(VERSIONS.c.number.desc())
        .limit(most)
        .cte("newest")
        .prefix_with("MATERIALIZED")
    )
    told = _told(on, SNAPSHOTS.c.version_id.in_(select(newest.c.id)))
    rows = session.execute(
        select(newest.c.number, newest.c.stage, _value(told, key, on))
        .join_from(newest, told, told.c.version_id == newest.c.id, isouter=True)
        .order_by(newest.c.number, told.c.way.desc())
    )
    points = {number: Point(number, stage, None if value is None else float(value)) for number, stage, value in rows}
    return list(points.values())


def _told(on: str, which: ColumnElement[bool]) -> CTE:
    """The facts of some versions, each read as JSON once."""
    facts: ColumnElement[Any] = SNAPSHOTS.c.content if on == "sqlite" else cast(SNAPSHOTS.c.content, JSONB)
    contradicted = select(CAPTURES.c.version_id).where(
        CAPTURES.c.version_id == SNAPSHOTS.c.version_id, CAPTURES.c.state == CaptureState.CONTRADICTED
    )
    columns = SNAPSHOTS.c.version_id, SNAPSHOTS.c.way, facts.label("facts")
    return select(*columns).where(which, ~contradicted.exists()).cte("told").prefix_with("MATERIALIZED")


def _keys(told: CTE, place: Sequence[str], on: str) -> Select[Any]:
    if on == "sqlite":
        each = _each(told, place)
        return select(each.c.key).select_from(told.join(each, true()))
    return select(func.jsonb_object_keys(func.jsonb_extract_path(told.c.facts, *place)).label("key"))


def _value(told: CTE, key: str, on: str) -> ColumnElement[Any]:
    if on == "sqlite":
        return func.coalesce(*(_on_sqlite(told, place, key) for place in _PLACES))
    return func.coalesce(*(func.jsonb_extract_path_text(told.c.facts, *place, key, "value") for place in _PLACES))


def _on_sqlite(told: CTE, place: Sequence[str], key: str) -> ColumnElement[Any]:
    # By looking through them: no path of SQLite's names a key that holds a quote.
    each = _each(told, place)
    value = select(func.json_extract(each.c.value, "$.value")).where(each.c.key == key)
    return value.correlate(told).scalar_subquery()


def _each(told: CTE, place: Sequence[str]) -> Any:
    return func.json_each(told.c.facts, "$." + ".".join(place)).table_valued("key", "value").alias()
