"""From the content of a file, as JSON has it, to what it declares; with every fault at its place. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from assent.access.declared import REGISTRY, Declared, Path, Slot, Where, Who
from assent.access.levels import Level
from assent.access.names import must_be_a_name
from assent.kernel.errors import Fault, Faulty, Invalid
from assent.kernel.patterns import must_be_a_pattern

_CREATE = Level.CAN_CREATE_REGISTERED_MODEL
_SECTIONS = ("registry", "patterns", "models")
KINDS = ("user", "service_account", "group")


def declared(content: object) -> Declared:
    """What a file says. Raises Faulty, with all that is wrong."""
    reading = _Reading()
    found = reading.whole(content)
    if reading.faults:
        raise Faulty(reading.faults)
    return found


class _Reading:
    """Reads on after a fault, so that all of them are told at once."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._named: list[tuple[Path, Who]] = []

    def whole(self, content: object) -> Declared:
        """All of the file."""
        top = self._mapping((), content, ("groups", "grants"))
        groups = self._mapping(("groups",), top["groups"]) if "groups" in top else None
        members = None if groups is None else {name: self._group(name, whole) for name, whole in groups.items()}
        grants: dict[Slot, Level] = {}
        places: set[Where] = set()
        for section, inside in self._mapping(("grants",), top.get("grants"), _SECTIONS).items():
            places |= {REGISTRY} if section == "registry" else {Where("pattern")} if section == "patterns" else set()
            for path, where, given in self._sections(section, inside):
                places |= {where} if where.kind == "model" else set()
                grants |= self._place(path, where, given)
        return Declared(members, grants, frozenset(places), tuple(self._named))

    def _sections(self, section: str, inside: object) -> Iterator[tuple[Path, Where, object]]:
        path: Path = ("grants", section)
        if section == "registry":
            yield path, REGISTRY, inside
            return
        for name, given in self._mapping(path, inside).items():
            if section == "patterns":
                self._must((*path, name), must_be_a_pattern, name)
            yield (*path, name), Where(section.removesuffix("s"), name), given

    def _group(self, name: str, members: object) -> frozenset[Who]:
        path: Path = ("groups", name)
        self._must(path, must_be_a_name, name, "group")
        found: set[Who] = set()
        if members is not None and not isinstance(members, list):
            self._fault(path, "Write the members as a list, such as [user:alice, group:leads].")
            return frozenset()
        for number, member in enumerate(members or ()):
            who = self._who((*path, number), member)
            if who in found:
                self._fault((*path, number), f"{who} is named twice.")
            elif who:
                found.add(who)
        return frozenset(found)

    def _place(self, path: Path, where: Where, given: object) -> dict[Slot, Level]:
        slots: dict[Slot, Level] = {}
        for named, levels in self._mapping(path, given).items():
            at = (*path, named)
            who = self._who(at, named)
            for level in self._levels(at, levels):
                if where.kind == "model" and level is _CREATE:
                    self._fault(at, f"{level} is granted on the registry or on a pattern, not on a model.")
                if where.kind != "registry" and level is Level.CAN_AUDIT:
                    self._fault(at, f"{level} is granted on the registry, not on a model or a pattern.")
                if who and Slot.of(where, who, level) in slots:
                    self._fault(at, f"Name one level, and {_CREATE} beside it.")
                if who:
                    slots[Slot.of(where, who, level)] = level
        return slots

    def _levels(self, path: Path, given: object) -> Iterator[Level]:
        words = given if isinstance(given, list) else [given]
        if not words:
            self._fault(path, "Name a level.")
        for word in words:
            try:
                yield Level(str(word))
            except ValueError:
                self._fault(path, f"There is no level {word}; the levels are {', '.join(Level)}.")

    def _who(self, path: Path, written: object) -> Who | None:
        kind, colon, name = str(written).partition(":")
        if not colon or kind not in KINDS:
            self._fault(path, f"Write user:NAME, service_account:NAME or group:NAME in the place of {written}.")
            return None
        self._must(path, must_be_a_name, name, kind.replace("_", " "))
        self._named.append((path, Who(kind, name)))
        return Who(kind, name)

    def _mapping(self, path: Path, given: object, known: tuple[str, ...] = ()) -> Mapping[str, Any]:
        if given is None:
            return {}
        if not isinstance(given, dict):
            self._fault(path, "Write names with a colon after each.")
            return {}
        for word in given.keys() - set(known) if known else ():
            self._fault((*path, word), f"There is nothing called {word} here; there are {', '.join(known)}.")
        return {name: inside for name, inside in given.items() if not known or name in known}

    def _must(self, path: Path, rule: Any, *values: str) -> None:
        try:
            rule(*values)
        except Invalid as problem:
            self._fault(path, problem.message)

    def _fault(self, path: Path, message: str) -> None:
        self.faults.append(Fault(path, message))
