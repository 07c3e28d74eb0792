"""Asking for a move: the request is opened, or found where somebody asked before."""

from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from assent.access.granting.visibility import Granted
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.audit.actions import Action
from assent.governance.requests.completing import looking
from assent.governance.requests.evaluation import moving
from assent.governance.requests.evaluation.judging import Judged
from assent.governance.requests.evaluation.moving import Moving, Wish
from assent.governance.requests.records import events, rows
from assent.governance.requests.records.rows import REQUESTS, Request
from assent.governance.requests.records.tables import LONGEST_COMMENT, RequestState
from assent.governance.rules import standing
from assent.governance.rules.standing import Standing
from assent.governance.targets import TargetKind
from assent.kernel.errors import Conflict, Held, Invalid
from assent.registry.names import must_be_text

# Until when nobody waits for a move, however late it is to be.
_LATEST = 4_102_444_800_000

# Clients show it in one line of a log. A face may have to add some characters: 1,000 are promised.
_LONGEST_LINE = 950
_CANNOT = {
    TargetKind.STAGE: "cannot enter {}",
    TargetKind.ALIAS: "cannot become {}",
    TargetKind.DELETION: "cannot be deleted",
}
_AND_THEN = {
    TargetKind.STAGE: "; the same call succeeds once it is applied",
    TargetKind.ALIAS: "; the same call succeeds once it is applied",
    TargetKind.DELETION: ", and deletes it once nothing is missing",
}

_INSERT = REQUESTS.insert().returning(REQUESTS.c.id)


class Asked(NamedTuple):
    """A request as it is after somebody asked, what was found, and whether it was opened just now."""

    request: Request
    judged: Judged
    is_new: bool

    @property
    def is_applied(self) -> bool:
        """Whether the move was made."""
        return self.request.state is RequestState.APPLIED


def request(
    session: Session, wish: Wish, *, by: Principal, comment: str = "", not_before: int | None = None
) -> Asked:
    """Open a request for a move, also where no gate guards it: then it waits for one approval.

    Raises Invalid, NotFound, Denied, and Conflict where there is nothing to move.
    """
    rules = standing.held(session)
    there, granted = moving.held(session, wish, rules, by=by)
    if there.is_there:
        raise Conflict(f"Version {wish.number} of {wish.name} is at {wish.target} already.")
    return ask(session, there, rules, by=by, granted=granted, comment=comment, not_before=not_before)


def ask(
    session: Session,
    there: Moving,
    rules: Standing,
    *,
    by: Principal,
    granted: Granted,
    comment: str = "",
    not_before: int | None = None,
) -> Asked:
    """Ask for a move, whose rows this transaction holds; it is made at once where nothing is missing.

    Where there is an open request for it, that one is looked at again, whoever opened it. Raises Denied and Invalid.
    """
    must_be_text("comment", comment, LONGEST_COMMENT)
    name, target = there.model.name, str(there.target)
    authorize(by, Permission.REQUEST_OPEN, on=name, granted=granted, target=target, version=there.wish.number)
    request = rows.open_for(session, there.model.id, there.version.id if there.version else None, there.target)
    if request is not None and looking.is_over(session, request, there.at, by=by):
        request = None
    is_new = request is None
    if request is None:
        _must_be_possible(there, rules, not_before)
        request = _opened(session, there, rules, by=by, comment=comment, not_before=not_before)
    elif request.archive_existing != there.wish.archive_existing:
        # What was asked for first is what is judged, and made.
        there, _ = moving.held(session, looking.wish_of(request), rules, by=by)
    judged = looking.look(session, looking.after(session, request, there), request, rules, by=by)
    return Asked(looking.again(session, request), judged, is_new)


def held(asked: Asked, there: Moving, *, by: Principal) -> Held:
    """What is told to who wanted a move that is not made yet: what is missing, who can give it, and which request."""
    request, report = asked.request, asked.judged.report
    name = there.model.name
    what = f"The model {name}" if there.version is None else f"Version {there.version.number} of {name}"
    opened = "is open" if request.opened_by_id == by.id else f"was opened by {request.opened_by}"
    before = f"{what} {_CANNOT[there.target.kind].format(there.target)} yet: "
    after = f". Request {request.id} {opened}{_AND_THEN[there.target.kind]}."
    line, room = report.line(), _LONGEST_LINE - len(before) - len(after)
    line = line if len(line) <= room else line[: max(room - 1, 0)] + "…"
    return Held(
        # Names may hold what breaks a line.
        " ".join(f"{before}{line}{after}".split()),
        request_id=request.id,
        report=report.told(),
        subject=name,
        version=there.wish.number,
    )


def _opened(
    session: Session, there: Moving, rules: Standing, *, by: Principal, comment: str, not_before: int | None
) -> Request:
    gates = looking.gates_of(rules, there)
    lasting = [gate.expires_after for gate in gates if gate.expires_after is not None]
    row: dict[str, Any] = {
        "model_id": there.model.id,
        "version_id": there.version.id if there.version else None,
        "kind": there.target.kind,
        "target": there.target.name,
        "archive_existing": there.wish.archive_existing,
        "comment": comment,
        "not_before": not_before,
        "state": RequestState.OPEN,
        "opened_at": there.at,
        "opened_by_id": by.id,
        "expires_at": max(there.at, not_before or 0) + min(lasting) if lasting else None,
        "look_at": there.at,
    }
    number = session.scalars(_INSERT, row).one()
    request = rows.by_id(session, number)
    assert request is not None  # noqa: S101 (it was put there just now)
    details = {"comment": comment, "not_before": not_before, "archive_existing": there.wish.archive_existing}
    events.tell(session, Action.REQUEST_OPENED, request, by=by, at=there.at, details=details)
    return request


def _must_be_possible(there: Moving, rules: Standing, not_before: int | None) -> None:
    if why := looking.against_lifecycle(rules, there):
        raise Invalid(why)
    if not_before is not None and not there.at < not_before <= _LATEST:
        raise Invalid("not_before: Name a moment that is to come, before the year 2100.")
