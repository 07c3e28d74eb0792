"""What each level and each scope may, said once more and in full: the tables under test are not asked."""

from collections.abc import Mapping

from assent.access.policy.levels import Level, Permission, Scope

SEEING = frozenset({Permission.MODEL_READ})
AUDITING = SEEING | {Permission.AUDIT_READ}
READING = SEEING | {Permission.DEPLOYMENT_REPORT, Permission.REQUEST_OPEN, Permission.COMMENT_WRITE}
EDITING = READING | {
    Permission.MODEL_EDIT,
    Permission.VERSION_REGISTER,
    Permission.VERSION_EDIT,
    Permission.ALIAS_SET,
    Permission.SNAPSHOT_PUSH,
    Permission.LINEAGE_DECLARE,
    Permission.CHECK_POST,
    Permission.CARD_WRITE,
}
STAGING = EDITING | {Permission.VERSION_MOVE, Permission.REQUEST_DECIDE}
PRODUCING = STAGING | {Permission.VERSION_MOVE_PRODUCTION, Permission.REQUEST_DECIDE_PRODUCTION}
MANAGING = PRODUCING | {
    Permission.MODEL_MANAGE,
    Permission.MODEL_GRANT,
    Permission.VERSION_DELETE,
    Permission.MODEL_CREATE,
    Permission.LINEAGE_RECALL,
    Permission.AUDIT_READ,
}

MAY: Mapping[Level, frozenset[Permission]] = {
    Level.NO_PERMISSIONS: frozenset(),
    Level.CAN_CREATE_REGISTERED_MODEL: frozenset({Permission.MODEL_CREATE}),
    Level.CAN_AUDIT: AUDITING,
    Level.CAN_READ: READING,
    Level.CAN_EDIT: EDITING,
    Level.CAN_MANAGE_STAGING_VERSIONS: STAGING,
    Level.CAN_MANAGE_PRODUCTION_VERSIONS: PRODUCING,
    Level.CAN_MANAGE: MANAGING,
}

WITHIN: Mapping[Scope, frozenset[Permission]] = {
    Scope.READ: AUDITING,
    Scope.REGISTER: SEEING
    | {Permission.MODEL_CREATE, Permission.MODEL_EDIT, Permission.VERSION_REGISTER, Permission.VERSION_EDIT}
    | {Permission.SNAPSHOT_PUSH, Permission.LINEAGE_DECLARE},
    Scope.REPORT: SEEING | {Permission.DEPLOYMENT_REPORT, Permission.CHECK_POST},
    Scope.REQUEST: SEEING
    | {Permission.VERSION_MOVE, Permission.VERSION_MOVE_PRODUCTION, Permission.ALIAS_SET}
    | {Permission.REQUEST_OPEN, Permission.COMMENT_WRITE},
    Scope.DECIDE: SEEING
    | {Permission.REQUEST_DECIDE, Permission.REQUEST_DECIDE_PRODUCTION, Permission.COMMENT_WRITE},
    Scope.MANAGE: MANAGING,
}
