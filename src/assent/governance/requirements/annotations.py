"""Annotations: a description, tags with the values that are allowed, a complete model card. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assent.annotations.sections import SECTIONS, lacking
from assent.governance.requirements.asking import Asking, Demands
from assent.governance.requirements.facts import Facts
from assent.governance.requirements.findings import Finding, failed, missing, satisfied
from assent.kernel.content import Content
from assent.registry.names import LONGEST_KEY, must_be_a_key

WORD = "annotation"

_WRITERS = ("whoever has CAN_EDIT",)


@dataclass(frozen=True, slots=True)
class Annotation:
    """A description of the version, tags of it or else of its model, and sections of the model's card.

    `tags` holds the allowed values; none of them is any.
    """

    description: bool = False
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sections: tuple[str, ...] = ()


def read(content: Content) -> Annotation:
    """`{description: required, tags: [owner] or {risk: [low, high]}, card: complete or [Limitations]}`."""
    parts = content.fields(("description", "tags", "card"))
    if not parts:
        content.fault("Write description, tags or card.")
    if "description" in parts:
        parts["description"].one_of(("required",))
    tags = _tags(parts["tags"]) if "tags" in parts else {}
    return Annotation("description" in parts, tags, _sections(parts["card"]) if "card" in parts else ())


def words(spec: Annotation) -> str:
    """The requirement in words."""
    parts = ["a description"] if spec.description else []
    for key, values in sorted(spec.tags.items()):
        parts.append(f"the tag {key}" + (f" ({', '.join(sorted(values))})" if values else ""))
    if spec.sections:
        parts.append(f"a model card with {', '.join(spec.sections)}")
    return ", ".join(parts)


def demands(spec: Annotation) -> Demands:
    """A reviewer sees the texts that are asked for."""
    return Demands(spec.description, bool(spec.sections), frozenset(spec.tags))


def judge(spec: Annotation, facts: Facts, _: Asking) -> Finding:
    """Look whether each text is there, and is one of those allowed."""
    tags = facts.tags
    absent = ["The description is missing."] if spec.description and not facts.description.strip() else []
    absent += [f"The tag {key} is missing." for key in sorted(spec.tags) if not tags.get(key, "").strip()]
    absent += [f"The model card lacks {section}." for section in lacking(facts.card, spec.sections)]
    wrong = [
        f"The tag {key} is {tags[key][:100]}; allowed are {', '.join(sorted(values))}."
        for key, values in sorted(spec.tags.items())
        if values and tags.get(key, "").strip() and tags[key] not in values
    ]
    if wrong:
        return failed(WORD, " ".join(wrong + absent), _WRITERS)
    if absent:
        return missing(WORD, " ".join(absent), _WRITERS)
    return satisfied(WORD, f"There is {words(spec)}.")


def _tags(content: Content) -> dict[str, frozenset[str]]:
    if not isinstance(content.value, dict):
        keys = [(part.text(LONGEST_KEY), part) for part in content.each(or_one=True, at_least=1)]
        for key, part in keys:
            part.must(must_be_a_key, key)
        return {key: frozenset() for key, _ in keys}
    found = {}
    if not content.value:
        content.fault("Write a tag here.")
    for key, part in content.named().items():
        part.must(must_be_a_key, key)
        found[key] = frozenset(value.text() for value in part.each(or_one=True, at_least=1))
    return found


def _sections(content: Content) -> tuple[str, ...]:
    if content.value == "complete":
        return SECTIONS
    return tuple(part.text() for part in content.each(or_one=True, at_least=1))
