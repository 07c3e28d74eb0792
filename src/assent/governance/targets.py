"""Where a move goes: into a stage, under an alias, or away. Pure."""

from enum import StrEnum
from typing import NamedTuple

from assent.kernel.content import Content
from assent.registry.names import must_be_a_free_alias
from assent.registry.tiers import must_be_a_stage_name

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

_DELETIONS = {"version": DELETION_OF_VERSION, "model": DELETION_OF_MODEL}
_KINDS = tuple(kind.value for kind in TargetKind)


def read(content: Content) -> Target:
    """`{stage: Production}`, `{alias: champion}`, or `{deletion: version}` or `model`. A stage is noted as such."""
    parts = content.fields(_KINDS)
    if len(parts) != 1:
        if isinstance(content.value, dict):
            content.fault("Write one of stage: NAME, alias: NAME and deletion: version or model.")
        return stage("")
    (kind, part), *_ = parts.items()
    if kind == TargetKind.DELETION:
        return _DELETIONS.get(part.one_of(_DELETIONS), DELETION_OF_VERSION)
    if kind == TargetKind.ALIAS:
        called = alias(part.text())
        part.must(must_be_a_free_alias, called.name)
        return called
    return read_stage(part)


def read_stage(content: Content) -> Target:
    """A stage, noted with its place."""
    found = stage(content.text())
    if found.name:
        content.must(must_be_a_stage_name, found.name)
        content.note(found)
    return found
