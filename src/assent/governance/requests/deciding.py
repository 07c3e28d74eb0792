"""Decisions: an approval, one that is taken back, a rejection."""

from collections.abc import Sequence

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from assent.access.principals import Principal, authorize
from assent.audit.actions import Action
from assent.governance.requests import amending, delegations, events, finding, looking, people, rights, rows
from assent.governance.requests.delegations import Standin
from assent.governance.requests.finding import There
from assent.governance.requests.judging import Judged, approvals_of, asking
from assent.governance.requests.rows import DECISIONS, Decided, Request
from assent.governance.requests.signing import signature_of
from assent.governance.requests.tables import LONGEST_COMMENT, Ending, RequestState, Verdict
from assent.governance.requirements import approvals, reviewing
from assent.governance.requirements.facts import Person
from assent.kernel.errors import Conflict, Denied, Invalid
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
    standin = _may_decide(session, there, by=by, in_place_of=in_place_of)
    if archive_existing is not None:
        there = amending.as_approved(session, there, archive_existing=archive_existing, by=by)
    judged = looking.judge(session, there.moving, there.request, there.standing, by=by)
    if digest is not None and digest != judged.report.digest:
        raise Conflict(f"What was reviewed has changed: its digest is {judged.report.digest} now. Look again.")
    _must_count(judged, _behind(session, there, by, standin))
    signature = signature_of(session, by, password_confirmed=password_confirmed)
    if not signature and any(gate.signature for gate in judged.gates):
        raise _denied(there, "An approval is signed here: give your password, or sign in afresh.", reason="unsigned")
    if _must_be_said(session, there, judged, by, standin):
        _say(session, there, Verdict.APPROVED, judged, by=by, standin=standin, comment=comment, signature=signature)
        looking.look(session, there.moving, there.request, there.standing, by=by)
    return looking.again(session, there.request)


def take_back(session: Session, request_id: int, *, by: Principal) -> Request:
    """Take one's approval of an open request back, which takes no right but that of the token.

    Raises NotFound, Denied, and Conflict where there is none.
    """
    there = finding.held(session, request_id, by=by)
    _token_must_do(session, there, by)
    mine = [each for each in rows.standing(session, request_id) if by.id in (each.decided_by_id, each.in_place_of_id)]
    if not mine:
        raise Conflict(f"{by.name} has not approved request {request_id}.")
    for decision in mine:
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
    standin = _may_decide(session, there, by=by, in_place_of=in_place_of)
    judged = looking.judge(session, there.moving, there.request, there.standing, by=by)
    behind = {by.id, standin.principal_id if standin else by.id}
    for decision in rows.standing(session, request_id):
        if behind & {decision.decided_by_id, decision.in_place_of_id}:
            _end(session, decision, Ending.RENEWED, there.moving.at)
    _say(session, there, Verdict.REJECTED, judged, by=by, standin=standin, comment=reason)
    events.close(session, there.request, RequestState.REJECTED, by=by, at=there.moving.at, reason=reason)
    return looking.again(session, there.request)


def _may_decide(session: Session, there: There, *, by: Principal, in_place_of: str | None) -> Standin | None:
    """Raise Denied unless the caller may decide, or somebody may in whose place they do."""
    name, target = there.moving.model.name, str(there.moving.target)
    right = rights.to_decide(session, there.moving.target)
    if in_place_of is None:
        told = {"version": there.request.version, "request": there.request.id}
        authorize(by, right, on=name, granted=there.granted, target=target, **told)
        return None
    _token_must_do(session, there, by)
    standin = delegations.standin(session, in_place_of, there.moving.at, by=by)
    if not _known(session, there, by, [standin.principal_id])[0].may(right, name):
        raise _denied(there, f"{in_place_of} may not decide on it, and so may nobody in their place.")
    return standin


def _token_must_do(session: Session, there: There, by: Principal) -> None:
    """Raise Denied unless what the caller showed is for deciding on such a move at all."""
    name, right = there.moving.model.name, rights.to_decide(session, there.moving.target)
    if not by.limits.allow(right, name) or not by.limits.allow_target(str(there.moving.target)):
        raise _denied(there, f"The token that {by.name} showed {by.limits.why_not(right, name)}.")


def _must_count(judged: Judged, people_behind: Sequence[Person]) -> None:
    """Raise Denied where an approval would count under no gate because of who stands behind it."""
    doubts = [
        [f"{each.name} {why}" for each in people_behind if (why := approvals.barred(spec, each, judged.facts, of))]
        for gate in judged.gates
        for of in (asking(gate),)
        for spec in approvals_of(gate)
    ]
    if doubts and all(doubts):
        report = judged.report
        details: dict[str, object] = {"version": report.version, "target": report.target, "reason": "four_eyes"}
        why = f"Four eyes: {'; '.join(doubts[0])}. An approval of theirs does not count."
        raise Denied(why, subject=report.model, details=details)


def _must_be_said(session: Session, there: There, judged: Judged, by: Principal, standin: Standin | None) -> bool:
    """Whether an approval is news. Their own that is stale makes room for it; raise Conflict for somebody else's."""
    people_behind = {by.id, standin.principal_id if standin else by.id}
    for decision in rows.standing(session, there.request.id):
        before = {decision.decided_by_id, decision.in_place_of_id or decision.decided_by_id}
        if not people_behind & before:
            continue
        if people_behind != before:
            raise Conflict(f"One person is one approval, and {_named(decision)} has approved it already.")
        if not reviewing.changes(decision.reviewed, judged.gathered.reviewed):
            return False
        _end(session, decision, Ending.RENEWED, there.moving.at)
    return True


def _say(
    session: Session,
    there: There,
    verdict: Verdict,
    judged: Judged,
    *,
    by: Principal,
    standin: Standin | None,
    comment: str,
    signature: str = "",
) -> None:
    """Keep a decision with all that was reviewed, and tell of it."""
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


def _behind(session: Session, there: There, by: Principal, standin: Standin | None) -> list[Person]:
    """Everybody who would stand behind an approval."""
    ids = [each for each in (by.id, standin.principal_id if standin else None) if each is not None]
    return [each.person for each in _known(session, there, by, ids)]


def _known(session: Session, there: There, by: Principal, ids: Sequence[int]) -> list[people.Somebody]:
    found = people.found(session, ids, model_id=there.moving.model.id, default=by.reach.default)
    return [found[each] for each in ids]


def _end(session: Session, decision: Decided, how: Ending, at: int) -> None:
    session.execute(_END, {"decision": decision.id, "at": at, "how": how})


def _named(decision: Decided) -> str:
    return decision.decided_by + (f" for {decision.in_place_of}" if decision.in_place_of else "")


def _denied(there: There, why: str, **details: object) -> Denied:
    told = {"version": there.request.version, "target": str(there.moving.target), "request": there.request.id}
    return Denied(why, subject=there.moving.model.name, details={**told, **details})
