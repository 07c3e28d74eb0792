"""Moves: a version enters a stage, an alias comes to point to a version, a version or model is deleted.

Every path that could bring a version to a target goes through these functions, and the faces cannot import the
ones beneath: the import contract forbids it.
"""

from sqlalchemy.orm import Session

from assent.access.levels import Permission
from assent.access.principals import Principal, authorize
from assent.registry import aliases, deletions, names, stages, transitions
from assent.registry.tiers import Stage, Tier
from assent.registry.views import Model, Version


def transition(
    session: Session, name: str, number: int, stage: str, *, by: Principal, archive_existing: bool = False
) -> Version:
    """Move a version into a stage. It takes the right for both the stage it leaves and the one it enters.

    Raises Invalid for an unknown stage, NotFound, and Denied.
    """
    names.must_be_a_model_name(name)
    target = stages.named(session, stage)
    if archive_existing:
        stages.must_be_active(session, target)
    move = transitions.begin(session, name, number, target.name, archive_existing=archive_existing, by=by)
    left = stages.named(session, move.version.stage)
    authorize(by, _right_for(target), on=name, granted=move.granted, target=target.name, version=number)
    # A token for another target takes nothing out of production either.
    guarded = left if left.tier is Tier.PRODUCTION else target
    authorize(by, _right_for(left), on=name, granted=move.granted, target=guarded.name, version=number)
    return transitions.apply(session, move, by=by)


def point_alias(session: Session, name: str, alias: str, number: int, *, by: Principal) -> None:
    """Let an alias point to a version. Raises Invalid for a reserved or malformed alias, NotFound, and Denied."""
    names.must_be_a_model_name(name)
    names.must_be_a_free_alias(alias)
    aliases.point(session, name, alias, number, by=by)


def remove_alias(session: Session, name: str, alias: str, *, by: Principal) -> None:
    """Let an alias point nowhere. Raises Invalid, NotFound, and Denied."""
    names.must_be_a_model_name(name)
    names.must_be_an_alias(alias)
    aliases.delete(session, name, alias, by=by)


def delete_version(session: Session, name: str, number: int, *, by: Principal) -> None:
    """Delete a version. Raises NotFound and Denied."""
    deletions.delete_version(session, name, number, by=by)


def delete_model(session: Session, name: str, *, by: Principal) -> None:
    """Delete a model with its versions. Raises NotFound and Denied."""
    deletions.delete_model(session, name, by=by)


def restore_version(session: Session, name: str, number: int, *, by: Principal) -> Version:
    """Bring a deleted version back, in no stage. Raises NotFound, Conflict where it is not deleted, and Denied."""
    return deletions.restore_version(session, name, number, by=by)


def restore_model(session: Session, model_id: int, *, by: Principal, new_name: str | None = None) -> Model:
    """Bring a deleted model back. Raises NotFound, AlreadyExists for a name that was taken meanwhile, and Denied."""
    return deletions.restore_model(session, model_id, new_name=new_name, by=by)


def _right_for(stage: Stage) -> Permission:
    if stage.tier is Tier.PRODUCTION:
        return Permission.VERSION_MOVE_PRODUCTION
    return Permission.VERSION_MOVE
