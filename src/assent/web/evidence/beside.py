"""Versions beside each other: what differs between them, section by section.

Two to six versions, the first of which the others are held against; None stands for one that is not there, such as
the incumbent of a stage that nothing holds. A view reads them with `compared`, in three statements:

    beside.compared(session, [("fraud", 3), ("fraud", 4)], by=by, gates=gates)

where each is a pair of a model's name and a number, or None; `gates` (`rules.gates.Gate`) tell which way a metric is
better. What is known of versions already, `laid_out` takes. Its template draws it:

    {% from "evidence/beside.html" import beside, sides %}
    {{ beside(compared, words=["Incumbent", "Candidate"]) }}

`words` stand above the versions, and may be left out. Each section is a card with an `h2` and an id, `beside-metrics`
and so on (`level=3` makes it an `h3`): what differs on top, what is the same folded below it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from assent.access.policy.principals import Principal
from assent.governance.evidence import checks
from assent.governance.evidence.checks import Posted
from assent.governance.requirements import metrics
from assent.governance.requirements.metrics import Metric
from assent.governance.rules.gates import Gate
from assent.kernel.addresses import is_a_link
from assent.kernel.dialects import Reader
from assent.lineage.runs import reading as runs
from assent.lineage.runs.captured import CaptureState
from assent.lineage.runs.reading import Origin
from assent.registry import reading
from assent.registry.views import Version
from assent.web.evidence import forges
from assent.web.evidence.told import COMMIT, TITLES, Facts, Key, Result, Told, of_version
from assent.web.evidence.values import NOTHING, Cell, Room, alike, difference, number, verdict

FEWEST = 2
MOST = 6
# Of one section, all versions together.
_MOST_CELLS = 240
_ALL = 10_000

Named: TypeAlias = tuple[str, int] | None


class Known(NamedTuple):
    """What is to be known of a version before it is laid beside others."""

    version: Version
    origin: Origin
    checks: Iterable[Posted]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the versions, and what is to be known before one reads what it says."""

    version: Version
    warning: str


@dataclass(frozen=True, slots=True)
class Row:
    """One fact, and what each version says of it; of what is the same to all, `cells` holds it once.

    `way` is 1 where more of a metric is better, -1 where less is, and 0 where nobody can say.
    """

    name: str
    cells: tuple[Cell, ...]
    way: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """Facts of one kind: those that differ, those that are the same, and how many of each are left out.

    `rows_differ` tells how many differ at all.
    """

    name: str
    title: str
    differing: tuple[Row, ...]
    same: tuple[Row, ...]
    left_out: int
    same_left_out: int

    @property
    def rows_differ(self) -> int:
        """How many facts differ, also those that are left out."""
        return len(self.differing) + self.left_out

    @property
    def rows_agree(self) -> int:
        """How many facts are the same, also those that are left out."""
        return len(self.same) + self.same_left_out


@dataclass(frozen=True, slots=True)
class Beside:
    """Versions beside each other: the sections in which they differ, and those in which nothing does.

    `sides` has None where no version is.
    """

    sides: tuple[Side | None, ...]
    sections: tuple[Section, ...]
    agreeing: tuple[Section, ...]

    @property
    def there(self) -> int:
        """How many versions there are to compare."""
        return sum(side is not None for side in self.sides)


def compared(
    session: Reader, versions: Sequence[Named], *, by: Principal, gates: Iterable[Gate] = (), only: str = ""
) -> Beside:
    """Versions beside each other, the first as what the others are held against.

    `only` names a section, which then is whole, however long it is. Raises NotFound.
    """
    pairs = [each for each in versions if each is not None]
    found = dict(zip(pairs, reading.versions_numbered(session, pairs, by=by), strict=True))
    ids = [each.id for each in found.values()]
    origins, posted = runs.origins(session, ids), checks.standing_of_each(session, ids)
    known = {pair: Known(each, origins[each.id], posted[each.id]) for pair, each in found.items()}
    return laid_out([each and known[each] for each in versions], gates=gates, only=only)


