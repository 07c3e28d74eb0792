"""What gates, freezes and lifecycles are made of, and how each part is read. Pure."""

from assent.access.names import must_be_a_name
from assent.governance.targets import (
    DELETED,
    DELETION_OF_MODEL,
    DELETION_OF_VERSION,
    Target,
    TargetKind,
    alias,
    stage,
)
from assent.kernel.content import Content
from assent.kernel.errors import Invalid
from assent.kernel.patterns import must_be_a_pattern
from assent.registry.names import must_be_a_free_alias

LONGEST_NAME = 128
LONGEST_STAGE = 64
ALL = ("*",)

PEOPLE = ("user", "service_account", "group")
_DELETIONS = {"version": DELETION_OF_VERSION, "model": DELETION_OF_MODEL}
_KINDS = tuple(kind.value for kind in TargetKind)


def covers(ruled: Target, target: Target) -> bool:
    """Whether a rule for one target holds for another: that of deleting a version for deleting the model, too."""
    return ruled == target or (ruled == DELETION_OF_VERSION and target == DELETION_OF_MODEL)


def name_of(parts: dict[str, Content]) -> str:
    """What a rule is called."""
    if "name" not in parts:
        return ""
    name = parts["name"].text(LONGEST_NAME)
    parts["name"].must(_must_name_a_rule, name)
    return name


def patterns(parts: dict[str, Content], default: tuple[str, ...] | None = ALL) -> tuple[str, ...]:
    """Of which models a rule speaks: patterns of their names, or one of them."""
    if "models" not in parts:
        return default or ()
    found = []
    for part in parts["models"].each(or_one=True, at_least=1):
        found.append(part.text())
        part.must(must_be_a_pattern, found[-1])
    return tuple(found)


def target(content: Content) -> Target:
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
        called = part.text()
        part.must(must_be_a_free_alias, called)
        return alias(called)
    found = stage(part.text(LONGEST_STAGE))
    part.must(must_be_a_stage, found.name)
    part.note(found)
    return found


def must_be_a_stage(name: str) -> None:
    """Raise Invalid unless a stage may be called so."""
    if not name or name != name.strip() or len(name) > LONGEST_STAGE or not name.isprintable():
        raise Invalid(
            f"A stage's name has 1 to {LONGEST_STAGE} characters, all printable, and no blank at either end."
        )
    if name.startswith("@") or "/" in name or ":" in name or name.lower() == DELETED:
        raise Invalid(f"A stage's name begins with no '@', holds no '/' and no ':', and is not {DELETED!r}.")


def reference(content: Content) -> str:
    """A user, service account or group, written `kind:name`, and noted."""
    written = content.text()
    kind, _, name = written.partition(":")
    if kind not in PEOPLE:
        content.fault(f"Write user:NAME, service_account:NAME or group:NAME in the place of {written[:100]}.")
        return written
    content.must(must_be_a_name, name, kind.replace("_", " "))
    content.note(written)
    return written


def _must_name_a_rule(name: str) -> None:
    # It is part of the path of a page, and clients take dots out of one.
    if "/" in name or not name.isprintable() or name in (".", ".."):
        raise Invalid("A rule's name holds no '/', is printable, and is neither '.' nor '..'.")
