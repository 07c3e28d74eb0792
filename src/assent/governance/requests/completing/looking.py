"""Looking at an open request: judged anew, and applied when nothing is missing. Nothing else applies one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from assent.access.granting.visibility import Granted
from assent.access.policy.principals import Principal
from assent.governance import targets
from assent.governance.requests.completing import applying, waiting
from assent.governance.requests.evaluation import gathering, judging, moving
from assent.governance.requests.evaluation.judging import Judged
from assent.governance.requests.evaluation.moving import Moving, Wish
from assent.governance.requests.records import events, rows
from assent.governance.requests.records.rows import Decided, Request
from assent.governance.requests.records.tables import RequestState
from assent.governance.requirements import approvals
from assent.governance.rules.gates import Gate, Required
from assent.governance.rules.lifecycles import why_not
from assent.governance.rules.standing import Standing
from assent.governance.targets import TargetKind
from assent.kernel.dialects import Reader
from assent.kernel.errors import Conflict
from assent.registry.tiers import ARCHIVED
from assent.registry.views import Model

# What a request waits for that somebody opened although no gate guards the move: one approval.
_ONE = approvals.Approvals(1)


def gates_of(standing: Standing, moving: Moving) -> tuple[Gate, ...]:
    """The gates that guard a move; none where nothing does."""
    return standing.guarding(moving.model.name, moving.model.tags, moving.target)


def judge(
    session: Reader,
    moving: Moving,
    request: Request | None,
    standing: Standing,
    *,
    by: Principal,
    also: Iterable[int] = (),
    decided: Sequence[Decided] | None = None,
) -> Judged:
    """What is found of a move now, whether somebody asked for it already or not.

    Who `also` is asked for is known then, too; `decided` are the decisions that stand, where they are known already.
    """
    gates = gates_of(standing, moving) or _by_default(request, moving)
    frozen = _frozen(standing, moving)
    gathered = gathering.gathered(
        session,
        moving,
        gates,
        request=request,
        asker_id=by.id,
        freezes=frozen,
        against_lifecycle=against_lifecycle(standing, moving),
        default=by.reach.default,
        also=also,
        standing=decided,
    )
    return judging.judged(gathered, gates)


def is_over(session: Session, request: Request, at: int, *, by: Principal) -> bool:
    """Whether nobody completed a request in time; it is closed then."""
    if request.expires_at is None or request.expires_at > at:
        return False
    events.close(session, request, RequestState.EXPIRED, by=by, at=at, reason="Nobody completed it in time.")
    return True


def look(session: Session, moving: Moving, request: Request, standing: Standing, *, by: Principal) -> Judged:
    """Judge an open request, whose rows this transaction holds, and apply it when nothing is missing."""
    judged = judge(session, moving, request, standing, by=by)
    if judged.report.is_complete:
        applying.apply(session, request, moving, judged, by=by)
    else:
        waiting.keep(session, request, judged)
    return judged


def wish_of(request: Request) -> Wish:
    """What a request asks for, by the name that its model has now."""
    return Wish(request.model, request.version, request.target, request.archive_existing)


def asked_already(session: Reader, there: Moving) -> tuple[Moving, Request | None]:
    """A move as the open request for it asks for it, since that is what is made; and that request."""
    request = rows.open_for(session, there.model.id, there.version.id if there.version else None, there.target)
    if request is not None and request.archive_existing != there.wish.archive_existing:
        there = moving.archiving(session, there, archive_existing=request.archive_existing)
    return there, request


def held(session: Session, request: Request, standing: Standing, *, by: Principal) -> tuple[Request, Moving, Granted]:
    """A request as it is now, and what it would move, held as `moving.held` does. Raises NotFound and Conflict."""
    there, granted = moving.held(session, wish_of(request), standing, by=by)
    if there.model.id != request.model_id:
        raise Conflict("Another model took the name of this one at the same time; try again.")
    # Whoever waited for the model's row may find that it is decided, or that it archives others by now.
    now = again(session, request)
    if now.archive_existing != there.wish.archive_existing:
        there, granted = moving.held(session, wish_of(now), standing, by=by)
    return now, after(session, now, there), granted


def after(session: Reader, request: Request, there: Moving) -> Moving:
    """What a request would move, at a moment that is not before the last of the request's own."""
    return replace(there, at=max(there.at, rows.last_moment(session, request)))


def against_lifecycle(standing: Standing, moving: Moving) -> str:
    """Why the lifecycle of the model does not allow a move; empty where it does, and of what enters no stage."""
    if moving.target.kind is not TargetKind.STAGE:
        return ""
    lifecycle = standing.lifecycle_of(moving.model.name)
    why = why_not(lifecycle, moving.stage, moving.target.name, archives=bool(moving.archived))
    return why or past_a_gate(standing, moving.model, moving.archived)


def past_a_gate(standing: Standing, model: Model, archived: Collection[int]) -> str:
    """Why some versions of a model cannot be archived for another one: a gate wants that asked for by itself."""
    gates = standing.guarding(model.name, model.tags, targets.stage(ARCHIVED)) if archived else ()
    if not gates:
        return ""
    numbers, names = ", ".join(map(str, sorted(archived))), ", ".join(gate.name for gate in gates)
    return f"That would archive version {numbers} past the gate {names}: ask for that by itself first."


def _by_default(request: Request | None, moving: Moving) -> tuple[Gate, ...]:
    """What a request waits for that no gate asks anything of: one approval, or time alone where it was to wait."""
    if request is None or request.not_before is not None:
        return ()
    asked = Required(approvals.WORD, _ONE, {"count": 1})
    return (Gate("(no gate)", ("*",), {}, moving.target, (asked,)),)


def _frozen(standing: Standing, moving: Moving) -> Mapping[str, int]:
    frozen = standing.frozen_by(moving.model.name, moving.target, moving.at)
    return {freeze.told: freeze.until for freeze in frozen}


def again(session: Session, request: Request) -> Request:
    """A request as it is now."""
    found = rows.by_id(session, request.id)
    assert found is not None  # noqa: S101 (no row goes)
    return found
