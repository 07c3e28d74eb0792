"""What gates, freezes and lifecycles are made of, and how each part is read. Pure."""

from enum import StrEnum

from assent.governance.targets import DELETION_OF_MODEL, DELETION_OF_VERSION, Target
from assent.kernel.content import Content
from assent.kernel.errors import Invalid
from assent.kernel.patterns import must_be_a_pattern

LONGEST_NAME = 128
ALL = ("*",)


class RuleKind(StrEnum):
    """What a rule is."""

    GATE = "gate"
    FREEZE = "freeze"
    LIFECYCLE = "lifecycle"


def covers(ruled: Target, target: Target) -> bool:
    """Whether a rule for one target holds for another: that of deleting a version for deleting the model, too."""
    return ruled == target or (ruled == DELETION_OF_VERSION and target == DELETION_OF_MODEL)


def name_of(parts: dict[str, Content]) -> str:
    """What a rule is called."""
    if "name" not in parts:
        return ""
    name = parts["name"].text(LONGEST_NAME)
    if name:
        parts["name"].must(_must_name_a_rule, name)
    return name


def patterns(parts: dict[str, Content]) -> tuple[str, ...]:
    """Of which models a rule speaks: patterns of their names, or one of them; all where it does not say."""
    if "models" not in parts:
        return ALL
    found = []
    for part in parts["models"].each(or_one=True, at_least=1):
        found.append(pattern := part.text())
        if pattern:
            part.must(must_be_a_pattern, pattern)
    return tuple(found)


def _must_name_a_rule(name: str) -> None:
    # It is part of the path of a page, and clients take dots out of one.
    if "/" in name or not name.isprintable() or name in (".", ".."):
        raise Invalid("A rule's name holds no '/', is printable, and is neither '.' nor '..'.")
