"""Requests at a glance: those of a model or of one version, the newest first, and how many are open.

Access is the caller's to check: whoever may read a model sees its requests.
"""

from collections.abc import Collection

from sqlalchemy import bindparam, func, select

from assent.governance.requests.records import rows
from assent.governance.requests.records.rows import REQUESTS, SELECT, Request
from assent.governance.requests.records.tables import RequestState
from assent.kernel.dialects import Reader

_NEWEST = SELECT.order_by(REQUESTS.c.id.desc())
_OPEN = (
    select(REQUESTS.c.model_id, func.count())
    .where(REQUESTS.c.model_id.in_(bindparam("models", expanding=True)), REQUESTS.c.state == RequestState.OPEN)
    .group_by(REQUESTS.c.model_id)
)


def open_in(session: Reader, model_ids: Collection[int]) -> dict[int, int]:
    """How many requests are open in some models: none of those that have none. One statement."""
    if not model_ids:
        return {}
    return {row[0]: row[1] for row in session.execute(_OPEN, {"models": list(model_ids)})}


def open_of_model(session: Reader, model_id: int, *, most: int) -> list[Request]:
    """The open requests of a model and of its versions. One statement."""
    wanted = _NEWEST.where(REQUESTS.c.model_id == model_id, REQUESTS.c.state == RequestState.OPEN)
    return [rows.request(row) for row in session.execute(wanted.limit(most))]


def of_version(session: Reader, version_id: int, *, most: int) -> list[Request]:
    """The requests of a version, whatever became of them. One statement."""
    wanted = _NEWEST.where(REQUESTS.c.version_id == version_id)
    return [rows.request(row) for row in session.execute(wanted.limit(most))]
