"""Where a move goes: into a stage, under an alias, or away. Pure."""

from enum import StrEnum
from typing import NamedTuple

DELETED = "deletion"


class TargetKind(StrEnum):
    """What kind of move it is."""

    STAGE = "stage"
    ALIAS = "alias"
    DELETION = "deletion"


class Target(NamedTuple):
    """Where a move goes. As text it is a stage, `@` and an alias, or `deletion`.

    The name of a deletion is `version` or `model`, after what is deleted.
    """

    kind: TargetKind
    name: str

    def __str__(self) -> str:
        match self.kind:
            case TargetKind.ALIAS:
                return f"@{self.name}"
            case TargetKind.DELETION:
                return DELETED
        return self.name


def stage(name: str) -> Target:
    """Into a stage, which is canonical."""
    return Target(TargetKind.STAGE, name)


def alias(name: str) -> Target:
    """Under an alias."""
    return Target(TargetKind.ALIAS, name)


DELETION_OF_VERSION = Target(TargetKind.DELETION, "version")
DELETION_OF_MODEL = Target(TargetKind.DELETION, "model")
