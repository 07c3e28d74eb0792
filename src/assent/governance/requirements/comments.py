"""Comments: every thread about the version is resolved. Pure."""

from assent.governance.requirements.asking import Asking
from assent.governance.requirements.facts import Facts
from assent.governance.requirements.findings import Finding, missing, satisfied
from assent.kernel.content import Content

WORD = "comments_resolved"


def read(content: Content) -> bool:
    """`true`."""
    before = len(content.faults)
    if not content.truth() and len(content.faults) == before:
        content.fault("Write true, or leave it out.")
    return True


def words(_: bool) -> str:
    """The requirement in words."""
    return "all comments are resolved"


def judge(_: bool, facts: Facts, __: Asking) -> Finding:
    """Count the threads that are open."""
    if facts.unresolved_comments:
        count = facts.unresolved_comments
        why = f"{count} thread{'s' if count > 1 else ''} of comments {'are' if count > 1 else 'is'} not resolved."
        return missing(WORD, why, ("whoever may comment",))
    return satisfied(WORD, "All comments are resolved.")
