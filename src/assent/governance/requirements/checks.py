"""Checks: one of a name has passed, and lately enough. Pure."""

from typing import NamedTuple

from assent.governance.requirements.asking import Asking, Demands
from assent.governance.requirements.facts import Facts
from assent.governance.requirements.findings import Finding, failed, missing, moment, satisfied, stretch
from assent.kernel.content import Content

WORD = "check"
LONGEST_NAME = 128
# Who posts them.
POSTERS = ("whoever has CAN_EDIT",)


class Check(NamedTuple):
    """A check of that name has passed, at most so many milliseconds ago."""

    name: str
    max_age: int | None = None


def read(content: Content) -> Check:
    """`{name: ci/evaluation, max_age: 7d}`, or the name alone."""
    if not isinstance(content.value, dict):
        return Check(content.text(LONGEST_NAME))
    parts = content.fields(("name", "max_age"), required=("name",))
    name = parts["name"].text(LONGEST_NAME) if "name" in parts else ""
    return Check(name, parts["max_age"].duration() if "max_age" in parts else None)


def words(spec: Check) -> str:
    """The requirement in words."""
    return f"the check {spec.name} has passed" + (f" within {stretch(spec.max_age)}" if spec.max_age else "")


def demands(spec: Check) -> Demands:
    """A reviewer sees the check."""
    return Demands(checks=frozenset({spec.name}))


def judge(spec: Check, facts: Facts, _: Asking) -> Finding:
    """Look at the result that counts."""
    result = facts.version.checks.get(spec.name) if facts.version else None
    if result is None:
        return missing(WORD, f"The check {spec.name} was not posted.", POSTERS)
    if result.state == "failed":
        return failed(WORD, f"The check {spec.name} failed.", POSTERS)
    if result.state != "passed":
        return missing(WORD, f"The check {spec.name} is {result.state}.", POSTERS)
    if spec.max_age is not None and facts.at - result.posted_at > spec.max_age:
        why = f"The check {spec.name} passed at {moment(result.posted_at)}, longer than {stretch(spec.max_age)} ago."
        return missing(WORD, why, POSTERS)
    return satisfied(WORD, f"The check {spec.name} passed at {moment(result.posted_at)}.")
