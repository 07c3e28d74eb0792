"""Sentences of the domain as pages tell them: rights and levels in words, and moments in the reader's own zone.

Programs read the same sentences with the names that they know rights and levels by, and with moments in UTC.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from markupsafe import Markup, escape

from assent.access.policy.levels import Level, Permission
from assent.web.frame import moments

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

_RIGHT = rf"(?<=\bthe right )(?P<right>{'|'.join(sorted(RIGHTS, key=len, reverse=True))})\b"
_LEVEL = rf"(?:(?<=\bhas )|(?<=\btakes )|(?<=\blevel ))(?P<level>{'|'.join(sorted(LEVELS, key=len, reverse=True))})\b"
_MOMENT = r"(?P<moment>\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC\b"
# Nobody compares it by eye; the page shows what has changed.
_DIGEST = r"(?P<digest>: its digest is sha256:[0-9a-f]{64} now)"
_TOLD_OTHERWISE = re.compile("|".join((_RIGHT, _LEVEL, _MOMENT, _DIGEST)))


def in_words(sentence: str) -> Markup:
    """A sentence of the domain, for people."""
    told, end = Markup(), 0
    for found in _TOLD_OTHERWISE.finditer(sentence):
        told += escape(sentence[end : found.start()]) + _otherwise(found)
        end = found.end()
    return told + escape(sentence[end:])


def right(permission: str) -> str:
    """What a right lets one do."""
    return RIGHTS[permission].removeprefix("to ")


def shown(at: int) -> Markup:
    """A moment, which the script puts into the reader's zone; the exact one is shown on hover."""
    machine, exact = moments.machine_moment(at), moments.exact_moment(at)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(machine, exact, moments.moment(at))


def _otherwise(found: re.Match[str]) -> Markup:
    match found.lastgroup:
        case "right":
            return escape(RIGHTS[found[0]])
        case "level":
            level = Level(found[0])
            return escape(LEVELS[level] if level is Level.NO_PERMISSIONS else f"“{LEVELS[level]}”")
        case "moment":
            return _moment(found)
    return Markup()


def _moment(found: re.Match[str]) -> Markup:
    try:
        at = datetime.fromisoformat(found["moment"]).replace(tzinfo=UTC)
    except ValueError:
        # Somebody's text looks like one.
        return escape(found[0])
    return shown(int(at.timestamp() * 1000))
