"""Words that sentences about events have in common."""

from collections.abc import Mapping
from typing import Any

from assent.audit.actions import Action

_LONGEST = 80

# What somebody did to a request, which is named next.
OF_REQUESTS: Mapping[str, str] = {
    Action.REQUEST_OPENED: "opened",
    Action.REQUEST_AMENDED: "amended",
    Action.REQUEST_APPROVED: "approved",
    Action.REQUEST_APPROVAL_TAKEN_BACK: "took the approval back of",
    Action.REQUEST_REJECTED: "rejected",
    Action.REQUEST_WITHDRAWN: "withdrew",
    Action.REQUEST_EXPIRED: "let expire",
    Action.REQUEST_SUPERSEDED: "overtook",
    Action.REQUEST_APPLIED: "completed",
    Action.OVERRIDE_REVIEWED: "reviewed the override of",
}

# What somebody said, or did to what was said; on what may follow.
OF_COMMENTS: Mapping[str, str] = {
    Action.COMMENT_WRITTEN: "commented",
    Action.COMMENT_EDITED: "edited a comment",
    Action.COMMENT_DELETED: "deleted a comment",
    Action.COMMENT_RESOLVED: "resolved a thread",
    Action.COMMENT_REOPENED: "reopened a thread",
}


def plainly(action: str) -> str:
    """What was done in the words of the action itself."""
    return action.partition(".")[2].replace("_", " ")


def tagged(details: Mapping[str, Any], of: str = "") -> str:
    """That a tag was set, and what it was before."""
    before = details.get("before")
    instead = "" if before is None else f" instead of {quoted(before)}"
    return f"set the tag {details['key']}{of} to {quoted(details['after'])}{instead}"


def untagged(details: Mapping[str, Any], of: str = "") -> str:
    """That a tag was taken off, and what it was."""
    return f"took the tag {details['key']} off{of}, which was {quoted(details['before'])}"


def short(value: object) -> str:
    """A value in one line, and of a long one its beginning; nothing of what is none, or several."""
    if value is None or isinstance(value, Mapping | list):
        return ""
    one_line = " ".join(str(value)[: 4 * _LONGEST].split())
    return one_line if len(one_line) <= _LONGEST else f"{one_line[: _LONGEST - 1]}…"


def quoted(value: object) -> str:
    """A value in quotes, in one line and not too long."""
    return f"“{short(value)}”"


def said(value: object) -> str:
    """The same; nothing where nothing was said."""
    return quoted(value) if short(value) else ""
