"""Under which request something came to stand where it did, and who signed for that."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import bindparam, select

from assent.governance.requests.records import rows
from assent.governance.requests.records.rows import REQUESTS, Decided
from assent.governance.requests.records.tables import RequestState, Verdict
from assent.kernel.dialects import Reader

_APPLIED = (
    select(
        REQUESTS.c.id,
        REQUESTS.c.version_id,
        REQUESTS.c.kind,
        REQUESTS.c.target,
        REQUESTS.c.closed_at,
        rows.name_of(REQUESTS.c.overridden_by_id).label("overrider"),
    )
    .where(REQUESTS.c.version_id.in_(bindparam("versions", expanding=True)), REQUESTS.c.state == RequestState.APPLIED)
    .order_by(REQUESTS.c.id)
)


class Place(NamedTuple):
    """A version came under a `stage` or an `alias` of some name at a moment."""

    version_id: int
    kind: str
    what: str
    since: int


class Behind(NamedTuple):
    """A request, those whose approvals stood when it was applied, and who overrode it, if somebody did."""

    request: int | None
    signed_by: list[str]
    overridden_by: str | None


class Led(NamedTuple):
    """A request that led somewhere, the approvals that stood when it was applied, and who overrode it, if anybody."""

    request: int
    approvals: list[Decided]
    overridden_by: str | None


def behind(session: Reader, places: Iterable[Place]) -> dict[Place, Behind]:
    """What stands behind some places, of those that a request led to: it was closed at the moment they were taken."""
    return {
        place: Behind(led.request, [each.decided_by for each in led.approvals], led.overridden_by)
        for place, led in led_to(session, places).items()
    }


def led_to(session: Reader, places: Iterable[Place]) -> dict[Place, Led]:
    """The same, with the approvals whole: two statements."""
    wanted = set(places)
    if not wanted:
        return {}
    applied = session.execute(_APPLIED, {"versions": sorted({place.version_id for place in wanted})}).all()
    found = {
        place: row
        for row in applied
        if (place := Place(row.version_id, row.kind.value, row.target, row.closed_at)) in wanted
    }
    decided = rows.decisions_of(session, [row.id for row in found.values()])
    return {place: Led(row.id, _standing(decided[row.id]), row.overrider) for place, row in found.items()}


def _standing(decided: Iterable[Decided]) -> list[Decided]:
    return [each for each in decided if each.verdict is Verdict.APPROVED and each.stands]
