"""Moves to judge: facts of which a test names what matters, and requirements as a file of gates has them."""

from typing import Any

from assent.governance.requirements import kinds
from assent.governance.requirements.asking import Asking
from assent.governance.requirements.facts import Approval, Candidate, CheckResult, Facts, Person
from assent.governance.requirements.findings import Finding
from assent.governance.targets import stage
from assent.kernel.content import Content
from assent.kernel.errors import Fault

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
# 2026-03-04 12:00:00 UTC, a Wednesday.
NOON = 1_772_625_600_000

GATE = Asking("production")


def version(**known: Any) -> Candidate:
    """A version that stands in Staging."""
    return Candidate(**{"id": 7, "number": 3, "stage": "Staging", **known})


def incumbent(**known: Any) -> Candidate:
    """The version that stands in Production."""
    return Candidate(**{"id": 5, "number": 2, "stage": "Production", **known})


def facts(**known: Any) -> Facts:
    """The move of a version into Production, at noon."""
    return Facts(
        **{"at": NOON, "target": stage("Production"), "model_id": 1, "model": "m", "version": version(), **known}
    )


def of_version(**known: Any) -> Facts:
    """The same of a version of which something is known."""
    return facts(version=version(**known))


def result(state: str = "passed", *, ago: int = HOUR, by: int = 90, **metrics: float) -> CheckResult:
    """What was posted of a check a while ago."""
    return CheckResult(state, NOON - ago, by, metrics)


def person(number: int, *groups: str, kind: str = "user", name: str = "") -> Person:
    """Somebody; 1 is Ann, 2 is Ben, and so on."""
    names = ("", "ann", "ben", "cleo", "dora", "emil", "finn", "gwen", "hugo", "ida", "jon")
    return Person(number, name or names[number], kind, frozenset(groups))


def approval(by: Person, in_place_of: Person | None = None, **known: Any) -> Approval:
    """An approval; those of people with smaller numbers came first."""
    return Approval(by, known.pop("at", NOON - HOUR + by.id), in_place_of, **known)


def read(word: str, written: object) -> tuple[Any, list[Fault]]:
    """What a kind makes of what is written, and what is wrong with it."""
    content = Content(written)
    return kinds.kinds()[word].read(content), content.faults


def spec(word: str, written: object) -> Any:
    """What a kind makes of what is written rightly."""
    found, faults = read(word, written)
    assert not faults
    return found


def judged(word: str, written: object, about: Facts, asking: Asking = GATE) -> Finding:
    """How a requirement stands that a gate asks for in these words."""
    return kinds.judge(word, spec(word, written), about, asking)


def in_words(word: str, written: object) -> str:
    """A requirement in words."""
    return kinds.kinds()[word].words(spec(word, written))
