"""Requests and decisions as values, and the statements that find them."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, select

from assent.governance.requests.records.tables import Decision, RequestState, TransitionRequest, Verdict
from assent.governance.targets import Target, TargetKind
from assent.kernel.dialects import Reader, table
from assent.registry.views import ACCOUNTS, MODELS, VERSIONS

REQUESTS = table(TransitionRequest)
DECISIONS = table(Decision)


class Request(NamedTuple):
    """A request with the names of those whom it concerns. Times are milliseconds; None where there is none."""

    id: int
    model_id: int
    model: str
    version_id: int | None
    version: int | None
    kind: TargetKind
    target_name: str
    archive_existing: bool
    comment: str
    not_before: int | None
    state: RequestState
    opened_at: int
    opened_by_id: int
    opened_by: str
    expires_at: int | None
    closed_at: int | None
    closed_by: str | None
    close_reason: str
    changes: int
    digest: str
    report: dict[str, Any] | None
    overridden_by_id: int | None
    overridden_by: str | None
    review_due_at: int | None
    reviewed_at: int | None
    reviewed_by: str | None
    review_note: str

    @property
    def target(self) -> Target:
        """Where the version is to go."""
        return Target(self.kind, self.target_name)

    @property
    def is_open(self) -> bool:
        """Whether it may still be decided on."""
        return self.state is RequestState.OPEN

    @property
    def owes_review(self) -> bool:
        """Whether it was overridden, and nobody has reviewed that yet."""
        return self.overridden_by_id is not None and self.reviewed_at is None


class Decided(NamedTuple):
    """A decision, with the names of who decided and in whose place. It stands unless it has an end."""

    id: int
    request_id: int
    verdict: Verdict
    decided_at: int
    decided_by_id: int
    decided_by: str
    in_place_of_id: int | None
    in_place_of: str | None
    comment: str
    signature: str
    digest: str
    reviewed: dict[str, Any]
    ended_at: int | None
    ending: str | None

    @property
    def stands(self) -> bool:
        """Whether nothing has ended it."""
        return self.ended_at is None


def name_of(account_id: ColumnElement[Any]) -> ScalarSelect[str]:
    """A query for what somebody is called."""
    return select(ACCOUNTS.c.name).where(ACCOUNTS.c.id == account_id).scalar_subquery()


_R = REQUESTS.c
_D = DECISIONS.c
SELECT: Select[Any] = select(
    _R.id,
    _R.model_id,
    MODELS.c.name,
    _R.version_id,
    select(VERSIONS.c.number).where(VERSIONS.c.id == _R.version_id).scalar_subquery(),
    _R.kind,
    _R.target,
    _R.archive_existing,
    _R.comment,
    _R.not_before,
    _R.state,
    _R.opened_at,
    _R.opened_by_id,
    name_of(_R.opened_by_id),
    _R.expires_at,
    _R.closed_at,
    name_of(_R.closed_by_id),
    _R.close_reason,
    _R.changes,
    _R.digest,
    _R.report,
    _R.overridden_by_id,
    name_of(_R.overridden_by_id),
    _R.review_due_at,
    _R.reviewed_at,
    name_of(_R.reviewed_by_id),
    _R.review_note,
).join_from(REQUESTS, MODELS, MODELS.c.id == _R.model_id)
_BY_ID = SELECT.where(_R.id == bindparam("id"))
_OPEN = SELECT.where(
    _R.model_id == bindparam("model"),
    _R.version_id.is_not_distinct_from(bindparam("version")),
    _R.kind == bindparam("kind"),
    _R.target == bindparam("target"),
    _R.state == RequestState.OPEN,
)
_DECIDED = select(
    _D.id,
    _D.request_id,
    _D.verdict,
    _D.decided_at,
    _D.decided_by_id,
    name_of(_D.decided_by_id),
    _D.in_place_of_id,
    name_of(_D.in_place_of_id),
    _D.comment,
    _D.signature,
    _D.digest,
    _D.reviewed,
    _D.ended_at,
    _D.ending,
).order_by(_D.id)
# Of a `request` by its id: rows of what Decided holds.
DECISIONS_ON = _DECIDED.where(_D.request_id == bindparam("request"))
_DECISIONS_OF = _DECIDED.where(_D.request_id.in_(bindparam("requests", expanding=True)))
_STANDING = DECISIONS_ON.where(_D.ended_at.is_(None))


def called(name: str) -> Select[tuple[int]]:
    """A query for the id of who is called so."""
    return select(ACCOUNTS.c.id).where(ACCOUNTS.c.name == name)


def request(row: Sequence[Any]) -> Request:
    """A Request from a row of SELECT."""
    return Request._make(row)


def last_moment(session: Reader, request: Request) -> int:
    """When something happened to a request last: the clocks of two servers differ, and it runs forward."""
    decided = decisions(session, request.id)
    return max([request.opened_at, *(each.decided_at for each in decided), *(each.ended_at or 0 for each in decided)])


def by_id(session: Reader, request_id: int) -> Request | None:
    """The request with an id, whoever may see it."""
    row = session.execute(_BY_ID, {"id": request_id}).first()
    return request(row) if row is not None else None


def open_for(session: Reader, model_id: int, version_id: int | None, target: Target) -> Request | None:
    """The open request of a version, or of a model where there is none, for a target."""
    wanted = {"model": model_id, "version": version_id, "kind": target.kind, "target": target.name}
    row = session.execute(_OPEN, wanted).first()
    return request(row) if row is not None else None


def decisions(session: Reader, request_id: int) -> list[Decided]:
    """All that was decided on a request, the oldest first."""
    return [Decided._make(row) for row in session.execute(DECISIONS_ON, {"request": request_id})]


def decisions_of(session: Reader, request_ids: Collection[int]) -> dict[int, list[Decided]]:
    """The same for some requests: one statement."""
    found: dict[int, list[Decided]] = {request_id: [] for request_id in request_ids}
    for row in session.execute(_DECISIONS_OF, {"requests": sorted(found)}) if found else ():
        found[row.request_id].append(Decided._make(row))
    return found


def standing(session: Reader, request_id: int) -> list[Decided]:
    """The decisions that nobody took back."""
    return [Decided._make(row) for row in session.execute(_STANDING, {"request": request_id})]
