"""Moves: a version enters a stage, an alias comes to point to a version, a version or model is deleted.

Every path that could bring a version to a target goes through these functions, and the faces cannot import the
ones beneath: the import contract forbids it. Where a gate guards the move, a request is opened or found, and the move
is made when nothing is missing; else `Held` is raised, and the request stays.
"""

from sqlalchemy.orm import Session

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.governance import targets
from assent.governance.requests.acting import opening
from assent.governance.requests.acting.opening import Asked
from assent.governance.requests.completing import overtaking
from assent.governance.requests.completing.looking import gates_of, past_a_gate
from assent.governance.requests.evaluation import moving, rights
from assent.governance.requests.evaluation.moving import Wish
from assent.governance.requests.records.tables import LONGEST_COMMENT
from assent.governance.requirements import always
from assent.governance.rules import leaving, lifecycles, standing
from assent.governance.rules.standing import Standing
from assent.governance.targets import DELETION_OF_MODEL, DELETION_OF_VERSION, TargetKind
from assent.kernel.errors import Denied, Invalid
from assent.lineage.graph import recalls
from assent.registry import aliases, deletions, names, reading, stages, transitions
from assent.registry.tiers import ARCHIVED, Tier
from assent.registry.views import Model, Version

_GONE = "It was deleted."
_THERE = "It came to pass without the request."


def transition(
    session: Session,
    name: str,
    number: int,
    stage: str,
    *,
    by: Principal,
    archive_existing: bool = False,
    comment: str = "",
) -> Version:
    """Move a version into a stage. Where no gate guards that, it takes the right for the stage it leaves, too.

    The comment is that of the request, where one is opened, or else of the move. Raises Invalid for an unknown stage,
    NotFound, Denied, and Held.
    """
    names.must_be_a_model_name(name)
    names.must_be_text("comment", comment, LONGEST_COMMENT)
    target = stages.named(session, stage)
    if archive_existing:
        stages.must_be_active(session, target)
    rules = standing.held(session)
    wish = Wish(name, number, targets.stage(target.name), archive_existing)
    if _is_done(session, wish, rules, by=by, comment=comment):
        return reading.version_numbered(session, name, number, by=by)
    move = transitions.begin(session, name, number, target.name, archive_existing=archive_existing, by=by)
    left = stages.named(session, move.version.stage)
    authorize(by, rights.to_enter(target), on=name, granted=move.granted, target=target.name, version=number)
    # A token for another target takes nothing out of production either.
    told = left if left.tier is Tier.PRODUCTION else target
    authorize(by, rights.to_enter(left), on=name, granted=move.granted, target=told.name, version=number)
    lifecycles.must_allow(rules.lifecycle_of(name), left.name, target.name, archives=bool(move.incumbents))
    archives = bool(move.incumbents) and rules.could_guard(name, targets.stage(ARCHIVED))
    model = reading.model(session, name, by=by) if archives else None
    if model and (why := past_a_gate(rules, model, [each.number for each in move.incumbents])):
        raise Invalid(why)
    if target.is_active:
        _must_not_be_quarantined(session, move.version.id, name, number, target.name)
    moved = transitions.apply(session, move, by=by, comment=comment)
    overtaking.of_version(session, moved.id, by=by, at=moved.last_updated_at, reason=_THERE, target=wish.target)
    return moved


def point_alias(session: Session, name: str, alias: str, number: int, *, by: Principal) -> None:
    """Let an alias point to a version. Raises Invalid for a reserved or malformed one, NotFound, Denied and Held."""
    names.must_be_a_model_name(name)
    names.must_be_a_free_alias(alias)
    target = targets.alias(alias)
    if _is_done(session, Wish(name, number, target), standing.held(session), by=by):
        return
    pointed = aliases.point(session, name, alias, number, by=by)
    if pointed is not None:
        version_id, at = pointed
        _must_not_be_quarantined(session, version_id, name, number, str(target))
        overtaking.of_version(session, version_id, by=by, at=at, reason=_THERE, target=target)


