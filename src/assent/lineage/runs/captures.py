"""How far the capture of a version's run got: what the worker is to pull, what came of it, and when to try again."""

import json
from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from assent.access.policy.levels import Permission
from assent.access.policy.principals import SYSTEM, Principal, authorize
from assent.audit.actions import Action
from assent.audit.events import record
from assent.kernel.clock import now
from assent.kernel.dialects import Insert, dialect, insert
from assent.kernel.errors import Conflict, Invalid
from assent.lineage.graph.edges import Edge
from assent.lineage.runs import contradictions, snapshots
from assent.lineage.runs.captured import CaptureState, Way
from assent.lineage.runs.facts import Facts, run_of
from assent.lineage.runs.snapshots import CAPTURES, Of
from assent.registry import versions
from assent.registry.views import VERSIONS

# For so long nobody else tries what one worker has begun to pull.
LEASE = 5 * 60_000
FIRST_PAUSE = 10_000
LONGEST_PAUSE = 6 * 3_600_000
# With these pauses that is some three days. After that one looks up seldom, and never stops: its server may be listed
# much later.
MANY_ATTEMPTS = 22
SELDOM = 7 * 24 * 3_600_000
LONGEST_PROBLEM = 2000


class Due(NamedTuple):
    """A version whose run is to be pulled now, and what leads to its run. `attempts` counts this one."""

    version_id: int
    run_id: str
    logged_model_id: str
    source: str
    run_link: str
    attempts: int


