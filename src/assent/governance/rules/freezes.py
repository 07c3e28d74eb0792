"""Freezes: windows in which no guarded move into some targets is applied, read from what somebody wrote. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from assent.governance.rules.parts import covers, name_of, patterns
from assent.governance.targets import Target
from assent.governance.targets import read as read_target
from assent.kernel.content import Content
from assent.kernel.errors import Invalid
from assent.kernel.patterns import Names
from assent.kernel.zones import earliest, latest, zone

SECTION = "freezes"
_FIELDS = ("name", "reason", "models", "targets", "from", "until", "zone")
LONGEST_REASON = 1000
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?")
_YEARS = range(2000, 3000)


@dataclass(frozen=True)
class Freeze:
    """From a moment, and until before another, it holds moves of some models to some targets. Times: milliseconds.

    Why, if anybody said it, is told with its name to everybody whose move waits.
    """

    name: str
    models: tuple[str, ...]
    targets: tuple[Target, ...]
    from_: int
    until: int
    zone: str
    reason: str = ""
    revision: int = 0

    @property
    def told(self) -> str:
        """What it is called, and why it is."""
        return f"{self.name}: {self.reason}" if self.reason else self.name

    def matches(self, model_name: str, target: Target) -> bool:
        """Whether it is for a move of a model that is called so."""
        return any(covers(each, target) for each in self.targets) and self.applies_to(model_name)

    def applies_to(self, model_name: str) -> bool:
        """Whether it is for any move of such a model."""
        return model_name in self._names

    def holds_at(self, moment: int) -> bool:
        """Whether a moment lies within it."""
        return self.from_ <= moment < self.until

    @cached_property
    def _names(self) -> Names:
        return Names(self.models)


def read(content: Content) -> Freeze:
    """A freeze as somebody wrote it; what is wrong becomes a fault.

    Where the clocks show a time twice it begins at the first and ends at the second; where they jump over a time, it
    is the moment of the jump.
    """
    parts = content.fields(_FIELDS, required=("name", "targets", "from", "until", "zone"))
    clocks = _zone(parts["zone"]) if "zone" in parts else ZoneInfo("UTC")
    from_ = _moment(parts["from"], clocks, earliest) if "from" in parts else None
    until = _moment(parts["until"], clocks, latest) if "until" in parts else None
    if from_ is not None and until is not None and from_ >= until:
        parts["until"].fault("Write a time after that of from.")
    targets = parts["targets"].each(at_least=1) if "targets" in parts else []
    return Freeze(
        name_of(parts),
        patterns(parts),
        tuple(map(read_target, targets)),
        from_ or 0,
        until or 0,
        clocks.key,
        parts["reason"].text(LONGEST_REASON) if "reason" in parts else "",
    )


def ended(freeze: Freeze, content: Mapping[str, Any], at: int) -> dict[str, Any] | None:
    """What to write of a freeze that shall hold no longer from a moment on; None of one that does not hold then."""
    until = -(-at // 1000)
    if not freeze.holds_at(at) or until * 1000 <= freeze.from_:
        return None
    for clocks in (ZoneInfo(freeze.zone), ZoneInfo("UTC")):
        local = [datetime.fromtimestamp(moment, clocks) for moment in (freeze.from_ // 1000, until)]
        # Where the clocks of a place show a time twice, those of UTC do not.
        if latest(local[1].replace(tzinfo=None), clocks) == until * 1000:
            break
    begins, ends = (f"{each:%Y-%m-%dT%H:%M:%S}" for each in local)
    return {**content, "from": begins, "until": ends, "zone": clocks.key}


def kept(content: Mapping[str, Any], revision: int) -> Freeze:
    """A freeze that was written before."""
    whole = Content(content)
    freeze = read(whole)
    whole.must_be_right()
    return replace(freeze, revision=revision)


def _zone(content: Content) -> ZoneInfo:
    try:
        return zone(content.text())
    except Invalid as problem:
        content.fault(problem.message)
        return ZoneInfo("UTC")


def _moment(content: Content, clocks: ZoneInfo, which: Callable[[datetime, ZoneInfo], int]) -> int | None:
    written = content.text()
    try:
        local = datetime.fromisoformat(written) if _WRITTEN.fullmatch(written) else None
    except ValueError:
        local = None
    if local is None or local.year not in _YEARS:
        content.fault("Write a day and a time as the clocks show them there, such as 2026-12-20T08:00 or 2026-12-20.")
        return None
    return which(local, clocks)
