"""What it takes to make a guarded move, and to decide on one."""

from assent.access.policy.levels import Level, Permission, lowest_with
from assent.governance.targets import DELETION_OF_MODEL, Target, TargetKind
from assent.kernel.dialects import Reader
from assent.registry import stages
from assent.registry.tiers import Stage, Tier


def to_enter(stage: Stage) -> Permission:
    """What it takes to move a version into a stage or out of it."""
    if stage.tier is Tier.PRODUCTION:
        return Permission.VERSION_MOVE_PRODUCTION
    return Permission.VERSION_MOVE


def to_move(session: Reader, target: Target, left: str) -> frozenset[Permission]:
    """What it takes to move a version from a stage to a target; a guarded alias is as good as production."""
    match target.kind:
        case TargetKind.STAGE:
            return frozenset(to_enter(stages.named(session, stage)) for stage in (left, target.name))
        case TargetKind.ALIAS:
            return frozenset({Permission.VERSION_MOVE_PRODUCTION})
    return frozenset({Permission.MODEL_MANAGE if target == DELETION_OF_MODEL else Permission.VERSION_DELETE})


def to_decide(session: Reader, target: Target) -> Permission:
    """What it takes to decide on a request for a target."""
    if target.kind is TargetKind.STAGE and stages.named(session, target.name).tier is not Tier.PRODUCTION:
        return Permission.REQUEST_DECIDE
    return Permission.REQUEST_DECIDE_PRODUCTION


def level_to_move(session: Reader, target: Target, left: str) -> Level:
    """The least level with the right to move."""
    return max((lowest_with(permission) for permission in to_move(session, target, left)), key=list(Level).index)


def level_to_decide(session: Reader, target: Target) -> Level:
    """The least level that may decide."""
    return lowest_with(to_decide(session, target))
