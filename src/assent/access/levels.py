"""The policy as one table: what each level may do. Pure; it takes values and returns values."""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """One right: `<subject>:<verb>`."""

    MODEL_READ = "registered_model:read"
    MODEL_CREATE = "registered_model:create"
    MODEL_EDIT = "registered_model:edit"
    MODEL_MANAGE = "registered_model:manage"
    VERSION_REGISTER = "model_version:register"
    VERSION_EDIT = "model_version:edit"
    VERSION_DELETE = "model_version:delete"
    VERSION_MOVE = "model_version:move"
    VERSION_MOVE_PRODUCTION = "model_version:move_production"
    ALIAS_SET = "alias:set"


class Level(StrEnum):
    """A permission level; each includes those before it."""

    CAN_READ = "CAN_READ"
    CAN_EDIT = "CAN_EDIT"
    CAN_MANAGE_STAGING_VERSIONS = "CAN_MANAGE_STAGING_VERSIONS"
    CAN_MANAGE_PRODUCTION_VERSIONS = "CAN_MANAGE_PRODUCTION_VERSIONS"
    CAN_MANAGE = "CAN_MANAGE"


_READ = frozenset({Permission.MODEL_READ})
_EDIT = _READ | {
    Permission.MODEL_CREATE,
    Permission.MODEL_EDIT,
    Permission.VERSION_REGISTER,
    Permission.VERSION_EDIT,
    Permission.ALIAS_SET,
}
_STAGING = _EDIT | {Permission.VERSION_MOVE}
_PRODUCTION = _STAGING | {Permission.VERSION_MOVE_PRODUCTION}
_MANAGE = _PRODUCTION | {Permission.MODEL_MANAGE, Permission.VERSION_DELETE}

LEVELS: Mapping[Level, frozenset[Permission]] = {
    Level.CAN_READ: _READ,
    Level.CAN_EDIT: _EDIT,
    Level.CAN_MANAGE_STAGING_VERSIONS: _STAGING,
    Level.CAN_MANAGE_PRODUCTION_VERSIONS: _PRODUCTION,
    Level.CAN_MANAGE: _MANAGE,
}


def lowest_with(permission: Permission) -> Level:
    """The least level that grants a right, for the message of a refusal."""
    return next(level for level, permissions in LEVELS.items() if permission in permissions)
