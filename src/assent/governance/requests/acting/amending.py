"""Whether a request archives the versions that stand in its stage, where its first approval says so and it does not.

In Databricks' protocol who asks has no word for it, and who approves has. So the first approval may say that they are
to be archived, and is an approval of that. From then on, as for a request that said so itself, it is settled: whoever
approves next approves the same, or not at all.
"""

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.audit.actions import Action
from assent.governance.requests.acting.finding import There
from assent.governance.requests.completing import looking
from assent.governance.requests.evaluation import moving
from assent.governance.requests.records import events, rows
from assent.governance.requests.records.rows import REQUESTS, Request
from assent.governance.targets import TargetKind
from assent.kernel.errors import Invalid
from assent.registry import stages

_ARCHIVE = (
    update(REQUESTS)
    .where(REQUESTS.c.id == bindparam("request"))
    .values(archive_existing=True, changes=REQUESTS.c.changes + 1)
)


def as_approved(session: Session, there: There, *, archive_existing: bool, by: Principal) -> There:
    """An open request and what it would move, as somebody approves it who may. Raises Invalid where it is not so."""
    request = there.request
    if archive_existing is request.archive_existing:
        return there
    if request.archive_existing or rows.standing(session, request.id):
        raise _settled(request)
    if request.kind is not TargetKind.STAGE:
        raise Invalid("archive_existing_versions: Only what enters a stage sends others to the archive.")
    stages.must_be_active(session, stages.named(session, request.target_name))
    session.execute(_ARCHIVE, {"request": request.id})
    request = looking.again(session, request)
    changed = {"before": {"archive_existing": False}, "after": {"archive_existing": True}}
    events.tell(session, Action.REQUEST_AMENDED, request, by=by, at=there.moving.at, details=changed)
    now, granted = moving.held(session, looking.wish_of(request), there.standing, by=by)
    return There(request, looking.after(session, request, now), there.standing, granted)


def _settled(request: Request) -> Invalid:
    says = "true" if request.archive_existing else "false"
    return Invalid(
        f"archive_existing_versions: Request {request.id} says {says}, and is approved so or not at all. "
        "Who wants it otherwise rejects it, and lets it be asked for anew."
    )
