"""Where a version has stood: it comes from a stage, and stood there long enough. Pure."""

from typing import NamedTuple

from assent.governance.requirements.asking import Asking
from assent.governance.requirements.facts import Facts
from assent.governance.requirements.findings import Finding, failed, missing, moment, satisfied, stretch, waiting
from assent.governance.targets import read_stage
from assent.kernel.content import Content

PREDECESSOR = "predecessor"
SOAK = "soak"


class Soak(NamedTuple):
    """At least so many milliseconds in a stage, all times together."""

    stage: str
    at_least: int


def read_predecessor(content: Content) -> str:
    """`{stage: Staging}`, or the stage alone."""
    if not isinstance(content.value, dict):
        return read_stage(content).name
    parts = content.fields(("stage",), required=("stage",))
    return read_stage(parts["stage"]).name if "stage" in parts else ""


def words_of_predecessor(stage: str) -> str:
    """The requirement in words."""
    return f"it comes from {stage}"


def judge_predecessor(stage: str, facts: Facts, _: Asking) -> Finding:
    """Look where the version stands. What goes back came from there before."""
    here = facts.version.stage if facts.version else ""
    if here.lower() == stage.lower():
        return satisfied(PREDECESSOR, f"It stands in {stage}.")
    if facts.is_rollback:
        return satisfied(PREDECESSOR, f"It held {facts.target} before.")
    why = f"It must come from {stage}, and stands in {here or 'no stage'}."
    return missing(PREDECESSOR, why, _movers(stage) if facts.version else ())


def read_soak(content: Content) -> Soak:
    """`{stage: Staging, at_least: 24h}`."""
    parts = content.fields(("stage", "at_least"), required=("stage", "at_least"))
    stage = read_stage(parts["stage"]).name if "stage" in parts else ""
    return Soak(stage, parts["at_least"].duration() if "at_least" in parts else 1)


def words_of_soak(spec: Soak) -> str:
    """The requirement in words."""
    return f"at least {stretch(spec.at_least)} in {spec.stage}"


def judge_soak(spec: Soak, facts: Facts, _: Asking) -> Finding:
    """Count how long it has stood there."""
    stood = sum(length for stage, length in facts.stays.items() if stage.lower() == spec.stage.lower())
    if stood >= spec.at_least:
        # How long by now would be news each time that somebody looks.
        return satisfied(SOAK, f"It has stood in {spec.stage} for {stretch(spec.at_least)} or longer.")
    if facts.version and facts.version.stage.lower() == spec.stage.lower():
        since = facts.at + spec.at_least - stood
        why = f"It must stand in {spec.stage} for {stretch(spec.at_least)}: until {moment(since)}."
        return waiting(SOAK, why, since)
    who = _movers(spec.stage) if facts.version else ()
    if not stood:
        return missing(SOAK, f"It never stood in {spec.stage}.", who)
    return failed(SOAK, f"It stood in {spec.stage} for {stretch(stood)} only, and stands there no more.", who)


def _movers(stage: str) -> tuple[str, ...]:
    return (f"whoever may move it to {stage}",)
