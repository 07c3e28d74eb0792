"""History told anew: from the audit events alone, and from the tables of history, to compare the two."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import Table, select

from assent.audit.events import AuditEvent
from assent.kernel.dialects import Reader, table
from assent.registry.tables import ModelName, StageHistory
from assent.registry.views import ALIASES, VERSIONS

_EVENTS = table(AuditEvent)
_NAMES = table(ModelName)
_STAGES = table(StageHistory)


class Held(NamedTuple):
    """What is held, since when, and through whom."""

    what: str | int
    since: int
    by: int


@dataclass
class Standing:
    """What every model is called, where every version stands and every alias points. Keyed by the model's id."""

    names: dict[int, Held] = field(default_factory=dict)
    stages: dict[tuple[int, int], Held] = field(default_factory=dict)
    aliases: dict[tuple[int, str], Held] = field(default_factory=dict)


class Interval(NamedTuple):
    """A row of a history: whose, what, from when until when (None: until now), through whom."""

    whose: Any
    what: str | int
    begun: int
    ended: int | None
    by: int

    def holds(self, moment: int) -> bool:
        """Whether it is so at a moment."""
        return self.begun <= moment and (self.ended is None or moment < self.ended)


class Event(NamedTuple):
    """As much of an audit event as it takes."""

    action: str
    at: int
    id: int
    by: int
    model: int
    version: int
    name: str
    details: Mapping[str, Any]

    @property
    def heard_by(self) -> str:
        """The method of the fold that hears it; there is none for texts and tags."""
        return "_" + self.action.replace(".", "_")


class Retold:
    """The fold: what stands after some events, which say themselves what stood before."""

    def __init__(self) -> None:
        self.standing = Standing()
        self._gone: dict[int, list[int]] = {}

    def hear(self, event: Event) -> None:
        """Go on with the next event. Raises AssertionError where its account of what was before is wrong."""
        getattr(self, event.heard_by)(event, lambda what: Held(what, event.at, event.by), event.details)

    def _registered_model_created(self, event: Event, held: Any, _: Any) -> None:
        self.standing.names[event.model] = held(event.name)

    def _registered_model_renamed(self, event: Event, held: Any, told: Any) -> None:
        names = self.standing.names
        assert names[event.model].what == told["before"]["name"]
        if told["after"] != told["before"]:
            names[event.model] = held(told["after"]["name"])

    def _registered_model_deleted(self, event: Event, _: Any, told: Any) -> None:
        assert told["before"] == {"versions": self._stages_of(event.model), "aliases": self._aliases_of(event.model)}
        del self.standing.names[event.model]
        for number in told["before"]["versions"]:
            del self.standing.stages[event.model, int(number)]
        for alias in told["before"]["aliases"]:
            del self.standing.aliases[event.model, alias]
        self._gone[event.model] = sorted(map(int, told["before"]["versions"]))

    def _registered_model_restored(self, event: Event, held: Any, told: Any) -> None:
        assert event.model not in self.standing.names
        assert told["versions"] == self._gone.pop(event.model)
        self.standing.names[event.model] = held(event.name)
        for number in told["versions"]:
            self.standing.stages[event.model, number] = held("None")

    def _model_version_registered(self, event: Event, held: Any, _: Any) -> None:
        assert (event.model, event.version) not in self.standing.stages
        self.standing.stages[event.model, event.version] = held("None")

    def _model_version_transitioned(self, event: Event, held: Any, told: Any) -> None:
        stages = self.standing.stages
        assert stages[event.model, event.version].what == told["before"]["stage"]
        if told["after"] != told["before"]:
            stages[event.model, event.version] = held(told["after"]["stage"])

    def _model_version_deleted(self, event: Event, _: Any, told: Any) -> None:
        assert self.standing.stages.pop((event.model, event.version)).what == told["before"]["stage"]
        pointing = [alias for alias, number in self._aliases_of(event.model).items() if number == event.version]
        assert told["before"]["aliases"] == sorted(pointing)
        for alias in pointing:
            del self.standing.aliases[event.model, alias]

    def _model_version_restored(self, event: Event, held: Any, told: Any) -> None:
        assert (event.model, event.version) not in self.standing.stages
        self.standing.stages[event.model, event.version] = held(told["after"]["stage"])

    def _alias_set(self, event: Event, held: Any, told: Any) -> None:
        assert self._aliases_of(event.model).get(told["alias"]) == told["before"]
        assert event.version == told["after"] != told["before"]
        self.standing.aliases[event.model, told["alias"]] = held(event.version)

    def _alias_deleted(self, event: Event, _: Any, told: Any) -> None:
        assert self.standing.aliases.pop((event.model, told["alias"])).what == told["before"]

    def _stages_of(self, model: int) -> dict[str, Any]:
        return {str(number): held.what for (of, number), held in self.standing.stages.items() if of == model}

    def _aliases_of(self, model: int) -> dict[str, Any]:
        return {alias: held.what for (of, alias), held in self.standing.aliases.items() if of == model}


