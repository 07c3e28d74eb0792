"""Annotations: a description, tags with the values that are allowed, a complete model card. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from assent.governance.requirements.asking import Asking, Demands
from assent.governance.requirements.facts import Facts
from assent.governance.requirements.findings import Finding, failed, missing, satisfied
from assent.kernel.content import Content

WORD = "annotation"
LONGEST_KEY = 250

# What a card says when nothing else is asked for.
SECTIONS = ("Intended use", "Limitations", "Training data", "Evaluation")

_WRITERS = ("whoever has CAN_EDIT",)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")


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
    version = facts.version
    tags = {**facts.model_tags, **(version.tags if version else {})}
    description = version.description if version else facts.model_description
    absent = ["The description is missing."] if spec.description and not description.strip() else []
    absent += [f"The tag {key} is missing." for key in sorted(spec.tags) if not tags.get(key, "").strip()]
    absent += [f"The model card lacks {section}." for section in lacking(facts.card, spec.sections)]
    if absent:
        return missing(WORD, " ".join(absent), _WRITERS)
    wrong = [
        f"The tag {key} is {tags[key][:100]}; allowed are {', '.join(sorted(values))}."
        for key, values in sorted(spec.tags.items())
        if values and tags[key] not in values
    ]
    if wrong:
        return failed(WORD, " ".join(wrong), _WRITERS)
    return satisfied(WORD, f"There is {words(spec)}.")


def lacking(card: str, wanted: tuple[str, ...]) -> list[str]:
    """The sections that a card, in Markdown, has not, or that are empty. A section within one belongs to it."""
    filled: set[str] = set()
    within: list[tuple[int, str]] = []
    fence = ""
    for line in card.splitlines():
        mark = _FENCE.match(line)
        if mark and fence in ("", mark[1]):
            fence = "" if fence else mark[1]
        heading = None if fence else _HEADING.match(line)
        if heading:
            depth = len(line.split()[0])
            within = [(above, name) for above, name in within if above < depth]
            within.append((depth, heading[1].strip().casefold()))
        elif line.strip():
            filled |= {name for _, name in within}
    return [section for section in wanted if section.casefold() not in filled]


def _tags(content: Content) -> dict[str, frozenset[str]]:
    if isinstance(content.value, dict):
        allowed = content.named()
        return {
            key: frozenset(value.text() for value in part.each(or_one=True, at_least=1))
            for key, part in allowed.items()
        }
    return {part.text(LONGEST_KEY): frozenset() for part in content.each(or_one=True, at_least=1)}


def _sections(content: Content) -> tuple[str, ...]:
    if content.value == "complete":
        return SECTIONS
    return tuple(part.text() for part in content.each(or_one=True, at_least=1))
