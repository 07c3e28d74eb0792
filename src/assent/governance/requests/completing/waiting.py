"""For whom an open request waits, and when it is to be looked at again: kept beside it, so that inboxes are quick."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from assent.access.people.groups import GROUPS
from assent.governance.requests.evaluation.judging import Judged, approvals_of, asking
from assent.governance.requests.records.events import AWAITS, BARS, await_nobody
from assent.governance.requests.records.rows import REQUESTS, Request
from assent.governance.requirements import approvals
from assent.governance.requirements.findings import Finding, State
from assent.registry.views import ACCOUNTS

# What nobody tells of, a tag, a description, somebody's rights, is seen when it is looked at.
PATIENCE = 300_000

_KEEP = (
    update(REQUESTS)
    .where(REQUESTS.c.id == bindparam("request"))
    .values(
        report=bindparam("found"),
        is_stuck=bindparam("stuck"),
        look_at=bindparam("next"),
        changes=REQUESTS.c.changes + bindparam("news"),
    )
)
_GROUPS = select(GROUPS.c.name, GROUPS.c.id).where(
    GROUPS.c.name.in_(bindparam("names", expanding=True)), GROUPS.c.deleted_at.is_(None)
)
_ACCOUNTS = select(ACCOUNTS.c.name, ACCOUNTS.c.id).where(ACCOUNTS.c.name.in_(bindparam("names", expanding=True)))


def keep(session: Session, request: Request, judged: Judged) -> None:
    """Keep what was found of an open request, and for whom it waits."""
    report = judged.report.told()
    news = 0 if _same(request.report, report) else 1
    moments = [judged.report.at + PATIENCE, judged.report.next_at, request.expires_at]
    next_at = min(moment for moment in moments if moment is not None)
    stuck = any(finding.state is State.FAILED for finding in judged.report.findings)
    session.execute(_KEEP, {"request": request.id, "found": report, "stuck": stuck, "next": next_at, "news": news})
    if not news:
        return
    await_nobody(session, request.id)
    awaited = [{"request_id": request.id, **who} for who in _awaited(session, judged)]
    if awaited:
        session.execute(AWAITS.insert(), awaited)
    barred = sorted(_barred(judged))
    if barred:
        session.execute(BARS.insert(), [{"request_id": request.id, "principal_id": each} for each in barred])


def _same(before: dict[str, Any] | None, after: dict[str, Any]) -> bool:
    """Whether nothing was found that was not found before: the moment alone is no news."""
    return before is not None and {**before, "at": 0} == {**after, "at": 0}


def _awaited(session: Session, judged: Judged) -> Iterator[dict[str, int | None]]:
    """Whom the approvals wait for that are missing; whoever may decide where no gate names anybody."""
    open_ones = [finding for finding in judged.report.open if finding.requirement == approvals.WORD]
    if not open_ones:
        return
    named = {who for finding in open_ones for who in _named(finding)}
    if not all(finding.who and all(":" in who for who in finding.who) for finding in open_ones):
        yield {"principal_id": None, "group_id": None}
    groups = [name for kind, name in named if kind == "group"]
    people = [name for kind, name in named if kind != "group"]
    for row in session.execute(_GROUPS, {"names": groups}) if groups else ():
        yield {"principal_id": None, "group_id": row.id}
    for row in session.execute(_ACCOUNTS, {"names": people}) if people else ():
        yield {"principal_id": row.id, "group_id": None}


def _named(finding: Finding) -> Iterator[tuple[str, str]]:
    for who in finding.who:
        kind, colon, name = who.partition(":")
        if colon:
            yield kind, name


def _barred(judged: Judged) -> frozenset[int]:
    """Those whose approval counts already, and those whose would count under no gate."""
    facts = judged.facts
    spoken = (person.id for approval in facts.approvals if not approval.changed for person in approval.people)
    excluded = [
        approvals.excluded_people(spec, facts, asking(gate)) for gate in judged.gates for spec in approvals_of(gate)
    ]
    return frozenset(spoken) | (frozenset.intersection(*excluded) if excluded else frozenset())
