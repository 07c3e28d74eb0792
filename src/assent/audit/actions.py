"""The closed vocabulary of the audit log."""

from enum import StrEnum


class Action(StrEnum):
    """What an audit event tells of: `<subject>.<past tense>`."""

    MODEL_CREATED = "registered_model.created"
    MODEL_UPDATED = "registered_model.updated"
    MODEL_RENAMED = "registered_model.renamed"
    MODEL_DELETED = "registered_model.deleted"
    MODEL_RESTORED = "registered_model.restored"
    MODEL_TAG_SET = "registered_model.tag_set"
    MODEL_TAG_DELETED = "registered_model.tag_deleted"

    VERSION_REGISTERED = "model_version.registered"
    VERSION_UPDATED = "model_version.updated"
    VERSION_TRANSITIONED = "model_version.transitioned"
    VERSION_DELETED = "model_version.deleted"
    VERSION_RESTORED = "model_version.restored"
    VERSION_TAG_SET = "model_version.tag_set"
    VERSION_TAG_DELETED = "model_version.tag_deleted"

    SNAPSHOT_PUSHED = "model_version.snapshot_pushed"
    SNAPSHOT_PULLED = "model_version.snapshot_pulled"
    SNAPSHOT_CONTRADICTED = "model_version.snapshot_contradicted"
    SNAPSHOT_ASKED_FOR = "model_version.snapshot_asked_for"
    DIGEST_GIVEN = "model_version.digest_given"

    ALIAS_SET = "alias.set"
    ALIAS_DELETED = "alias.deleted"

    NODE_RECALLED = "lineage_node.recalled"
    RECALL_LIFTED = "lineage_node.recall_lifted"
    VERSION_QUARANTINED = "model_version.quarantined"
    VERSION_SERVED = "model_version.served"
    VERSION_NO_LONGER_SERVED = "model_version.no_longer_served"
    PARENT_DECLARED = "model_version.parent_declared"
    PARENT_WITHDRAWN = "model_version.parent_withdrawn"
    DEPLOYMENT_CREATED = "deployment.created"
    DEPLOYMENT_UPDATED = "deployment.updated"
    OPENLINEAGE_ACCEPTED = "openlineage_event.accepted"

    USER_CREATED = "user.created"
    USER_UPDATED = "user.updated"
    USER_LINKED = "user.linked"
    USER_DISABLED = "user.disabled"
    USER_ENABLED = "user.enabled"
    USER_PASSWORD_SET = "user.password_set"  # noqa: S105 (the name of an event)
    GROUP_CREATED = "group.created"
    GROUP_RENAMED = "group.renamed"
    GROUP_DELETED = "group.deleted"
    GROUP_MEMBER_ADDED = "group.member_added"
    GROUP_MEMBER_REMOVED = "group.member_removed"
    GRANT_GIVEN = "grant.given"
    GRANT_TAKEN = "grant.taken"
    TOKEN_CREATED = "token.created"  # noqa: S105 (likewise)
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 (likewise)
    SESSION_STARTED = "session.started"
    SESSION_ENDED = "session.ended"
    KEY_CREATED = "key.created"

    TOKEN_EXCHANGED = "token.exchanged"  # noqa: S105 (likewise)
    PUBLISHER_CREATED = "publisher.created"
    PUBLISHER_REVOKED = "publisher.revoked"

    RULE_SET = "rule.set"
    RULE_REMOVED = "rule.removed"
    STAGE_ADDED = "stage.added"

    REQUEST_OPENED = "transition_request.opened"
    REQUEST_AMENDED = "transition_request.amended"
    REQUEST_APPROVED = "transition_request.approved"
    REQUEST_APPROVAL_TAKEN_BACK = "transition_request.approval_taken_back"
    REQUEST_REJECTED = "transition_request.rejected"
    REQUEST_WITHDRAWN = "transition_request.withdrawn"
    REQUEST_EXPIRED = "transition_request.expired"
    REQUEST_SUPERSEDED = "transition_request.superseded"
    REQUEST_APPLIED = "transition_request.applied"
    OVERRIDE_REVIEWED = "transition_request.override_reviewed"
    DELEGATION_GIVEN = "delegation.given"
    DELEGATION_REVOKED = "delegation.revoked"
    MOVE_HELD = "move.held"
    CHECK_POSTED = "check.posted"
    COMMENT_WRITTEN = "comment.written"
    COMMENT_EDITED = "comment.edited"
    COMMENT_DELETED = "comment.deleted"
    COMMENT_RESOLVED = "comment.resolved"
    COMMENT_REOPENED = "comment.reopened"
    CARD_WRITTEN = "model_card.written"

    ACCESS_DENIED = "access.denied"
    SIGN_IN_REFUSED = "sign_in.refused"


class Outcome(StrEnum):
    """Whether it came to pass."""

    DONE = "done"
    REFUSED = "refused"
