"""Kinds of requirements by the word that gates use: ours, and those that plug-ins bring. Pure.

A plug-in names an object with the attributes of `Kind` in the entry point group `assent.requirements`.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from assent.governance.requirements import (
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
from assent.governance.requirements.findings import Finding, failed
from assent.governance.requirements.unreadable import Unreadable
from assent.kernel.content import Content

GROUP = "assent.requirements"

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
    """Every kind by its word; a plug-in takes no word away from us."""
    brought = (entry.load() for entry in entry_points(group=GROUP))
    return {kind.word: kind for kind in (*brought, *_OURS)}


def judge(word: str, spec: Any, facts: Facts, asking: Asking) -> Finding:
    """How a requirement stands. One that cannot be judged, since its plug-in is at fault or gone, does not hold."""
    if isinstance(spec, Unreadable):
        return unreadable.judge(spec)
    try:
        return kinds()[word].judge(spec, facts, asking)
    except Exception as problem:
        _log.exception("a requirement could not be judged", extra={"fields": {"requirement": word}})
        return failed(word, f"The requirement {word} could not be judged: {type(problem).__name__}.")


def demands(word: str, spec: Any) -> Demands:
    """What of a version is reviewed because of a requirement; nothing more where its plug-in is at fault."""
    if isinstance(spec, Unreadable):
        return NOTHING
    try:
        return kinds()[word].demands(spec)
    except Exception:
        _log.exception("a requirement demands nothing", extra={"fields": {"requirement": word}})
        return NOTHING