def promote(
    session: Session, wish: Wish, *, by: Principal, comment: str = "", not_before: int | None = None
) -> Asked | None:
    """Move a version, or ask for it: what became of the request, or None where the move took none.

    Raises Invalid, NotFound and Denied.
    """
    rules = standing.held(session)
    there, granted = moving.held(session, wish, rules, by=by)
    is_asked = bool(gates_of(rules, there)) or not_before is not None
    if there.is_there or not is_asked:
        _move(session, wish, by=by)
        return None
    return opening.ask(session, there, rules, by=by, granted=granted, comment=comment, not_before=not_before)


def remove_alias(session: Session, name: str, alias: str, *, by: Principal) -> None:
    """Let an alias point nowhere; one that a gate guards is as good as production.

    Raises Invalid, NotFound, Denied.
    """
    names.must_be_a_model_name(name)
    names.must_be_an_alias(alias)
    is_guarded = standing.held(session).could_guard(name, targets.alias(alias))
    takes = Permission.VERSION_MOVE_PRODUCTION if is_guarded else Permission.ALIAS_SET
    aliases.delete(session, name, alias, by=by, takes=takes)


def delete_version(session: Session, name: str, number: int, *, by: Principal) -> None:
    """Delete a version. Raises NotFound, Denied and Held."""
    names.must_be_a_model_name(name)
    if not _is_done(session, Wish(name, number, DELETION_OF_VERSION), standing.held(session), by=by):
        version_id, at = deletions.delete_version(session, name, number, by=by)
        overtaking.of_version(session, version_id, by=by, at=at, reason=_GONE)


def delete_model(session: Session, name: str, *, by: Principal) -> None:
    """Delete a model with its versions. Raises NotFound, Denied and Held."""
    names.must_be_a_model_name(name)
    if not _is_done(session, Wish(name, None, DELETION_OF_MODEL), standing.held(session), by=by):
        model_id, at = deletions.delete_model(session, name, by=by)
        overtaking.of_model(session, model_id, by=by, at=at, reason=_GONE)


def restore_version(session: Session, name: str, number: int, *, by: Principal) -> Version:
    """Bring a deleted version back, in no stage. Raises NotFound, Conflict where it is not deleted, and Denied."""
    return deletions.restore_version(session, name, number, by=by)


def restore_model(session: Session, model_id: int, *, by: Principal, new_name: str | None = None) -> Model:
    """Bring a deleted model back. Raises NotFound, AlreadyExists for a name that was taken meanwhile, and Denied.

    Under another name it leaves no gate unless an administrator brings it back, as where it is renamed.
    """
    rules = standing.held(session)
    former_name = deletions.name_of(session, model_id)
    model = deletions.restore_model(session, model_id, new_name=new_name, by=by)
    leaving.must_not_leave(rules, model._replace(name=former_name), model.name, model.tags, by=by)
    return model


def _move(session: Session, wish: Wish, *, by: Principal) -> None:
    """Make a move that no gate guards."""
    match wish.target.kind, wish.number:
        case TargetKind.STAGE, int(number):
            transition(session, wish.name, number, wish.target.name, by=by, archive_existing=wish.archive_existing)
        case TargetKind.ALIAS, int(number):
            point_alias(session, wish.name, wish.target.name, number, by=by)
        case _, int(number):
            delete_version(session, wish.name, number, by=by)
        case _:
            delete_model(session, wish.name, by=by)


def _is_done(session: Session, wish: Wish, rules: Standing, *, by: Principal, comment: str = "") -> bool:
    """Whether a gate guards a move and nothing is left to do of it; False where none does. Raises Held until then.

    What is where it is to go has nothing to ask for; others that stand there are archived as where no gate is.
    """
    if not rules.could_guard(wish.name, wish.target):
        return False
    there, granted = moving.held(session, wish, rules, by=by)
    if not gates_of(rules, there):
        return False
    if there.is_there:
        return not there.archived
    asked = opening.ask(session, there, rules, by=by, granted=granted, comment=comment)
    if not asked.is_applied:
        raise opening.held(asked, there, by=by)
    return True


def _must_not_be_quarantined(session: Session, version_id: int, name: str, number: int, target: str) -> None:
    over = recalls.quarantining(session, version_id)
    if why := always.quarantine(each.id for each in over):
        details: dict[str, object] = {"version": number, "target": target, "reason": "quarantined"}
        raise Denied(f"Version {number} of {name} cannot be promoted. {why}", subject=name, details=details)
