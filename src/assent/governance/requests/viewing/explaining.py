"""What a move lacks: the same evaluation that enforces, for whoever may read the model."""

from typing import NamedTuple

from assent.access.policy.principals import Principal
from assent.governance.requests.completing import looking
from assent.governance.requests.evaluation import moving
from assent.governance.requests.evaluation.moving import Moving, Wish
from assent.governance.requests.records import rows
from assent.governance.requests.records.rows import Decided, Request
from assent.governance.requirements.findings import Report
from assent.governance.rules import standing
from assent.kernel.dialects import Reader


class Explained(NamedTuple):
    """What would move, a report, whether a gate guards it at all, and the open request for it where there is one."""

    moving: Moving
    report: Report
    is_guarded: bool
    is_there: bool
    request: Request | None
    decisions: list[Decided]


def explain(session: Reader, wish: Wish, *, by: Principal) -> Explained:
    """What a move lacks now, whether somebody asked for it or not: then it is judged as if the caller did.

    Raises NotFound.
    """
    rules = standing.seen(session)
    there, request = looking.asked_already(session, moving.seen(session, wish, by=by))
    decided = rows.decisions(session, request.id) if request else []
    valid = [each for each in decided if each.stands]
    judged = looking.judge(session, there, request, rules, by=by, decided=valid)
    return Explained(
        there,
        judged.report,
        bool(looking.gates_of(rules, there)),
        there.is_there,
        request,
        decided,
    )
