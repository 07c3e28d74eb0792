"""What must change for the rules that stand to be as a file says. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assent.governance.rules.declared import Declared, Rule, Value
from assent.governance.rules.lifecycles import Lifecycle
from assent.governance.rules.parts import RuleKind
from assent.governance.rules.telling import differences, words


@dataclass(frozen=True)
class Kept:
    """The revision of a rule that stands: its row, its number, its place among those of its kind."""

    id: int
    revision: int
    position: int
    rule: Rule


@dataclass(frozen=True)
class Change:
    """One difference: `+` a rule that is to come, `-` one that is to go, `~` another revision of one."""

    sign: str
    kind: RuleKind
    name: str
    told: str = ""
    before: Kept | None = None
    after: Rule | None = None
    position: int = 0

    @property
    def text(self) -> str:
        """The change without its sign."""
        return f"{self.kind} {self.name}{self.told}"

    def __str__(self) -> str:
        return f"{self.sign} {self.text}"


def difference(declared: Declared, standing: Sequence[Kept]) -> list[Change]:
    """What must change, kind by kind: what goes, then what comes or is altered in the order of the file."""
    changes: list[Change] = []
    for kind, rules in declared.rules.items():
        kept = {each.rule.name: each for each in standing if each.rule.kind is kind}
        wanted = {rule.name for rule in rules}
        changes += [Change("-", kind, name, before=each) for name, each in kept.items() if name not in wanted]
        changes += _to_come(rules, kept)
    return changes


def applied(changes: Sequence[Change], standing: Sequence[Kept], kind: RuleKind) -> list[Value]:
    """The rules of a kind after some changes, in their order."""
    gone = {change.before.id for change in changes if change.before}
    left = [(each.position, each.rule) for each in standing if each.id not in gone]
    come = [(change.position, change.after) for change in changes if change.after]
    return [rule.value for _, rule in sorted([*left, *come], key=lambda each: each[0]) if rule.kind is kind]


def _to_come(rules: Sequence[Rule], kept: Mapping[str, Kept]) -> Iterator[Change]:
    last = -1
    for number, rule in enumerate(rules):
        before = kept.get(rule.name)
        # As long as the order stays, no rule must change because another comes or goes.
        last = position = before.position if before and before.position > last else last + 1
        if before is None:
            yield Change("+", rule.kind, rule.name, f" {words(rule.value)}", None, rule, position)
        elif told := _told(before, rule, position, number):
            yield Change("~", rule.kind, rule.name, f": {told}", before, rule, position)


def _told(before: Kept, rule: Rule, position: int, number: int) -> str:
    if _plain(before.rule.value) != _plain(rule.value):
        return differences(before.rule.value, rule.value)
    # Of gates and freezes all that match count. Of lifecycles the first does.
    if rule.kind is RuleKind.LIFECYCLE and position != before.position:
        return f"comes in place {number + 1}"
    return ""


def _plain(value: Value) -> Value:
    """A rule without what does not make it another: its number, and how its requirements were written."""
    if isinstance(value, Lifecycle):
        return value
    return replace(value, revision=0)
