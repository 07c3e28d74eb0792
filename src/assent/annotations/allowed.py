"""What somebody may do with a comment, as `comments` would let them. Pure."""

from assent.access.policy.levels import Permission
from assent.annotations.threads import Written
from assent.registry.rights import Rights


def may_edit(comment: Written, rights: Rights) -> bool:
    """Whether they may edit it: it is theirs, and is there."""
    is_own = comment.author_id == rights.by.id
    return is_own and comment.deleted_at is None and rights.may(Permission.COMMENT_WRITE)


def may_delete(comment: Written, rights: Rights) -> bool:
    """Whether they may delete it: it is theirs, or the model is theirs to manage."""
    is_own = comment.author_id == rights.by.id
    needed = Permission.COMMENT_WRITE if is_own else Permission.MODEL_MANAGE
    return comment.deleted_at is None and rights.may(needed)


def may_answer(first: Written, rights: Rights) -> bool:
    """Whether they may reply to a thread, resolve it and reopen it."""
    return first.deleted_at is None and rights.may(Permission.COMMENT_WRITE)
