"""How far grants reach that name no single model: those on the whole registry and on patterns of names. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from assent.access.policy.levels import LEVELS, Level, Permission, adding_up, levels_with
from assent.kernel.patterns import Names

_MOST_REMEMBERED = 4096


class ByName(NamedTuple):
    """A grant on a pattern of names, or, without one, on the whole registry."""

    level: Level
    pattern: str | None = None


class Reach:
    """What somebody may do with models by their names alone. It never changes, and remembers what it was asked."""

    def __init__(self, grants: Iterable[ByName] = (), *, default: Level = Level.NO_PERMISSIONS) -> None:
        self.grants = frozenset(grants)
        self.default = default
        self._remembered: dict[str, tuple[frozenset[Level], frozenset[Level]]] = {}

    def levels(self, name: str, on_model: Collection[Level] = ()) -> frozenset[Level]:
        """The levels that count for a model of that name, with those granted on this very model."""
        levels = adding_up(on_model, *self._places(name))
        return levels | {Level.CAN_AUDIT} if self.audits else levels

    def gives(self, permission: Permission, name: str, on_model: Collection[Level] = ()) -> bool:
        """Whether a right is had on a model of that name."""
        return any(permission in LEVELS[level] for level in self.levels(name, on_model))

    def names_with(self, permission: Permission) -> Names:
        """The names for which a pattern grants a right."""
        return self._names(levels_with(permission))

    @cached_property
    def names_without(self) -> Names:
        """The names for which a pattern takes all rights away."""
        return self._names({Level.NO_PERMISSIONS})

    def everywhere(self, permission: Permission) -> bool:
        """Whether the right is had for every name that no pattern takes it away from."""
        return not levels_with(permission).isdisjoint(adding_up(self._everywhere))

    @cached_property
    def audits(self) -> bool:
        """Whether everything is read: nothing that is granted more narrowly shuts an auditor out."""
        return Level.CAN_AUDIT in adding_up(self._everywhere)

    def _places(self, name: str) -> tuple[frozenset[Level], frozenset[Level]]:
        places = self._remembered.get(name)
        if places is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            by_pattern = frozenset(level for level, names in self._by_level.items() if name in names)
            places = self._remembered[name] = by_pattern, self._everywhere
        return places

    @cached_property
    def _everywhere(self) -> frozenset[Level]:
        # What is granted to everybody adds up with the rest, unless it is nothing: that takes nothing away.
        everybody = {self.default} - {Level.NO_PERMISSIONS}
        return frozenset(level for level, pattern in self.grants if pattern is None) | everybody

    @cached_property
    def _by_level(self) -> Mapping[Level, Names]:
        patterns: dict[Level, list[str]] = defaultdict(list)
        for level, pattern in self.grants:
            if pattern is not None:
                patterns[level].append(pattern)
        return {level: Names(found) for level, found in patterns.items()}

    def _names(self, levels: Collection[Level]) -> Names:
        key = frozenset(levels)
        if key not in self._unions:
            self._unions[key] = Names(p for level, p in self.grants if p is not None and level in key)
        return self._unions[key]

    @cached_property
    def _unions(self) -> dict[frozenset[Level], Names]:
        return {}


NOWHERE = Reach()
