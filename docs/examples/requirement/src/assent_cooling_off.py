"""`cooling_off: {check: ci/evaluation, at_least: 2h}`: a check passed, and people had so long to look at it."""

from typing import NamedTuple

from assent.governance.requirements.asking import Asking, Demands
from assent.governance.requirements.facts import Facts
from assent.governance.requirements.findings import Finding, failed, missing, moment, satisfied, stretch, waiting
from assent.governance.requirements.kinds import Kind
from assent.kernel.content import Content

WORD = "cooling_off"


class CoolingOff(NamedTuple):
    """So many milliseconds after a check passed."""

    check: str
    at_least: int


def read(content: Content) -> CoolingOff:
    """What stands after the word in a gate. What is wrong becomes a fault, which is told with its line."""
    parts = content.fields(("check", "at_least"), required=("check", "at_least"))
    return CoolingOff(
        parts["check"].text() if "check" in parts else "",
        parts["at_least"].duration() if "at_least" in parts else 1,
    )


def words(spec: CoolingOff) -> str:
    """The requirement, as the plan of a change tells it."""
    return f"{stretch(spec.at_least)} after the check {spec.check} passed"


def judge(spec: CoolingOff, facts: Facts, _: Asking) -> Finding:
    """How it stands. It looks at the facts that it is given, and asks nobody."""
    result = facts.version.checks.get(spec.check) if facts.version else None
    if result is None or result.state == "pending":
        return missing(WORD, f"The check {spec.check} has not passed yet.", ["whoever has CAN_EDIT"])
    if result.state == "failed":
        return failed(WORD, f"The check {spec.check} failed.")
    over = result.posted_at + spec.at_least
    if facts.at < over:
        return waiting(WORD, f"The check {spec.check} may be looked at until {moment(over)}.", over)
    return satisfied(WORD, f"The check {spec.check} passed at {moment(result.posted_at)}.")


def demands(spec: CoolingOff) -> Demands:
    """What a reviewer reviews because of it: an approval is stale once that result is another."""
    return Demands(checks=frozenset({spec.check}))


COOLING_OFF = Kind(WORD, read, judge, words, demands)
