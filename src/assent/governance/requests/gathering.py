"""Everything that requirements look at, read from the database into one value."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from sqlalchemy import bindparam, exists, null, select, union_all

from assent.access.policy.levels import Level, Permission
from assent.annotations import cards, comments
from assent.governance.requests import people, rights, rows
from assent.governance.requests.candidates import candidates
from assent.governance.requests.moving import Moving
from assent.governance.requests.people import Somebody
from assent.governance.requests.rows import DECISIONS, REQUESTS, Decided, Request
from assent.governance.requests.tables import RequestState, Verdict
from assent.governance.requirements import kinds, reviewing
from assent.governance.requirements.asking import NOTHING, Demands
from assent.governance.requirements.facts import REGISTRAR, REQUESTER, RUN_USER, Approval, Facts
from assent.governance.rules.gates import Gate
from assent.governance.targets import Target, TargetKind
from assent.kernel.dialects import Reader, table
from assent.lineage.graph import recalls
from assent.lineage.runs import snapshots
from assent.registry.tables import StageHistory
from assent.registry.views import ACCOUNTS, VERSIONS, Version

# Of the requests by which a version came to a target so many are looked at, the newest.
_MOST_LOOKED_BACK = 100

_HISTORY = table(StageHistory)
# A version and what it was copied from, and that again: nobody sheds their name by copying.
_self = select(VERSIONS.c.id, VERSIONS.c.copied_from_id, VERSIONS.c.created_by_id).where(
    VERSIONS.c.id == bindparam("version")
)
_chain = _self.cte("originals", recursive=True)
_ORIGINALS = _chain.union(
    select(VERSIONS.c.id, VERSIONS.c.copied_from_id, VERSIONS.c.created_by_id).join(
        _chain, VERSIONS.c.id == _chain.c.copied_from_id
    )
)
# Who registered it, and where it stood from when until when: one statement.
_PAST = union_all(
    select(_ORIGINALS.c.id, _ORIGINALS.c.created_by_id, null().label("stage"), null(), null()),
    select(null(), null(), _HISTORY.c.stage, _HISTORY.c.valid_from, _HISTORY.c.valid_until).where(
        _HISTORY.c.version_id == bindparam("version")
    ),
)
_NAMED = select(ACCOUNTS.c.id).where(ACCOUNTS.c.name.in_(bindparam("names", expanding=True)))
_UNREVIEWED = select(REQUESTS.c.id).where(
    REQUESTS.c.model_id == bindparam("model"),
    REQUESTS.c.kind == bindparam("kind"),
    REQUESTS.c.target == bindparam("target"),
    REQUESTS.c.review_due_at.is_not(None),
    REQUESTS.c.reviewed_at.is_(None),
)
_APPROVED_BEFORE = (
    select(REQUESTS.c.report)
    .where(
        REQUESTS.c.version_id == bindparam("version"),
        REQUESTS.c.kind == bindparam("kind"),
        REQUESTS.c.target == bindparam("target"),
        REQUESTS.c.state == RequestState.APPLIED,
        REQUESTS.c.overridden_by_id.is_(None),
        exists().where(
            DECISIONS.c.request_id == REQUESTS.c.id,
            DECISIONS.c.verdict == Verdict.APPROVED,
            DECISIONS.c.ended_at.is_(None),
        ),
    )
    .order_by(REQUESTS.c.id.desc())
    .limit(_MOST_LOOKED_BACK)
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known of a move, what of it a reviewer reviews, and of whom it was asked who they are."""

    facts: Facts
    reviewed: dict[str, Any]
    known: Mapping[int, Somebody]


def gathered(
    session: Reader,
    moving: Moving,
    gates: Sequence[Gate],
    *,
    request: Request | None,
    asker_id: int | None,
    freezes: Mapping[str, int],
    against_lifecycle: str,
    default: Level,
    also: Iterable[int] = (),
    standing: Sequence[Decided] | None = None,
) -> Gathered:
    """All that is known about a move. `asker_id` is who asks where nobody has opened a request yet.

    `default` is the level that everybody has on every model. Who `also` is asked for is known then, too; `standing`
    are the decisions that nobody took back, where they are known already.
    """
    decided = standing if standing is not None else rows.standing(session, request.id) if request else []
    requester_id = request.opened_by_id if request else asker_id
    concerned = [requester_id, *(each for one in decided for each in (one.decided_by_id, one.in_place_of_id))]
    ids = (*also, *(each for each in concerned if each is not None))
    known = people.found(session, ids, model_id=moving.model.id, default=default)
    requester = known.get(requester_id) if requester_id is not None else None
    seen = {"model": moving.model.id, "kind": moving.target.kind, "target": moving.target.name}
    facts = Facts(
        at=moving.at,
        target=moving.target,
        model_id=moving.model.id,
        model=moving.model.name,
        model_description=moving.model.description,
        model_tags=moving.model.tags,
        card=_card(session, moving.model.id),
        archived=moving.archived,
        requester=requester.person if requester else None,
        requester_may_move=requester is not None and _may_move(session, requester, moving),
        decided_by=rights.level_to_decide(session, moving.target),
        moved_by=rights.level_to_move(session, moving.target, moving.stage),
        freezes=freezes,
        against_lifecycle=against_lifecycle,
        unreviewed=tuple(session.scalars(_UNREVIEWED, seen)),
        not_before=request.not_before if request else None,
        **_of_version(session, moving, gates, requester_id),
    )
    now = reviewing.reviewed(facts, demanded(gates), {gate.name: gate.revision for gate in gates})
    approvals = (
        replace(_approval(session, each, known, moving, request), changed=reviewing.changes(each.reviewed, now))
        for each in decided
        if request and _is_approval(each, known)
    )
    return Gathered(replace(facts, approvals=tuple(approvals)), now, known)


