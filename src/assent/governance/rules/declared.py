"""What a file of rules says, section by section. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from assent.governance.rules import freezes, gates, lifecycles
from assent.governance.rules.freezes import Freeze
from assent.governance.rules.gates import Gate, Kind
from assent.governance.rules.lifecycles import Lifecycle
from assent.governance.rules.parts import RuleKind
from assent.kernel.content import Content, Path

Value: TypeAlias = Gate | Freeze | Lifecycle

SECTIONS: Mapping[str, RuleKind] = {
    "gates": RuleKind.GATE,
    "freezes": RuleKind.FREEZE,
    "lifecycles": RuleKind.LIFECYCLE,
}
_DEEPEST = 20


@dataclass(frozen=True)
class Rule:
    """A rule that is written in a file: what it comes to, and what was written."""

    kind: RuleKind
    value: Value
    content: Mapping[str, Any]
    at: Path = ()

    @property
    def name(self) -> str:
        """What it is called."""
        return self.value.name


@dataclass(frozen=True)
class Declared:
    """All rules of the kinds that a file speaks of, in its order, and whom and what they name, with the place."""

    rules: Mapping[RuleKind, tuple[Rule, ...]]
    named: tuple[tuple[Path, object], ...] = ()


def read(content: object, kinds: Mapping[str, Kind]) -> Declared:
    """What a file says. Raises Faulty, with all that is wrong."""
    whole = Content(content)
    _must_be_storable(whole)
    whole.must_be_right()
    sections = whole.fields(SECTIONS)
    rules = {SECTIONS[name]: _section(SECTIONS[name], part, kinds) for name, part in sections.items()}
    whole.must_be_right()
    return Declared(rules, tuple(whole.notes))


def _section(kind: RuleKind, content: Content, kinds: Mapping[str, Kind]) -> tuple[Rule, ...]:
    found: dict[str, Rule] = {}
    for part in content.each():
        written = part.value if isinstance(part.value, dict) else {}
        rule = Rule(kind, _value(kind, part, kinds), written, part.at)
        if rule.name and rule.name in found:
            part.fault(f"There are two {kind}s called {rule.name}.")
        found[rule.name] = rule
    return tuple(found.values())


def _value(kind: RuleKind, content: Content, kinds: Mapping[str, Kind]) -> Value:
    if kind is RuleKind.GATE:
        return gates.read(content, kinds)
    return freezes.read(content) if kind is RuleKind.FREEZE else lifecycles.read(content)


def _must_be_storable(whole: Content) -> None:
    # Without recursion, of which what is written could exhaust the depth.
    left = [whole]
    while left:
        part = left.pop()
        if isinstance(part.value, str) and "\x00" in part.value:
            part.fault("Write no NUL.")
        elif isinstance(part.value, dict) and any("\x00" in str(name) for name in part.value):
            part.fault("Write no NUL in a name.")
        elif len(part.at) > _DEEPEST:
            part.fault(f"Write what takes at most {_DEEPEST} steps to get to.")
        elif isinstance(part.value, dict):
            left += part.named().values()
        elif isinstance(part.value, list):
            left += part.each()
