"""From the content of a file, as JSON has it, to what it declares; with every fault at its place. Pure."""

from collections.abc import Collection, Iterator

from assent.access.declaring.declared import REGISTRY, Declared, Slot, Where
from assent.access.policy.levels import Level
from assent.access.policy.names import Who, must_be_a_name
from assent.kernel.content import Content
from assent.kernel.patterns import must_be_a_pattern

_CREATE = Level.CAN_CREATE_REGISTERED_MODEL
_SECTIONS = ("registry", "patterns", "models")
KINDS = ("user", "service_account", "group")


def declared(content: object) -> Declared:
    """What a file says. Raises Faulty, with all that is wrong."""
    whole = Content(content)
    top = _parts(whole, ("groups", "grants"))
    groups = _parts(top["groups"]) if "groups" in top else None
    members = None if groups is None else {name: _members(name, part) for name, part in groups.items()}
    grants: dict[Slot, Level] = {}
    places: set[Where] = set()
    for section, inside in _parts(top["grants"], _SECTIONS).items() if "grants" in top else ():
        places |= {REGISTRY} if section == "registry" else {Where("pattern")} if section == "patterns" else set()
        for where, given in _sections(section, inside):
            places |= {where} if where.kind == "model" else set()
            grants |= _place(where, given)
    whole.must_be_right()
    named = tuple((at, named) for at, named in whole.notes if isinstance(named, Who))
    return Declared(members, grants, frozenset(places), named)


def who(content: Content, written: str) -> Who | None:
    """Whom `kind:name` means, noted with the place; None where it is no such reference."""
    kind, colon, name = written.partition(":")
    if not colon or kind not in KINDS:
        content.fault(f"Write user:NAME, service_account:NAME or group:NAME in the place of {written[:100]}.")
        return None
    content.must(must_be_a_name, name, kind.replace("_", " "))
    content.note(Who(kind, name))
    return Who(kind, name)


def _sections(section: str, inside: Content) -> Iterator[tuple[Where, Content]]:
    if section == "registry":
        yield REGISTRY, inside
        return
    for name, given in _parts(inside).items():
        if section == "patterns":
            given.must(must_be_a_pattern, name)
        yield Where(section.removesuffix("s"), name), given


def _members(group: str, content: Content) -> frozenset[Who]:
    content.must(must_be_a_name, group, "group")
    found: set[Who] = set()
    if content.value is not None and not isinstance(content.value, list):
        content.fault("Write the members as a list, such as [user:alice, group:leads].")
        return frozenset()
    for part in content.each() if content.value else ():
        member = who(part, str(part.value))
        if member in found:
            part.fault(f"{member} is named twice.")
        elif member:
            found.add(member)
    return frozenset(found)


def _place(where: Where, given: Content) -> dict[Slot, Level]:
    slots: dict[Slot, Level] = {}
    for written, part in _parts(given).items():
        named = who(part, written)
        for level in _levels(part):
            if where.kind == "model" and level is _CREATE:
                part.fault(f"{level} is granted on the registry or on a pattern, not on a model.")
            if where.kind != "registry" and level is Level.CAN_AUDIT:
                part.fault(f"{level} is granted on the registry, not on a model or a pattern.")
            if named and Slot.of(where, named, level) in slots:
                part.fault(f"Name one level, and {_CREATE} beside it.")
            if named:
                slots[Slot.of(where, named, level)] = level
    return slots


def _levels(content: Content) -> Iterator[Level]:
    words = content.value if isinstance(content.value, list) else [content.value]
    if not words:
        content.fault("Name a level.")
    for word in words:
        try:
            yield Level(str(word))
        except ValueError:
            content.fault(f"There is no level {word}; the levels are {', '.join(Level)}.")


def _parts(content: Content, known: Collection[str] = ()) -> dict[str, Content]:
    """The parts by their names; nothing there stands for no parts."""
    if content.value is None:
        return {}
    return content.fields(known) if known else content.named()