def demanded(gates: Iterable[Gate]) -> Demands:
    """What of a version is reviewed because some gates ask for it."""
    every = (kinds.demands(required.kind, required.spec) for gate in gates for required in gate.requirements)
    return reduce(Demands.__or__, every, NOTHING)


def _of_version(session: Reader, moving: Moving, gates: Iterable[Gate], requester_id: int | None) -> dict[str, Any]:
    """What is known of the version itself, and of the one in its place."""
    version, incumbent, target = moving.version, moving.incumbent, moving.target
    if version is None:
        return {"roles": _roles(requester_id)}
    past = session.execute(_PAST, {"version": version.id}).all()
    registrars = [row for row in past if row.stage is None]
    originals = {row.id for row in registrars}
    snapshot_of = snapshots.counting(session, originals | ({incumbent.id} if incumbent else set()))
    runners = {snapshot_of[each].run_user for each in originals & snapshot_of.keys()} - {""}
    run_users = session.scalars(_NAMED, {"names": sorted(runners)}) if runners else ()
    known = candidates(session, [version, incumbent] if incumbent else [version], snapshot_of)
    return {
        "version": known[version.id],
        "incumbent": known[incumbent.id] if incumbent else None,
        "stays": _stays([row[2:] for row in past if row.stage is not None], moving.at),
        "is_rollback": _is_rollback(session, version, target, {gate.name for gate in gates}),
        "unresolved_comments": comments.unresolved(session, version.id),
        "recalls": tuple(each.id for each in recalls.quarantining(session, version.id)),
        "roles": _roles(requester_id, (row.created_by_id for row in registrars), run_users),
    }


def _is_rollback(session: Reader, version: Version, target: Target, gates: AbstractSet[str]) -> bool:
    """Whether a version was approved for a target before by one request under all these gates, whatever they said.

    What another gate asked for, or none, tells nothing of what these ask. Nothing goes back to being deleted.
    """
    if target.kind is TargetKind.DELETION:
        return False
    before = {"version": version.id, "kind": target.kind, "target": target.name}
    return any(report["gates"].keys() >= gates for report in session.scalars(_APPROVED_BEFORE, before))


def _card(session: Reader, model_id: int) -> str:
    found = cards.of(session, model_id)
    return found.text if found else ""


def _stays(history: Iterable[Sequence[Any]], at: int) -> dict[str, int]:
    """How long a version has stood in each stage, all times together."""
    stays: dict[str, int] = {}
    for stage, begins, ends in history:
        stays[stage] = stays.get(stage, 0) + max(0, (at if ends is None else ends) - begins)
    return stays


def _approval(
    session: Reader, decision: Decided, known: Mapping[int, Somebody], moving: Moving, request: Request
) -> Approval:
    by = known[decision.decided_by_id]
    speaker = by if decision.in_place_of_id is None else known[decision.in_place_of_id]
    given = approval(session, by, speaker, moving, since=request.opened_at)
    return replace(given, at=decision.decided_at, signature=decision.signature)


def approval(session: Reader, by: Somebody, speaker: Somebody, moving: Moving, *, since: int) -> Approval:
    """What an approval of somebody's would be now, in the place of who speaks, of what was asked for at a moment."""
    right = rights.to_decide(session, moving.target)
    name = moving.model.name
    # A delegate must still be let in to the model in their own name.
    may_see = by.may(Permission.MODEL_READ, name)
    return Approval(
        by=by.person,
        at=moving.at,
        in_place_of=None if speaker is by else speaker.person,
        may_decide=may_see and speaker.may(right, name),
        may_move=may_see and _may_move(session, speaker, moving),
        favoured_by=speaker.favoured_by(right, name, since),
    )


def _may_move(session: Reader, who: Somebody, moving: Moving) -> bool:
    return all(who.may(right, moving.model.name) for right in rights.to_move(session, moving.target, moving.stage))


def _roles(
    requester_id: int | None, registrars: Iterable[int] = (), run_users: Iterable[int] = ()
) -> dict[str, frozenset[int]]:
    requester = frozenset() if requester_id is None else frozenset({requester_id})
    return {REQUESTER: requester, REGISTRAR: frozenset(registrars), RUN_USER: frozenset(run_users)}


def _is_approval(decision: Decided, known: Mapping[int, Somebody]) -> bool:
    """Whether it is an approval of people who are still let in at all."""
    behind = (each for each in (decision.decided_by_id, decision.in_place_of_id) if each is not None)
    return decision.verdict is Verdict.APPROVED and all(known[each].is_enabled for each in behind)
