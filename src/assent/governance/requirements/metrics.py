"""Metrics: within bounds, or not much worse than the incumbent's. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from assent.governance.requirements.asking import NOTHING, Asking, Demands
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
    check = parts["check"].text() if "check" in parts else None
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
    if any(value < 0 for value in tolerances.values()):
        content.fault("may_drop and may_rise are 0 or more.")
    if len(bounds) == len(_BOUNDS) and bounds["at_least"] > bounds["at_most"]:
        content.fault("at_least is more than at_most: nothing could be both.")
    return Metric(key, check, **bounds, **tolerances)


def words(spec: Metric) -> str:
    """The requirement in words."""
    against = dict.fromkeys(_BOUNDS, "") | dict.fromkeys(_TOLERANCES, " against the incumbent")
    parts = [
        f"{name.replace('_', ' ')} {value:g}{what}"
        for name, what in against.items()
        if (value := getattr(spec, name)) is not None
    ]
    return f"{_called(spec)} {', '.join(parts)}"


def demands(spec: Metric) -> Demands:
    """A reviewer sees the check that it comes from."""
    return Demands(checks=frozenset({spec.check})) if spec.check else NOTHING


def judge(spec: Metric, facts: Facts, _: Asking) -> Finding:
    """Look at the version's value and, where it is held against it, at the incumbent's."""
    value = _value(spec, facts.version)
    if value is None:
        return missing(WORD, f"There is no {_called(spec)}.", _giver(spec))
    faults = [fault for fault in (_out_of_bounds(spec, value), _worse(spec, value, facts.incumbent)) if fault]
    if math.isnan(value):
        faults = [f"The {_called(spec)} is no number."]
    if faults:
        return failed(WORD, " ".join(faults))
    against = "" if facts.incumbent or not _is_held_against(spec) else "; there is no incumbent"
    return satisfied(WORD, f"The {_called(spec)} is {value:g}{against}.")


def _out_of_bounds(spec: Metric, value: float) -> str | None:
    if spec.at_least is not None and value < spec.at_least:
        return f"The {_called(spec)} is {value:g}, and at least {spec.at_least:g} is asked for."
    if spec.at_most is not None and value > spec.at_most:
        return f"The {_called(spec)} is {value:g}, and at most {spec.at_most:g} is asked for."
    return None


def _worse(spec: Metric, value: float, incumbent: Candidate | None) -> str | None:
    if incumbent is None or not _is_held_against(spec):
        return None
    theirs = _value(spec, incumbent)
    if theirs is None or math.isnan(theirs):
        return f"The incumbent, version {incumbent.number}, has no {_called(spec)} to compare with."
    # Compared as they are written: 0.9 may drop by 0.01 to 0.89, whatever doubles make of it.
    drop, slack = theirs - value, 1e-12 * max(1.0, abs(theirs), abs(value))
    if spec.may_drop is not None and drop > spec.may_drop + slack:
        return _told(spec, value, theirs, incumbent, f"drop by at most {spec.may_drop:g}")
    if spec.may_rise is not None and -drop > spec.may_rise + slack:
        return _told(spec, value, theirs, incumbent, f"rise by at most {spec.may_rise:g}")
    return None


def _told(spec: Metric, value: float, theirs: float, incumbent: Candidate, bound: str) -> str:
    return (
        f"The {_called(spec)} is {value:g}, that of the incumbent, version {incumbent.number}, {theirs:g}: "
        f"it may {bound}."
    )


def _value(spec: Metric, version: Candidate | None) -> float | None:
    if version is None:
        return None
    metrics: Mapping[str, float] = version.metrics
    if spec.check is not None:
        result = version.checks.get(spec.check)
        metrics = result.metrics if result else {}
    return metrics.get(spec.key)


def _is_held_against(spec: Metric) -> bool:
    return spec.may_drop is not None or spec.may_rise is not None


def _called(spec: Metric) -> str:
    return f"metric {spec.key}" + (f" of the check {spec.check}" if spec.check else "")


def _giver(spec: Metric) -> tuple[str, ...]:
    return ("whoever has CAN_EDIT",) if spec.check else ()
