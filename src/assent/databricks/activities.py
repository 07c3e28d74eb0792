"""Requests and decisions as this protocol tells of them: as activities."""

from collections.abc import Iterator
from typing import Any

from assent.access.granting.visibility import Granted
from assent.access.policy.principals import Principal
from assent.databricks import request_schemas as s
from assent.governance.requests.acting import wished
from assent.governance.requests.records import rows
from assent.governance.requests.records.rows import Decided, Request
from assent.governance.requests.records.tables import RequestState, Verdict
from assent.governance.requirements import approvals
from assent.governance.requirements.findings import State
from assent.kernel.dialects import Reader
from assent.registry.views import Version

_LONGEST = 1000


def request(session: Reader, found: Request, version: Version, *, by: Principal, granted: Granted) -> dict[str, Any]:
    """A request, what it lacks, and what the caller may do with it."""
    may = {
        s.APPROVE: wished.may_approve(session, found, by=by, granted=granted),
        s.REJECT: wished.may_reject(session, found, by=by, granted=granted),
        s.CANCEL: wished.may_withdraw(found, by=by, granted=granted),
    }
    told = _activity(session, s.REQUESTED, found, version)
    return {**told, "available_actions": [action for action, is_possible in may.items() if is_possible]}


def approval(session: Reader, found: Request, version: Version, *, by: Principal) -> dict[str, Any]:
    """The caller's approval of a request, and what came of it."""
    return _decision(session, s.APPROVED, found, version, _said(session, found, Verdict.APPROVED, by))


def rejection(session: Reader, found: Request, version: Version, *, by: Principal) -> dict[str, Any]:
    """The caller's rejection of a request."""
    return _decision(session, s.REJECTED, found, version, _said(session, found, Verdict.REJECTED, by))


def cancellation(session: Reader, found: Request, version: Version) -> dict[str, Any]:
    """That a request was withdrawn."""
    told = _activity(session, s.CANCELLED, found, version)
    return {
        **told,
        "id": f"{told['id']}:withdrawn",
        "comment": found.close_reason,
        "user_id": found.closed_by or "",
        "creation_timestamp": found.closed_at,
    }


def _activity(session: Reader, kind: str, found: Request, version: Version) -> dict[str, Any]:
    heard_at = max([found.opened_at, *(each.decided_at for each in rows.standing(session, found.id))])
    return {
        "id": f"request:{found.id}",
        "activity_type": kind,
        "comment": found.comment,
        "system_comment": _outcome(session, found),
        "from_stage": wished.stage_left(session, found, version),
        "to_stage": found.target_name,
        "user_id": found.opened_by,
        "creation_timestamp": found.opened_at,
        "last_updated_timestamp": heard_at if found.closed_at is None else found.closed_at,
    }


def _decision(session: Reader, kind: str, found: Request, version: Version, said: Decided) -> dict[str, Any]:
    return {
        **_activity(session, kind, found, version),
        "id": f"decision:{said.id}",
        "comment": said.comment,
        "user_id": said.decided_by,
        "creation_timestamp": said.decided_at,
        "last_updated_timestamp": said.decided_at,
    }


def _said(session: Reader, found: Request, verdict: Verdict, by: Principal) -> Decided:
    """What the caller decided on a request just now, or some time ago."""
    decisions = rows.standing(session, found.id)
    return next(each for each in decisions if each.decided_by_id == by.id and each.verdict is verdict)


def _outcome(session: Reader, found: Request) -> str:
    """Where a request stands, in one line: what it lacks, or what it came to."""
    if found.is_open:
        told = "; ".join((*_whys(found, State.MISSING, State.FAILED, State.WAITING), "stage unchanged"))
    elif found.state is RequestState.APPLIED:
        entered = f"the version entered {found.target_name}"
        counted = _whys(found, State.SATISFIED, of=approvals.WORD)
        told = "; ".join((*counted, entered, *_archived(session, found)))
    else:
        told = f"the request is {found.state}; stage unchanged"
    told = " ".join(told.split())
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"


def _whys(found: Request, *states: State, of: str = "") -> Iterator[str]:
    findings = (found.report or {}).get("findings", ())
    return (
        each["why"].rstrip(".") for each in findings if each["state"] in states and of in ("", each["requirement"])
    )


def _archived(session: Reader, found: Request) -> Iterator[str]:
    """The versions that made room, as the last who approved saw them."""
    approved = [each for each in rows.standing(session, found.id) if each.verdict is Verdict.APPROVED]
    numbers = approved[-1].reviewed.get("archived", []) if approved else []
    if numbers:
        yield f"archived: {', '.join(map(str, numbers))}"
