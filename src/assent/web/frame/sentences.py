"""Sentences of the domain as pages tell them: rights and levels in words, and moments in the reader's own zone.

Programs read the same sentences with the names that they know rights and levels by, and with moments in UTC.
"""

import re
from datetime import UTC, datetime

from markupsafe import Markup, escape

from assent.access.policy.levels import Level
from assent.access.policy.words import LEVELS, RIGHTS
from assent.web.frame import moments

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