_CLAIMED = (
    select(CAPTURES.c.version_id)
    .where(CAPTURES.c.next_attempt_at <= bindparam("at"))
    .order_by(CAPTURES.c.next_attempt_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(CAPTURES)
    .where(CAPTURES.c.version_id.in_(_CLAIMED.scalar_subquery()))
    .values(next_attempt_at=bindparam("until"), attempts=CAPTURES.c.attempts + 1)
    .returning(CAPTURES.c.version_id, CAPTURES.c.attempts)
)
_ORIGIN = select(
    VERSIONS.c.id, VERSIONS.c.run_id, VERSIONS.c.logged_model_id, VERSIONS.c.download_uri, VERSIONS.c.run_link
).where(VERSIONS.c.id == bindparam("version_id"))
_FAIL = (
    update(CAPTURES)
    .where(CAPTURES.c.version_id == bindparam("of"), CAPTURES.c.next_attempt_at.is_not(None))
    .values(state=bindparam("now"), next_attempt_at=bindparam("next"), problem=bindparam("told"))
)
_PUT_OFF = (
    update(CAPTURES)
    .where(CAPTURES.c.version_id == bindparam("of"), CAPTURES.c.next_attempt_at.is_not(None))
    .values(attempts=CAPTURES.c.attempts - 1, next_attempt_at=bindparam("next"))
)
_RETRY = (
    update(CAPTURES)
    .where(CAPTURES.c.version_id == bindparam("of"))
    .values(state=bindparam("now"), attempts=0, next_attempt_at=bindparam("next"))
    .returning(CAPTURES.c.version_id)
)


def due(session: Session, *, most: int = 10) -> list[Due]:
    """Claim what is to be pulled now, the longest waiting first: nobody else gets it for the time of the lease."""
    at = now()
    claimed = session.execute(_CLAIM, {"at": at, "until": at + LEASE, "most": most}).all()
    return [
        Due(*session.execute(_ORIGIN, {"version_id": version_id}).one(), attempts=attempts)
        for version_id, attempts in claimed
    ]


def pulled(session: Session, capture: Due, facts: Facts, *, server: str, largest: int) -> None:
    """Keep what a tracking server told, and compare it with what was pushed.

    Facts that are too long, or of another run than the version's, are no success: see `failed`. Those of another run
    than the one that was pushed are kept, and contradict it.
    """
    version = snapshots.lock(session, capture.version_id)
    try:
        snapshots.must_be_of(_but_for_what_was_pushed(session, version), facts)
        what = snapshots.written(facts, largest=largest)
    except Invalid as problem:
        failed(session, capture, problem.message)
        return
    at = now()
    left_out = snapshots.keep(session, version, what, Way.PULLED, at=at, by=SYSTEM, server=server)
    if left_out is not None:
        details = {"digest": what.digest, "run_id": run_of(facts), "server": server}
        record(session, Action.SNAPSHOT_PULLED, by=SYSTEM, on=version.subject, details=details, at=at)
        settle(session, version, left_out, at=at)


def failed(session: Session, capture: Due, problem: str, *, unknown: bool = False) -> None:
    """Keep why nothing was pulled, and when to try again; `unknown` where every server knows no such run.

    What was pushed stands: its run may be known to its author's machine alone.
    """
    version = snapshots.lock(session, capture.version_id)
    ways = {each.way for each in snapshots.of(session, version.id)}
    if Way.PULLED in ways:
        return
    is_over = unknown and Way.PUSHED in ways
    session.execute(
        _FAIL,
        {
            "of": version.id,
            "now": CaptureState.CAPTURED if ways else CaptureState.UNREACHABLE,
            "next": None if is_over else now() + pause(capture.attempts),
            "told": problem[:LONGEST_PROBLEM].replace("\x00", "\ufffd"),
        },
    )


def put_off(session: Session, capture: Due, *, seconds: float) -> None:
    """Let a capture be due again in a while, since nobody could be asked; that counts as no attempt."""
    session.execute(_PUT_OFF, {"of": capture.version_id, "next": now() + round(seconds * 1000)})


def pause(attempts: int) -> int:
    """How long to wait after so many attempts that failed, in milliseconds."""
    if attempts >= MANY_ATTEMPTS:
        return SELDOM
    longer: int = 2 ** (attempts - 1)
    return min(FIRST_PAUSE * longer, LONGEST_PAUSE)


def settle(session: Session, version: Of, left_out: Collection[Edge], *, at: int) -> None:
    """Say how far the capture got, after a snapshot was kept: what was pulled is compared with what was pushed.

    What was pushed alone is pulled once, too, where a server knows of it.
    """
    facts = {each.way: json.loads(each.content) for each in snapshots.of(session, version.id)}
    differences = contradictions.between(facts[Way.PUSHED], facts[Way.PULLED]) if len(facts) > 1 else []
    session.execute(
        _settle(dialect(session)),
        {
            "version_id": version.id,
            "state": CaptureState.CONTRADICTED if differences else CaptureState.CAPTURED,
            "attempts": 0,
            "next_attempt_at": None if Way.PULLED in facts else at,
            "problem": _told(left_out)[:LONGEST_PROBLEM],
            "differences": differences or None,
        },
    )
    if differences:
        details = {"differences": [each["path"] for each in differences]}
        record(session, Action.SNAPSHOT_CONTRADICTED, by=SYSTEM, on=version.subject, details=details, at=at)


def retry(session: Session, name: str, number: int, *, by: Principal) -> None:
    """Let the worker pull the run of a version now, however often that failed.

    Raises Denied, NotFound, and Conflict where there is nothing to pull, or nothing any more.
    """
    found, granted = versions.lock(session, name, number, by=by)
    authorize(by, Permission.SNAPSHOT_PUSH, on=name, granted=granted)
    ways = {each.way for each in snapshots.of(session, found.id)}
    if Way.PULLED in ways:
        raise Conflict(f"The run of version {number} of {name} was pulled already.")
    at, state = now(), CaptureState.CAPTURED if ways else CaptureState.PENDING
    if session.execute(_RETRY, {"of": found.id, "now": state, "next": at}).first() is None:
        raise Conflict(f"Version {number} of {name} names neither a run nor a logged model to pull.")
    record(session, Action.SNAPSHOT_ASKED_FOR, by=by, on=versions.subject(found), at=at)


def _but_for_what_was_pushed(session: Session, version: Of) -> Of:
    """The version without a run that was pushed: a server may know better, and then that is what is told."""
    pushed = {each.run_id for each in snapshots.of(session, version.id) if each.way is Way.PUSHED}
    return version._replace(run_id="") if version.run_id in pushed else version


def _told(left_out: Collection[Edge]) -> str:
    between = ", ".join(f"from {edge.source} to {edge.target}" for edge in left_out)
    return f"Not in the graph, where it would close a circle: {between}." if left_out else ""


@cache
def _settle(on: str) -> Insert:
    into = insert(on, CAPTURES)
    given = into.excluded
    return into.on_conflict_do_update(
        index_elements=[CAPTURES.c.version_id],
        set_={name: given[name] for name in ("state", "attempts", "next_attempt_at", "problem", "differences")},
    )
