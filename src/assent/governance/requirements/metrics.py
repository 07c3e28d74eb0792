"""Metrics: within bounds, or not much worse than the incumbent's. Pure."""

import math
from dataclasses import dataclass, replace
from decimal import Decimal

from assent.governance.requirements import checks
from assent.governance.requirements.asking import Asking, Demands
from assent.governance.requirements.facts import Candidate, Facts
from assent.governance.requirements.findings import Finding, failed, missing, satisfied
from assent.kernel.content import Content

WORD = "metric"
LONGEST_KEY = 250

_BOUNDS = ("at_least", "at_most")
_TOLERANCES = ("may_drop", "may_rise")


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of the run snapshot or, with `check`, one that a check was posted with.

    It has a bound, or is held against the incumbent's: with `may_drop` more is better, with `may_rise` less is.
    """

    key: str
    check: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    may_drop: float | None = None
    may_rise: float | None = None


def read(content: Content) -> Metric:
    """`{key: auc, at_least: 0.85}` or `{key: auc, against: incumbent, may_drop: 0.01}`, either with `check: NAME`."""
    parts = content.fields(("key", "check", "against", *_BOUNDS, *_TOLERANCES), required=("key",))
    key = parts["key"].text(LONGEST_KEY) if "key" in parts else ""
    check = parts["check"].text(checks.LONGEST_NAME) if "check" in parts else None
    bounds = {name: parts[name].number() for name in _BOUNDS if name in parts}
    tolerances = {name: parts[name].number() for name in _TOLERANCES if name in parts}
    if "against" in parts:
        parts["against"].one_of(("incumbent",))
        if len(tolerances) != 1:
            content.fault("Against the incumbent write may_drop, where more is better, or may_rise, where less is.")
    elif tolerances:
        content.fault(f"{' and '.join(tolerances)} goes with against: incumbent.")
    elif not bounds:
        content.fault("Write at_least, at_most, or against: incumbent with may_drop or may_rise.")
    for name in (name for name, value in tolerances.items() if value < 0):
        parts[name].fault(f"{name} is 0 or more.")
    if len(bounds) == len(_BOUNDS) and bounds["at_least"] > bounds["at_most"]:
        content.fault("at_least is more than at_most: nothing could be both.")
    return Metric(key, check, **bounds, **tolerances)


def words(spec: Metric) -> str:
    """The requirement in words."""
    against = dict.fromkeys(_BOUNDS, "") | dict.fromkeys(_TOLERANCES, " against the incumbent")
    parts = [
        f"{name.replace('_', ' ')} {_shown(value)}{what}"
        for name, what in against.items()
        if (value := getattr(spec, name)) is not None
    ]
    return f"{_called(spec)} {', '.join(parts)}"


def demands(spec: Metric) -> Demands:
    """A reviewer sees the check that it comes from, and what it is held against."""
    against = {(spec.check or "", spec.key)} if _is_held_against(spec) else set()
    return Demands(checks=frozenset({spec.check} if spec.check else ()), against=frozenset(against))


def better(spec: Metric) -> int:
    """Which way is better: 1 where more is, -1 where less is, and 0 where it has to be between two bounds."""
    more = spec.at_least is not None or spec.may_drop is not None
    less = spec.at_most is not None or spec.may_rise is not None
    return more - less


def judge(spec: Metric, facts: Facts, asking: Asking) -> Finding:
    """Look at the version's value and, where it is held against it, at the incumbent's.

    What a check was posted with counts once the check has passed: what is measured before that is not all.
    """
    if spec.check is not None:
        found = checks.judge(checks.Check(spec.check), facts, asking)
        if not found.is_satisfied:
            return replace(found, requirement=WORD)
    value = facts.version.measured(spec.check or "", spec.key) if facts.version else None
    if value is None:
        return missing(WORD, f"There is no {_called(spec)}.", _givers(spec))
    if not math.isfinite(value):
        return failed(WORD, f"The {_called(spec)} is {value}, which is no number to go by.", _givers(spec))
    faults = [fault for fault in (_out_of_bounds(spec, value), _worse(spec, value, facts.incumbent)) if fault]
    if faults:
        return failed(WORD, " ".join(faults), _givers(spec))
    return satisfied(WORD, f"The {_called(spec)} is {_shown(value)}{_measure(spec, facts.incumbent)}.")


def _measure(spec: Metric, incumbent: Candidate | None) -> str:
    """What the value was held against."""
    bounds = (("least", spec.at_least), ("most", spec.at_most))
    asked = [f"at {word} {_shown(bound)}" for word, bound in bounds if bound is not None]
    told = [f"{' and '.join(asked)} is asked for"] if asked else []
    if _is_held_against(spec):
        theirs = incumbent.measured(spec.check or "", spec.key) if incumbent else None
        told.append("there is no incumbent" if theirs is None else f"that of the incumbent {_shown(theirs)}")
    return "".join(f"; {each}" for each in told)


def _out_of_bounds(spec: Metric, value: float) -> str | None:
    asked = f"The {_called(spec)} is {_shown(value)}, and at"
    if spec.at_least is not None and value < spec.at_least:
        return f"{asked} least {_shown(spec.at_least)} is asked for."
    if spec.at_most is not None and value > spec.at_most:
        return f"{asked} most {_shown(spec.at_most)} is asked for."
    return None


def _worse(spec: Metric, value: float, incumbent: Candidate | None) -> str | None:
    if incumbent is None or not _is_held_against(spec):
        return None
    theirs = incumbent.measured(spec.check or "", spec.key)
    called = f"incumbent, version {incumbent.number},"
    if theirs is None or not math.isfinite(theirs):
        return f"The {called} has no {_called(spec)} to compare with."
    drop = _written(theirs) - _written(value)
    told = f"The {_called(spec)} is {_shown(value)}, that of the {called} {_shown(theirs)}: it may"
    if spec.may_drop is not None and drop > _written(spec.may_drop):
        return f"{told} drop by at most {_shown(spec.may_drop)}."
    if spec.may_rise is not None and -drop > _written(spec.may_rise):
        return f"{told} rise by at most {_shown(spec.may_rise)}."
    return None


def _written(value: float) -> Decimal:
    """The number as it is written: 0.9 may drop by 0.01 to 0.89, whatever doubles make of it."""
    return Decimal(repr(float(value)))


def _shown(value: float) -> str:
    """The number with all that decides, and no more: 0.85 and 0.8499999999 must not look alike."""
    return repr(float(value)).removesuffix(".0")


def _is_held_against(spec: Metric) -> bool:
    return spec.may_drop is not None or spec.may_rise is not None


def _called(spec: Metric) -> str:
    return f"metric {spec.key}" + (f" of the check {spec.check}" if spec.check else "")


def _givers(spec: Metric) -> tuple[str, ...]:
    return checks.POSTERS if spec.check else ()
