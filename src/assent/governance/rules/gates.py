"""Gates: rules that guard moves, read from what somebody wrote. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, Protocol

from assent.governance.requirements.people import reference
from assent.governance.requirements.unreadable import Unreadable
from assent.governance.rules.parts import covers, name_of, patterns
from assent.governance.targets import Target, stage
from assent.governance.targets import read as read_target
from assent.kernel.content import Content
from assent.kernel.errors import Invalid
from assent.kernel.patterns import MAX_WILDCARDS, Names
from assent.kernel.patterns import matches as matches_pattern
from assent.registry.names import must_be_a_key
from assent.registry.tiers import NO_STAGE

SECTION = "gates"
MOST_APPROVALS = 100
_LONGEST_VALUE = 1000
_FIELDS = (
    *("name", "models", "tags", "target", "require"),
    *("signature", "expires_after", "rollback", "override"),
)


class Kind(Protocol):
    """What a word of `require` means."""

    @property
    def read(self) -> Callable[[Content], Any]:
        """Reads what stands after the word."""


@dataclass(frozen=True)
class Required:
    """One requirement: the word, what its kind read of it, and how that was written, which makes no difference."""

    kind: str
    spec: object
    content: Any = field(compare=False)


@dataclass(frozen=True)
class Override:
    """Who may move without the requirements, and in how many milliseconds somebody else must review it."""

    by: tuple[str, ...]
    review_within: int | None


@dataclass(frozen=True)
class Gate:
    """A rule that guards one target of some models; all its tags must match. Times are milliseconds."""

    name: str
    models: tuple[str, ...]
    tags: Mapping[str, str]
    target: Target
    requirements: tuple[Required, ...]
    signature: bool = False
    expires_after: int | None = None
    rollback_approvals: int | None = None
    override: Override | None = None
    revision: int = 0

    def matches(self, model_name: str, model_tags: Mapping[str, str], target: Target) -> bool:
        """Whether it guards a move of a model that is called so and has these tags."""
        return covers(self.target, target) and self.applies_to(model_name, model_tags)

    def could_guard(self, model_name: str, target: Target) -> bool:
        """Whether it guards a move of a model that is called so, where that has the right tags."""
        return covers(self.target, target) and self.could_apply_to(model_name)

    def could_apply_to(self, model_name: str) -> bool:
        """Whether it guards any move of a model that is called so, where that has the right tags."""
        return model_name in self._names

    def applies_to(self, model_name: str, model_tags: Mapping[str, str]) -> bool:
        """Whether it guards any move of such a model."""
        return model_name in self._names and all(
            key in model_tags and matches_pattern(model_tags[key], pattern) for key, pattern in self.tags.items()
        )

    @cached_property
    def _names(self) -> Names:
        return Names(self.models)


def read(content: Content, kinds: Mapping[str, Kind]) -> Gate:
    """A gate as somebody wrote it; what is wrong becomes a fault."""
    gate = _read(content, partial(_required, kinds=kinds))
    if gate.target == stage(NO_STAGE):
        content.named()["target"].fault(f"Every version begins in {NO_STAGE}, and asks nobody: no gate guards that.")
    return gate


def kept(content: Mapping[str, Any], kinds: Mapping[str, Kind], revision: int) -> Gate:
    """A gate that was written before. A requirement that cannot be read any more stays, and is never satisfied."""
    whole = Content(content)
    gate = _read(whole, partial(_kept, kinds=kinds))
    whole.must_be_right()
    return replace(gate, revision=revision)


def _read(content: Content, requirement: Callable[[Content], Required]) -> Gate:
    parts = content.fields(_FIELDS, required=("name", "target", "require"))
    required = parts["require"].each(at_least=1) if "require" in parts else []
    return Gate(
        name=name_of(parts),
        models=patterns(parts),
        tags=_tags(parts["tags"]) if "tags" in parts else {},
        target=read_target(parts["target"]) if "target" in parts else stage(""),
        requirements=tuple(requirement(part) for part in required),
        signature="signature" in parts and parts["signature"].truth(),
        expires_after=parts["expires_after"].duration() if "expires_after" in parts else None,
        rollback_approvals=_approvals(parts["rollback"]) if "rollback" in parts else None,
        override=_override(parts["override"]) if "override" in parts else None,
    )


def _required(content: Content, kinds: Mapping[str, Kind]) -> Required:
    named = content.named()
    if len(named) != 1:
        if isinstance(content.value, dict):
            content.fault(f"Write one word after each dash, of {', '.join(sorted(kinds))}.")
        return Required("", None, content.value)
    (word, part), *_ = named.items()
    if word not in kinds:
        part.fault(f"There is no requirement {word[:100]}; there are {', '.join(sorted(kinds))}.")
        return Required(word, None, part.value)
    return Required(word, kinds[word].read(part), part.value)


def _kept(content: Content, kinds: Mapping[str, Kind]) -> Required:
    apart = Content(content.value)
    found = _required(apart, kinds)
    if not apart.faults:
        return found
    why = f"It cannot be judged as it is written: {apart.faults[0].message}"
    if found.kind not in kinds:
        why = f"The plug-in that knows the requirement {found.kind} is not installed."
    return replace(found, spec=Unreadable(found.kind, why))


def _tags(content: Content) -> dict[str, str]:
    found = {}
    for key, part in content.named().items():
        part.must(must_be_a_key, key)
        found[key] = part.text(_LONGEST_VALUE)
        part.must(_must_be_a_pattern_of_values, found[key])
    return found


def _must_be_a_pattern_of_values(pattern: str) -> None:
    if pattern.count("*") > MAX_WILDCARDS:
        raise Invalid(f"A pattern holds at most {MAX_WILDCARDS} wild cards '*'.")


def _approvals(content: Content) -> int | None:
    parts = content.fields(("approvals",), required=("approvals",))
    return parts["approvals"].whole(0, MOST_APPROVALS) if "approvals" in parts else None


def _override(content: Content) -> Override:
    parts = content.fields(("by", "review_within"), required=("by",))
    by = parts["by"].each(or_one=True, at_least=1) if "by" in parts else []
    within = parts["review_within"].duration() if "review_within" in parts else None
    return Override(tuple(map(reference, by)), within)
