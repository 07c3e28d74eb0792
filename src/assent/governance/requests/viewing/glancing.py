"""Requests at a glance: what the report that is kept with one says, for a line in a list."""

from collections.abc import Sequence
from typing import NamedTuple

from assent.governance.requests.records.rows import Decided, Request
from assent.governance.requests.records.tables import Verdict
from assent.governance.requirements import always, approvals, findings


class Glance(NamedTuple):
    """What is missing, in a line; how many requirements are `met` of all, and who approved it.

    The marks: an approval counts no more, the target is frozen, it waits for its time, it goes back.
    """

    line: str
    met: int
    asked: int
    approved_by: Sequence[str]
    is_stale: bool
    is_frozen: bool
    is_scheduled: bool
    is_rollback: bool


def glance(request: Request, decisions: Sequence[Decided]) -> Glance:
    """A request at a glance."""
    names = [each.decided_by for each in decisions if each.verdict is Verdict.APPROVED and each.stands]
    if request.report is None:
        return Glance("", 0, 0, names, False, False, request.not_before is not None, False)
    report = findings.read(request.report)
    open_words = {finding.requirement for finding in report.open} if request.is_open else set()
    return Glance(
        line=report.line(),
        met=len(report.findings) - len(report.open),
        asked=len(report.findings),
        approved_by=names,
        is_stale=request.is_open and any(map(approvals.tells_of_stale, report.open)),
        is_frozen=always.FREEZE in open_words,
        is_scheduled=always.NOT_BEFORE in open_words,
        is_rollback=report.is_rollback,
    )