@dataclass
class Recorded:
    """The tables of history, and what they say of a moment."""

    names: list[Interval]
    stages: list[Interval]
    aliases: list[Interval]

    @classmethod
    def read(cls, session: Reader) -> "Recorded":
        """All of it."""
        names = session.execute(select(_NAMES).order_by(_NAMES.c.id))
        stages = _numbered(session, _STAGES)
        aliases = _numbered(session, ALIASES)
        return cls(
            [Interval(row.model_id, row.name, row.valid_from, row.valid_until, row.named_by_id) for row in names],
            [
                Interval((row.model_id, row.number), row.stage, row.valid_from, row.valid_until, row.entered_by_id)
                for row in stages
            ],
            [
                Interval((row.model_id, row.alias), row.number, row.valid_from, row.valid_until, row.set_by_id)
                for row in aliases
            ],
        )

    def standing(self, moment: int) -> Standing:
        """What stood at a moment."""
        parts = (self.names, self.stages, self.aliases)
        return Standing(*({each.whose: _held(each) for each in part if each.holds(moment)} for part in parts))

    def moments(self) -> set[int]:
        """Every moment at which something begins or ends."""
        return {
            at
            for each in (*self.names, *self.stages, *self.aliases)
            for at in (each.begun, each.ended)
            if at is not None
        }

    def overlaps(self) -> Iterator[tuple[Interval, Interval]]:
        """Intervals that end before they begin, with the next, or after the next begins."""
        by_name = [each._replace(whose=each.what) for each in self.names]
        for part in (
            self.names,
            self.stages,
            self.aliases,
            sorted(by_name, key=lambda each: (each.begun, each.ended or 2**63)),
        ):
            following = defaultdict(list)
            for each in part:
                following[each.whose].append(each)
            for intervals in following.values():
                for one, other in pairwise([*intervals, Interval(None, "", 2**63, None, 0)]):
                    ended = 2**63 if one.ended is None else one.ended
                    if not one.begun <= ended <= other.begun:
                        yield one, other


def events(session: Reader) -> list[Event]:
    """The events that tell how models stand, as the log orders them: by the moment, then as they were written."""
    wanted = select(_EVENTS).where(_EVENTS.c.model_id.is_not(None), _EVENTS.c.outcome == "done")
    all_told = [
        Event(row.action.value, row.at, row.id, row.actor_id, row.model_id, row.version, row.subject, row.details)
        for row in session.execute(wanted.order_by(_EVENTS.c.at, _EVENTS.c.id))
    ]
    return [event for event in all_told if hasattr(Retold, event.heard_by)]


def must_agree(session: Reader) -> None:
    """Raise AssertionError unless the log and the tables tell one history, without a gap and without an overlap."""
    recorded, told = Recorded.read(session), events(session)
    overlaps, disorder = list(recorded.overlaps()), _out_of_order(told)
    assert not overlaps, overlaps
    assert not disorder, disorder
    moments = sorted(recorded.moments() | {event.at for event in told})
    retold, unheard = Retold(), iter([*told, None])
    event = next(unheard)
    for moment in moments:
        before = recorded.standing(moment - 1)
        if moment - 1 not in moments:
            _must_be_equal(before, retold.standing)
        while event is not None and event.at <= moment:
            retold.hear(event)
            event = next(unheard)
        _must_be_equal(recorded.standing(moment), retold.standing)
    assert event is None


def _must_be_equal(recorded: Standing, retold: Standing) -> None:
    assert recorded == retold, f"recorded: {recorded}, retold: {retold}"


def _out_of_order(told: Iterable[Event]) -> list[tuple[Event, Event]]:
    of_model = defaultdict(list)
    for event in told:
        of_model[event.model].append(event)
    return [(one, other) for each in of_model.values() for one, other in pairwise(each) if one.id > other.id]


def _held(interval: Interval) -> Held:
    return Held(interval.what, interval.begun, interval.by)


def _numbered(session: Reader, intervals: Table) -> Iterable[Any]:
    numbered = select(intervals, VERSIONS.c.number).join(VERSIONS, VERSIONS.c.id == intervals.c.version_id)
    return session.execute(numbered.order_by(intervals.c.id))
