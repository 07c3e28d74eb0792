"""Kinds of requirements by the word that gates use: ours, and those that plug-ins bring. Pure.

A plug-in names an object with the attributes of `Kind` in the entry point group `assent.requirements`. What it does
wrong is logged, and lets no move pass: `judge` and `demands` are what a move is judged by.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from traceback import format_exception_only
from typing import Any

from assent.governance.requirements import (
    always,
    annotations,
    approvals,
    checks,
    comments,
    lineage,
    metrics,
    standing,
    unreadable,
    windows,
)
from assent.governance.requirements.asking import NOTHING, Asking, Demands
from assent.governance.requirements.facts import Facts
from assent.governance.requirements.findings import Finding, State, failed
from assent.governance.requirements.unreadable import Unreadable
from assent.kernel.content import Content

GROUP = "assent.requirements"
# A report is kept and shown as a whole.
LONGEST_WHY = 2000
LATEST = 2**53

_WORD = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_log = logging.getLogger("assent.requirements")


@dataclass(frozen=True)
class Kind:
    """One word of `require`: how what stands after it is read, told and judged.

    `read` takes what is written and tells faults of it; what it gives, the spec, is handed to the others. `demands`
    says what of a version a reviewer reviews because of it. None of them may ask anything but what they are given.
    """

    word: str
    read: Callable[[Content], Any]
    judge: Callable[[Any, Facts, Asking], Finding]
    words: Callable[[Any], str]
    demands: Callable[[Any], Demands] = lambda _: NOTHING


_OURS = (
    Kind("approvals", approvals.read, approvals.judge, approvals.words),
    Kind("check", checks.read, checks.judge, checks.words, checks.demands),
    Kind("metric", metrics.read, metrics.judge, metrics.words, metrics.demands),
    Kind("annotation", annotations.read, annotations.judge, annotations.words, annotations.demands),
    Kind("lineage", lineage.read, lineage.judge, lineage.words),
    Kind("predecessor", standing.read_predecessor, standing.judge_predecessor, standing.words_of_predecessor),
    Kind("soak", standing.read_soak, standing.judge_soak, standing.words_of_soak),
    Kind("window", windows.read, windows.judge, windows.words),
    Kind("comments_resolved", comments.read, comments.judge, comments.words),
)


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by its word. A plug-in takes no word away from us, and one that cannot be loaded is left out."""
    found = {kind.word: kind for kind in _OURS}
    for entry in sorted(entry_points(group=GROUP), key=lambda each: (each.name, each.value)):
        kind = _brought(entry)
        if kind is not None and found.setdefault(kind.word, kind) is not kind:
            _log.error("a requirement is known already", extra={"fields": {"requirement": kind.word, **_told(entry)}})
    return found


def judge(word: str, spec: object, facts: Facts, asking: Asking) -> Finding:
    """How what a gate requires stands. What cannot be judged has failed, and the log tells why."""
    if isinstance(spec, Unreadable):
        return unreadable.judge(spec)
    kind = kinds().get(word)
    if kind is None:
        return unreadable.judge(
            Unreadable(word, f"The requirement {word} could not be judged: nothing here knows it.")
        )
    try:
        # What cannot tell what is to be reviewed would let an approval stand that nobody should rely on.
        _demanded(kind, spec)
        return _found(kind, spec, facts, asking)
    except Exception as problem:
        _log.exception("a requirement could not be judged", extra={"fields": {"requirement": word}})
        return failed(word, f"The requirement {word} could not be judged: {_why(problem)}.")


def demands(word: str, spec: object) -> Demands:
    """What a reviewer reviews because of a requirement; where it cannot tell, nothing, and it is judged failed."""
    kind = kinds().get(word)
    if kind is None or isinstance(spec, Unreadable):
        return NOTHING
    try:
        return _demanded(kind, spec)
    except Exception:
        _log.exception("a requirement does not tell what it demands", extra={"fields": {"requirement": word}})
        return NOTHING


def words(word: str, spec: object) -> str:
    """What a gate requires, in words."""
    kind = kinds().get(word)
    return word if kind is None or isinstance(spec, Unreadable) else kind.words(spec)


def _found(kind: Kind, spec: object, facts: Facts, asking: Asking) -> Finding:
    found: object = kind.judge(spec, facts, asking)
    match found:
        case Finding(state=State(), why=str(), who=tuple(), since=None | int()):
            since = found.since
            if since is not None and not 0 <= since <= LATEST:
                raise ValueError(f"{since} is no moment in milliseconds")
            who = tuple(_text(str(each)) for each in found.who)
            return replace(found, requirement=kind.word, why=_text(found.why), who=who)
    raise TypeError(f"judge gave a {type(found).__name__} that is no finding")


def _demanded(kind: Kind, spec: object) -> Demands:
    found: object = kind.demands(spec)
    if not isinstance(found, Demands):
        raise TypeError(f"demands gave a {type(found).__name__}")
    return found


def _brought(entry: EntryPoint) -> Kind | None:
    try:
        brought = entry.load()
        kind = Kind(
            brought.word, brought.read, brought.judge, brought.words, getattr(brought, "demands", lambda _: NOTHING)
        )
        if not _WORD.fullmatch(kind.word) or kind.word in always.WORDS:
            raise ValueError(f"no requirement can be called {kind.word!r}")
    except Exception:
        _log.exception("a requirement could not be loaded", extra={"fields": _told(entry)})
        return None
    return replace(kind, read=_reading(kind), words=_wording(kind))


def _reading(kind: Kind) -> Callable[[Content], Any]:
    def read(content: Content) -> Any:
        try:
            return kind.read(content)
        except Exception as problem:
            _log.exception("a requirement could not be read", extra={"fields": {"requirement": kind.word}})
            content.fault(f"The requirement {kind.word} cannot be read as it is written: {_why(problem)}.")
            return None

    return read


def _wording(kind: Kind) -> Callable[[Any], str]:
    def words(spec: Any) -> str:
        try:
            return _text(str(kind.words(spec)))
        except Exception:
            _log.exception("a requirement could not be told", extra={"fields": {"requirement": kind.word}})
            return kind.word

    return words


def _told(entry: EntryPoint) -> dict[str, object]:
    return {"entry_point": f"{entry.name} = {entry.value}"}


def _why(problem: Exception) -> str:
    # Not str(): that of somebody else's exception may raise, too.
    return _text(" ".join(format_exception_only(problem)[-1].split()))[:200].rstrip(".")


def _text(text: str) -> str:
    """A text as databases and answers can hold it."""
    return text.encode(errors="replace").decode().replace("\x00", "\ufffd")[:LONGEST_WHY]
