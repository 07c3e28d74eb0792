"""Everything that requirements look at, read from the database into one value."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from assent.access.policy.levels import Level, Permission
from assent.governance.requests.evaluation import dossier, people, rights
from assent.governance.requests.evaluation.candidates import candidate
from assent.governance.requests.evaluation.dossier import Dossier
from assent.governance.requests.evaluation.moving import Moving
from assent.governance.requests.evaluation.people import Somebody
from assent.governance.requests.records import rows
from assent.governance.requests.records.rows import Decided, Request
from assent.governance.requests.records.tables import Verdict
from assent.governance.requirements import kinds, reviewing
from assent.governance.requirements.asking import NOTHING, Demands
from assent.governance.requirements.facts import REGISTRAR, REQUESTER, RUN_USER, Approval, Candidate, Facts
from assent.governance.rules.gates import Gate
from assent.governance.targets import TargetKind
from assent.kernel.dialects import Reader
from assent.registry.views import Version


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known of a move, what of it a reviewer reviews, and of whom it was asked who they are."""

    facts: Facts
    reviewed: dict[str, Any]
    known: Mapping[int, Somebody]
    dossier: Dossier


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
    opened = dossier.opened(session, moving)
    facts = Facts(
        at=moving.at,
        target=moving.target,
        model_id=moving.model.id,
        model=moving.model.name,
        model_description=moving.model.description,
        model_tags=moving.model.tags,
        card=opened.card,
        archived=moving.archived,
        requester=requester.person if requester else None,
        requester_may_move=requester is not None and _may_move(session, requester, moving),
        decided_by=rights.level_to_decide(session, moving.target),
        moved_by=rights.level_to_move(session, moving.target, moving.stage),
        freezes=freezes,
        against_lifecycle=against_lifecycle,
        unreviewed=opened.unreviewed,
        not_before=request.not_before if request else None,
        roles=_roles(opened, requester_id),
        **_of_version(opened, moving, gates),
    )
    now = reviewing.reviewed(facts, demanded(gates), {gate.name: gate.revision for gate in gates})
    approvals = (
        replace(_approval(session, each, known, moving, request), changed=reviewing.changes(each.reviewed, now))
        for each in decided
        if request and _is_approval(each, known)
    )
    return Gathered(replace(facts, approvals=tuple(approvals)), now, known, opened)


def demanded(gates: Iterable[Gate]) -> Demands:
    """What of a version is reviewed because some gates ask for it."""
    every = (kinds.demands(required.kind, required.spec) for gate in gates for required in gate.requirements)
    return reduce(Demands.__or__, every, NOTHING)


def _of_version(opened: Dossier, moving: Moving, gates: Iterable[Gate]) -> dict[str, Any]:
    """What is known of the version itself, and of the one in its place."""
    version, incumbent = moving.version, moving.incumbent
    if version is None:
        return {}

    def known(of: Version) -> Candidate:
        return candidate(of, opened.origins[of.id], opened.checks[of.id])

    return {
        "version": known(version),
        "incumbent": known(incumbent) if incumbent else None,
        "stays": _stays(opened.stays, moving.at),
        "is_rollback": _is_rollback(opened, moving, {gate.name for gate in gates}),
        "unresolved_comments": opened.unresolved_comments,
        "recalls": opened.recalls,
    }


def _is_rollback(opened: Dossier, moving: Moving, gates: AbstractSet[str]) -> bool:
    """Whether a version was approved for a target before by one request under all these gates, whatever they said.

    What another gate asked for, or none, tells nothing of what these ask. Nothing goes back to being deleted.
    """
    if moving.target.kind is TargetKind.DELETION:
        return False
    return any(names >= gates for names in opened.approved_under)


def _stays(history: Iterable[tuple[str, int, int | None]], at: int) -> dict[str, int]:
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


def _roles(opened: Dossier, requester_id: int | None) -> dict[str, frozenset[int]]:
    requester = frozenset() if requester_id is None else frozenset({requester_id})
    return {REQUESTER: requester, REGISTRAR: opened.registrars, RUN_USER: opened.run_users}


def _is_approval(decision: Decided, known: Mapping[int, Somebody]) -> bool:
    """Whether it is an approval of people who are still let in at all."""
    behind = (each for each in (decision.decided_by_id, decision.in_place_of_id) if each is not None)
    return decision.verdict is Verdict.APPROVED and all(known[each].is_enabled for each in behind)