def laid_out(versions: Sequence[Known | None], *, gates: Iterable[Gate] = (), only: str = "") -> Beside:
    """The same of versions of which that is known already. That the caller may read them is theirs to check."""
    sides = [
        each and of_version(each.version, each.origin.facts or {}, each.checks, each.origin.artifact_digest)
        for each in versions
    ]
    room, ways = Room(), _ways(gates)
    most = _ALL if only else max(1, _MOST_CELLS // len(versions))
    sections = (_section(name, sides, room, ways, most) for name in TITLES if only in ("", name))
    told = [each for each in sections if each.differing or each.same]
    return Beside(
        tuple(each and _side(each) for each in versions),
        tuple(each for each in told if each.differing),
        tuple(each for each in told if not each.differing),
    )


def _side(known: Known) -> Side:
    return Side(known.version, _warning(known.origin))


def _warning(origin: Origin) -> str:
    if origin.state is CaptureState.CONTRADICTED:
        return "What was pushed of its run and what was pulled contradict each other, so neither is shown."
    if origin.facts is None and origin.state is None:
        return "It names no run, and nobody handed in any facts."
    if origin.facts is None:
        return "The facts of its run are not here yet."
    return ""


def _ways(gates: Iterable[Gate]) -> dict[Key, int]:
    """Which way metrics are better, by check and key, where gates name them and agree."""
    ways: dict[Key, set[int]] = {}
    for spec in (required.spec for gate in gates for required in gate.requirements):
        if isinstance(spec, Metric):
            ways.setdefault((spec.check or "", spec.key), set()).add(metrics.better(spec))
    return {named: way for named, found in ways.items() for way in found if len(found) == 1}


def _section(name: str, sides: Sequence[Told | None], room: Room, ways: Mapping[Key, int], most: int) -> Section:
    told = [side.sections[name] if side else None for side in sides]
    there = [each for each in told if each is not None]
    differing: list[Key] = []
    same: list[Key] = []
    # First what gates name.
    for key in sorted({key for each in there for key in each}, key=lambda key: (not ways.get(key), key)):
        values = [each.get(key) for each in there]
        # Of a single version nothing is the same as anything.
        is_same = len(there) > 1 and all(each == values[0] for each in values)
        (same if is_same else differing).append(key)
    shown = [
        Row(_called(key), _linked(key, _cells(key, told, room, ways.get(key, 0)), sides), ways.get(key, 0))
        for key in differing[:most]
    ]
    agreeing = [Row(_called(key), (_cell(there[0][key], room),)) for key in same[:most]]
    left_out = len(differing) - len(shown), len(same) - len(agreeing)
    return Section(name, TITLES[name], tuple(shown), tuple(agreeing), *left_out)


def _cells(key: Key, told: Sequence[Facts | None], room: Room, way: int) -> list[Cell]:
    values = [each.get(key) if each else None for each in told]
    shared = alike([each for each in values if isinstance(each, str)])
    base, *others = values
    first = _cell(base, room, shared)
    return [first, *(_held_against(_cell(value, room, shared), value, base, way) for value in others)]


def _cell(value: float | str | Result | None, room: Room, shared: int = 0) -> Cell:
    match value:
        case None:
            return NOTHING
        case Result(state, summary, url):
            return room.cell(summary, state=state, link=url if is_a_link(url) else "", words="its page")
        case float():
            return Cell(number(value))
    return room.cell(value, shared)


def _held_against(cell: Cell, value: object, base: object, way: int) -> Cell:
    if not (isinstance(value, float) and isinstance(base, float)):
        return cell
    return replace(cell, difference=difference(value, base), verdict=verdict(value, base, way))


def _linked(key: Key, cells: Sequence[Cell], sides: Sequence[Told | None]) -> tuple[Cell, ...]:
    """The cells with links to the pages of the forge, where they tell of code commits."""
    if key != COMMIT:
        return tuple(cells)
    base = sides[0]
    return tuple(
        replace(cell, link=link, words=words)
        for cell, side in zip(cells, sides, strict=True)
        for link, words in [_forge_page(side, base)]
    )


def _forge_page(side: Told | None, base: Told | None) -> tuple[str, str]:
    if side is None:
        return "", ""
    if base and base is not side and base.repository == side.repository:
        changes = forges.compare_page(side.repository, base.commit, side.commit)
        if changes:
            return changes, "what changed"
    return forges.commit_page(side.repository, side.commit), "the commit"


def _called(key: Key) -> str:
    check, name = key
    return f"{check}: {name}" if check and name else check or name
