"""What stands in the place of a requirement that nobody here can judge: it is never satisfied. Pure."""

from dataclasses import dataclass

from assent.governance.requirements.findings import Finding, failed


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A requirement of a kind whose plug-in is gone, or that is read otherwise by now; `why` tells which."""

    word: str
    why: str


def judge(spec: Unreadable) -> Finding:
    """It fails, and says why."""
    return failed(spec.word, spec.why, ("an administrator",))
