"""Decisions: an approval, one that is taken back, a rejection."""

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.audit.actions import Action
from assent.governance.requests.acting import amending, entitled, finding
from assent.governance.requests.acting.entitled import Behind
from assent.governance.requests.acting.finding import There
from assent.governance.requests.completing import looking
from assent.governance.requests.evaluation.judging import Judged
from assent.governance.requests.records import events, rows
from assent.governance.requests.records.rows import DECISIONS, Decided, Request
from assent.governance.requests.records.signing import signature_of
from assent.governance.requests.records.tables import LONGEST_COMMENT, Ending, RequestState, Verdict
from assent.kernel.errors import Conflict, Invalid
from assent.registry.names import must_be_text

_INSERT = DECISIONS.insert()
_END = (
    update(DECISIONS)
    .where(DECISIONS.c.id == bindparam("decision"))
    .values(ended_at=bindparam("at"), ending=bindparam("how"))
)


def approve(
    session: Session,
    request_id: int,
    *,
    by: Principal,
    comment: str = "",
    in_place_of: str | None = None,
    password_confirmed: bool = False,
    digest: str | None = None,
    archive_existing: bool | None = None,
) -> Request:
    """Add an approval and, once nothing is missing, make the move. The same again changes nothing.

    `digest` is the review digest of what the reviewer saw. Where they gave their password, that was right. Where the
    reviewer says what becomes of the others that stand there, see `amending`. Raises NotFound, Denied, Invalid, and
    Conflict where the request is closed, or what they saw is no more so.
    """
    must_be_text("comment", comment, LONGEST_COMMENT)
    there = finding.held(session, request_id, by=by)
    who = entitled.behind(session, there, by=by, in_place_of=in_place_of)
    entitled.to_decide(session, there, who)
    if archive_existing is not None:
        there = amending.as_approved(session, there, archive_existing=archive_existing, by=by)
    judged = looking.judge(session, there.moving, there.request, there.standing, by=by)
    if digest is not None and digest != judged.report.digest:
        raise Conflict(f"What was reviewed has changed: its digest is {judged.report.digest} now. Look again.")
    entitled.must_count(judged, who.people)
    signature = signature_of(by, password_confirmed=password_confirmed)
    if not signature and judged.asks_for_signature:
        why = "An approval is signed here: give your password, or sign in afresh."
        raise entitled.denied(there, why, reason="unsigned")
    stale, holds = entitled.said_before(judged, who, rows.standing(session, request_id))
    if not holds:
        for decision in stale:
            _end(session, decision, Ending.RENEWED, there.moving.at)
        _say(session, there, Verdict.APPROVED, judged, who, comment=comment, signature=signature)
        looking.look(session, there.moving, there.request, there.standing, by=by)
    return looking.again(session, there.request)


def take_back(session: Session, request_id: int, *, by: Principal) -> Request:
    """Take one's approval of an open request back, which takes no right but that of the token.

    Raises NotFound, Denied, and Conflict where there is none.
    """
    there = finding.held(session, request_id, by=by)
    for decision in entitled.to_take_back(session, there, rows.standing(session, request_id), by=by):
        _end(session, decision, Ending.TAKEN_BACK, there.moving.at)
    events.tell(session, Action.REQUEST_APPROVAL_TAKEN_BACK, there.request, by=by, at=there.moving.at)
    looking.look(session, there.moving, there.request, there.standing, by=by)
    return looking.again(session, there.request)


def reject(
    session: Session, request_id: int, reason: str, *, by: Principal, in_place_of: str | None = None
) -> Request:
    """Close a request, for a reason: the move is not made. Raises NotFound, Denied, Invalid and Conflict."""
    if not reason.strip():
        raise Invalid("comment: Say why it is rejected.")
    must_be_text("comment", reason, LONGEST_COMMENT)
    there = finding.held(session, request_id, by=by)
    who = entitled.behind(session, there, by=by, in_place_of=in_place_of)
    entitled.to_decide(session, there, who)
    judged = looking.judge(session, there.moving, there.request, there.standing, by=by)
    for decision in rows.standing(session, request_id):
        if who.ids & {decision.decided_by_id, decision.in_place_of_id}:
            _end(session, decision, Ending.RENEWED, there.moving.at)
    _say(session, there, Verdict.REJECTED, judged, who, comment=reason)
    events.close(session, there.request, RequestState.REJECTED, by=by, at=there.moving.at, reason=reason)
    return looking.again(session, there.request)


def _say(
    session: Session,
    there: There,
    verdict: Verdict,
    judged: Judged,
    who: Behind,
    *,
    comment: str,
    signature: str = "",
) -> None:
    """Keep a decision with all that was reviewed, and tell of it."""
    by, standin = who.by, who.standin
    row = {
        "request_id": there.request.id,
        "verdict": verdict,
        "decided_at": there.moving.at,
        "decided_by_id": by.id,
        "in_place_of_id": standin.principal_id if standin else None,
        "delegation_id": standin.delegation_id if standin else None,
        "comment": comment,
        "signature": signature,
        "digest": judged.report.digest,
        "reviewed": judged.gathered.reviewed,
    }
    session.execute(_INSERT, row)
    if verdict is Verdict.APPROVED:
        details = {"comment": comment, "digest": judged.report.digest, "gates": judged.report.gates}
        details |= {"signature": signature} if signature else {}
        details |= {"in_place_of": standin.name} if standin else {}
        events.tell(session, Action.REQUEST_APPROVED, there.request, by=by, at=there.moving.at, details=details)


def _end(session: Session, decision: Decided, how: Ending, at: int) -> None:
    session.execute(_END, {"decision": decision.id, "at": at, "how": how})
