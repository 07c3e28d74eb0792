"""Rights and levels as people call them. Pure."""

from collections.abc import Mapping

from assent.access.policy.levels import Level, Permission

# What each lets one do.
RIGHTS: Mapping[str, str] = {
    Permission.MODEL_READ: "to read models",
    Permission.MODEL_CREATE: "to create models",
    Permission.MODEL_EDIT: "to edit models",
    Permission.MODEL_MANAGE: "to manage models",
    Permission.MODEL_GRANT: "to grant access to models",
    Permission.VERSION_REGISTER: "to register versions",
    Permission.VERSION_EDIT: "to edit versions",
    Permission.VERSION_DELETE: "to delete versions",
    Permission.VERSION_MOVE: "to move versions",
    Permission.VERSION_MOVE_PRODUCTION: "to move versions into production and out of it",
    Permission.ALIAS_SET: "to set aliases",
    Permission.SNAPSHOT_PUSH: "to push run snapshots",
    Permission.LINEAGE_DECLARE: "to declare lineage",
    Permission.LINEAGE_RECALL: "to recall, and to lift recalls",
    Permission.DEPLOYMENT_REPORT: "to report deployments",
    Permission.AUDIT_READ: "to read the audit log",
    Permission.REQUEST_OPEN: "to ask for moves",
    Permission.REQUEST_DECIDE: "to decide on requests",
    Permission.REQUEST_DECIDE_PRODUCTION: "to decide on requests for production",
    Permission.CHECK_POST: "to post checks",
    Permission.COMMENT_WRITE: "to comment",
    Permission.CARD_WRITE: "to write the model card",
}
LEVELS: Mapping[Level, str] = {
    Level.NO_PERMISSIONS: "no permissions",
    Level.CAN_CREATE_REGISTERED_MODEL: "Can create models",
    Level.CAN_AUDIT: "Can audit",
    Level.CAN_READ: "Can read",
    Level.CAN_EDIT: "Can edit",
    Level.CAN_MANAGE_STAGING_VERSIONS: "Can manage staging versions",
    Level.CAN_MANAGE_PRODUCTION_VERSIONS: "Can manage production versions",
    Level.CAN_MANAGE: "Can manage",
}
