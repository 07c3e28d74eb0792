"""Snapshots that whoever registered a version hands in, since only their machine can see the run."""

from sqlalchemy.orm import Session

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.audit.actions import Action
from assent.audit.events import record
from assent.kernel.clock import now
from assent.kernel.errors import Conflict
from assent.lineage.runs import captures, digests, facts, snapshots
from assent.lineage.runs.captured import Way
from assent.lineage.runs.digesting import Digest
from assent.lineage.runs.snapshots import Of
from assent.registry import origins, versions


def push(
    session: Session,
    name: str,
    number: int,
    told: object,
    *,
    artifact_digest: Digest | None,
    largest: int,
    by: Principal,
) -> None:
    """Keep the facts of a version's run, and the digest of its artifacts where one is given.

    The same again changes nothing, and so does whoever comes second with the same. Raises Invalid, Denied, NotFound,
    and Conflict for other facts than those that were pushed.
    """
    found, granted = versions.lock(session, name, number, by=by)
    authorize(by, Permission.SNAPSHOT_PUSH, on=name, granted=granted)
    version = Of(found.id, found.model_id, name, number, found.run_id, found.logged_model_id)
    checked = facts.checked(told)
    snapshots.must_be_of(version, checked)
    what = snapshots.written(checked, largest=largest)
    if artifact_digest is not None:
        digests.given_to(session, version, artifact_digest, by=by)
    at = now()
    if not version.run_id:
        origins.must_be_a_readable_run(session, facts.run_of(checked), by)
    left_out = snapshots.keep(session, version, what, Way.PUSHED, at=at, by=by)
    if left_out is not None:
        details = {"digest": what.digest, "run_id": facts.run_of(checked)}
        record(session, Action.SNAPSHOT_PUSHED, by=by, on=version.subject, details=details, at=at)
        captures.settle(session, version, left_out, at=at)
        return
    [known] = [each for each in snapshots.of(session, version.id) if each.way is Way.PUSHED]
    if known.digest != what.digest:
        raise Conflict(
            f"Other facts were pushed for version {number} of {name}, and are kept: {known.digest}, by "
            f"{known.taken_by}. These are {what.digest}."
        )
