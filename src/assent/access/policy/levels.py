"""The policy as one table: what each level may, and what each scope of a token lets through. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Permission(StrEnum):
    """One right: `<subject>:<verb>`."""

    MODEL_READ = "registered_model:read"
    MODEL_CREATE = "registered_model:create"
    MODEL_EDIT = "registered_model:edit"
    MODEL_MANAGE = "registered_model:manage"
    MODEL_GRANT = "registered_model:grant"
    VERSION_REGISTER = "model_version:register"
    VERSION_EDIT = "model_version:edit"
    VERSION_DELETE = "model_version:delete"
    VERSION_MOVE = "model_version:move"
    VERSION_MOVE_PRODUCTION = "model_version:move_production"
    ALIAS_SET = "alias:set"
    SNAPSHOT_PUSH = "snapshot:push"
    LINEAGE_DECLARE = "lineage:declare"
    LINEAGE_RECALL = "lineage:recall"
    DEPLOYMENT_REPORT = "deployment:report"
    AUDIT_READ = "audit:read"
    REQUEST_OPEN = "request:open"
    REQUEST_DECIDE = "request:decide"
    REQUEST_DECIDE_PRODUCTION = "request:decide_production"
    CHECK_POST = "check:post"
    COMMENT_WRITE = "comment:write"
    CARD_WRITE = "model_card:write"


class Level(StrEnum):
    """A permission level. Those from CAN_READ to CAN_MANAGE include each the one before.

    CAN_AUDIT is granted on the whole registry alone.
    """

    NO_PERMISSIONS = "NO_PERMISSIONS"
    CAN_CREATE_REGISTERED_MODEL = "CAN_CREATE_REGISTERED_MODEL"
    CAN_AUDIT = "CAN_AUDIT"
    CAN_READ = "CAN_READ"
    CAN_EDIT = "CAN_EDIT"
    CAN_MANAGE_STAGING_VERSIONS = "CAN_MANAGE_STAGING_VERSIONS"
    CAN_MANAGE_PRODUCTION_VERSIONS = "CAN_MANAGE_PRODUCTION_VERSIONS"
    CAN_MANAGE = "CAN_MANAGE"


class Scope(StrEnum):
    """What a token may be used for; whatever the level of whom it stands for."""

    READ = "read"
    REGISTER = "register"
    REPORT = "report"
    REQUEST = "request"
    DECIDE = "decide"
    MANAGE = "manage"


_SEE = frozenset({Permission.MODEL_READ})
_AUDIT = _SEE | {Permission.AUDIT_READ}
_READ = _SEE | {Permission.DEPLOYMENT_REPORT, Permission.REQUEST_OPEN, Permission.COMMENT_WRITE}
_EDIT = _READ | {
    Permission.MODEL_EDIT,
    Permission.VERSION_REGISTER,
    Permission.VERSION_EDIT,
    Permission.ALIAS_SET,
    Permission.SNAPSHOT_PUSH,
    Permission.LINEAGE_DECLARE,
    Permission.CHECK_POST,
    Permission.CARD_WRITE,
}
_STAGING = _EDIT | {Permission.VERSION_MOVE, Permission.REQUEST_DECIDE}
_PRODUCTION = _STAGING | {Permission.VERSION_MOVE_PRODUCTION, Permission.REQUEST_DECIDE_PRODUCTION}
_MANAGE = _PRODUCTION | {
    Permission.MODEL_CREATE,
    Permission.MODEL_MANAGE,
    Permission.MODEL_GRANT,
    Permission.VERSION_DELETE,
    Permission.LINEAGE_RECALL,
    Permission.AUDIT_READ,
}

LEVELS: Mapping[Level, frozenset[Permission]] = {
    Level.NO_PERMISSIONS: frozenset(),
    Level.CAN_CREATE_REGISTERED_MODEL: frozenset({Permission.MODEL_CREATE}),
    Level.CAN_AUDIT: _AUDIT,
    Level.CAN_READ: _READ,
    Level.CAN_EDIT: _EDIT,
    Level.CAN_MANAGE_STAGING_VERSIONS: _STAGING,
    Level.CAN_MANAGE_PRODUCTION_VERSIONS: _PRODUCTION,
    Level.CAN_MANAGE: _MANAGE,
}

# Where no gate guards a move, whoever asks for it makes it, so the two are one scope.
SCOPES: Mapping[Scope, frozenset[Permission]] = {
    Scope.READ: _AUDIT,
    Scope.REGISTER: _SEE
    | {Permission.MODEL_CREATE, Permission.MODEL_EDIT, Permission.VERSION_REGISTER, Permission.VERSION_EDIT}
    | {Permission.SNAPSHOT_PUSH, Permission.LINEAGE_DECLARE},
    Scope.REPORT: _SEE | {Permission.DEPLOYMENT_REPORT, Permission.CHECK_POST},
    Scope.REQUEST: _SEE
    | {Permission.VERSION_MOVE, Permission.VERSION_MOVE_PRODUCTION, Permission.ALIAS_SET}
    | {Permission.REQUEST_OPEN, Permission.COMMENT_WRITE},
    Scope.DECIDE: _SEE | {Permission.REQUEST_DECIDE, Permission.REQUEST_DECIDE_PRODUCTION, Permission.COMMENT_WRITE},
    Scope.MANAGE: _MANAGE,
}

_RANK = {level: rank for rank, level in enumerate(Level)}


def lowest_with(permission: Permission) -> Level:
    """The least level that grants a right on a single model, for the message of a refusal."""
    return next(level for level in Level if permission in LEVELS[level] and level is not Level.CAN_AUDIT)


def is_read_by_auditors(permission: Permission) -> bool:
    """Whether an auditor has a right everywhere."""
    return permission in LEVELS[Level.CAN_AUDIT]


def levels_with(permission: Permission) -> frozenset[Level]:
    """The levels that grant a right."""
    return frozenset(level for level, permissions in LEVELS.items() if permission in permissions)


def highest(levels: Iterable[Level]) -> Level:
    """The highest of some levels: NO_PERMISSIONS of none."""
    return max(levels, key=_RANK.__getitem__, default=Level.NO_PERMISSIONS)


def adding_up(*places: Iterable[Level]) -> frozenset[Level]:
    """The levels that count, of those granted at some places, the narrowest first: the rule of precedence.

    Grants add up. NO_PERMISSIONS shuts out everything that is granted at the same place or a wider one.
    """
    counting: set[Level] = set()
    for place in map(frozenset, places):
        if Level.NO_PERMISSIONS in place:
            break
        counting |= place
    return frozenset(counting)
