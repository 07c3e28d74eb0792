"""A file that says who is in which group and who is granted what: read, and compared with what there is. Pure.

It speaks of groups, and of grants at three kinds of places. What it leaves out altogether it does not manage:

- With `groups`, all memberships but those that an identity provider keeps in step. A group that it does not name
  loses the members that were put into it by hand, and is not deleted.
- With `grants: registry`, all grants on the whole registry.
- With `grants: patterns`, all grants on patterns of names.
- With `grants: models`, all grants on the models that are named there, and no others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from assent.access.policy.levels import Level
from assent.access.policy.names import Who

Path: TypeAlias = tuple[str | int, ...]


class Where(NamedTuple):
    """A place where grants hold: the `registry`, a `pattern` or a `model` by its name."""

    kind: str
    name: str = ""

    def __str__(self) -> str:
        return f"the {self.kind} {self.name}".rstrip()


REGISTRY = Where("registry")


class Membership(NamedTuple):
    """Somebody in a group."""

    group: str
    member: Who

    def __str__(self) -> str:
        return f"{self.member} in the group {self.group}"


class Slot(NamedTuple):
    """Where one level fits: one for somebody at a place, and the right to create models beside it."""

    where: Where
    who: Who
    creates: bool = False

    @classmethod
    def of(cls, where: Where, who: Who, level: Level) -> "Slot":
        """The slot of a level."""
        return cls(where, who, level is Level.CAN_CREATE_REGISTERED_MODEL)


@dataclass(frozen=True)
class State:
    """What there is: groups, who is in them by hand, or kept there by an identity provider, and what is granted."""

    groups: frozenset[str] = frozenset()
    members: frozenset[Membership] = frozenset()
    kept: frozenset[Membership] = frozenset()
    grants: Mapping[Slot, Level] = field(default_factory=dict)


@dataclass(frozen=True)
class Declared:
    """What a file says. `groups` is None where it does not speak of them; `places` are those that it manages.

    A place without a name is all of its kind. `named` tells where in the file somebody is named.
    """

    groups: Mapping[str, frozenset[Who]] | None = None
    grants: Mapping[Slot, Level] = field(default_factory=dict)
    places: frozenset[Where] = frozenset()
    named: tuple[tuple[Path, Who], ...] = field(default=(), compare=False)

    def manages(self, where: Where) -> bool:
        """Whether the file says all that is granted at a place."""
        return where in self.places or Where(where.kind) in self.places

    @property
    def members(self) -> frozenset[Membership]:
        """Who is to be in which group."""
        return frozenset(Membership(group, who) for group, whole in (self.groups or {}).items() for who in whole)

    @property
    def models(self) -> frozenset[str]:
        """The models whose grants the file manages."""
        return frozenset(where.name for where in self.places if where.kind == "model")


class Change(NamedTuple):
    """One difference: `+` what is to come, `-` what is to go, `~` a level in the place of another."""

    sign: str
    of: str | Membership | Slot
    level: Level | None = None
    before: Level | None = None

    def __str__(self) -> str:
        if isinstance(self.of, Slot):
            levels = " -> ".join(level for level in (self.before, self.level) if level)
            return f"{self.sign} {self.of.who}: {levels} on {self.of.where}"
        return f"{self.sign} group {self.of}" if isinstance(self.of, str) else f"{self.sign} {self.of}"


def difference(declared: Declared, state: State) -> list[Change]:
    """What must change for a state to be as declared, in an order in which it can be done."""
    return [*_of_groups(declared, state), *_of_grants(declared, state)]


def applied(changes: Iterable[Change], state: State) -> State:
    """The state after some changes."""
    groups, members, grants = set(state.groups), set(state.members), dict(state.grants)
    for change in changes:
        match change.of:
            case Slot() as slot:
                grants.pop(slot, None)
                grants |= {slot: change.level} if change.level else {}
            case Membership() as membership:
                (members.add if change.sign == "+" else members.discard)(membership)
            case str() as group:
                groups.add(group)
    return State(frozenset(groups), frozenset(members), state.kept, grants)


def circle(memberships: Iterable[Membership]) -> list[str]:
    """Groups that hold each other, the first of them again at the end; none where no group holds itself."""
    inner: dict[str, list[str]] = {}
    for group, member in memberships:
        if member.kind == "group":
            inner.setdefault(group, []).append(member.name)
    done: set[str] = set()
    for start in sorted(inner):
        found = _circle_from(start, inner, done)
        if found:
            return found
    return []


def _circle_from(start: str, inner: Mapping[str, list[str]], done: set[str]) -> list[str]:
    # A dictionary keeps the order of the way, and tells at once whether a group is on it.
    way = {start: iter(sorted(inner.get(start, ())))}
    while way:
        here = next(reversed(way))
        following = next(way[here], None)
        if following is None:
            done.add(here)
            del way[here]
        elif following in way:
            names = list(way)
            return [*names[names.index(following) :], following]
        elif following not in done:
            way[following] = iter(sorted(inner.get(following, ())))
    return []


def _of_groups(declared: Declared, state: State) -> Iterator[Change]:
    if declared.groups is None:
        return
    wanted = declared.members
    for group in sorted(declared.groups.keys() - state.groups):
        yield Change("+", group)
    # First out, then in: two groups may change places.
    for membership in sorted(state.members - wanted):
        yield Change("-", membership)
    for membership in sorted(wanted - state.members - state.kept):
        yield Change("+", membership)


def _of_grants(declared: Declared, state: State) -> Iterator[Change]:
    for slot in sorted(declared.grants.keys() | state.grants.keys()):
        wanted, before = declared.grants.get(slot), state.grants.get(slot)
        if wanted is before or not declared.manages(slot.where):
            continue
        sign = "-" if wanted is None else "+" if before is None else "~"
        yield Change(sign, slot, wanted, before)
