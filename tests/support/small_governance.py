"""A small model of the rules of the move, written from the product's own words, to compare the service with.

It knows nothing of databases, faces or locks: people with levels, models with versions, gates with requirements,
requests with decisions, and a clock. What people do with it is in `small_world`: each action changes the world, or
raises Refused with the status that the service answers with.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

NOTHING, READ, EDIT, STAGING, PRODUCTION, MANAGE = range(6)
UNITS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
ROLES = ("requester", "registrar", "run_user", "check_author")
TO_COME = (None, "pending")
ACTIVE = ("Staging", "Production", "UAT")
BANK = {
    "None": ("UAT",),
    "UAT": ("Production", "Archived"),
    "Production": ("Archived",),
    "Archived": ("UAT",),
}
MLFLOW = ("None", "Staging", "Production", "Archived")
NO_GATE = {"name": "(no gate)", "require": [{"approvals": 1}]}

Target = tuple[str, str]
Gate = Mapping[str, Any]


class Refused(Exception):
    """The service says no, with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass
class Person:
    """Somebody: `level` is on the whole registry, since a moment and by somebody."""

    level: int
    since: int = 0
    by: str = ""
    admin: bool = False
    enabled: bool = True
    creates: bool = True


@dataclass
class Granted:
    """A level on one model, since when and by whom."""

    level: int
    at: int
    by: str


@dataclass
class Check:
    """A result that counts."""

    state: str
    at: int
    by: str
    metrics: Mapping[str, float]


@dataclass
class Version:
    """A version, with every stage that it stood in: from when until when."""

    registrar: str
    history: list[tuple[str, int, int | None]]
    deleted: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    stage: str = "None"

    def enter(self, stage: str | None, at: int) -> None:
        """Stand somewhere else from a moment on, or nowhere."""
        name, since, until = self.history[-1]
        if until is None:
            self.history[-1] = (name, since, at)
        if stage is not None:
            self.stage = stage
            self.history.append((stage, at, None))

    def stood(self, stage: str, at: int) -> int:
        """How long it stood in a stage, all times together."""
        return sum((at if until is None else until) - since for name, since, until in self.history if name == stage)


@dataclass
class Model:
    """A model."""

    id: int
    name: str
    grants: dict[str, Granted]
    deleted: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    versions: dict[int, Version] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)

    def version(self, number: int | None) -> Version:
        """A live version."""
        found = self.versions.get(number or 0)
        if found is None or found.deleted:
            raise Refused(404)
        return found

    def standing_in(self, stage: str, but: int | None = None) -> list[int]:
        """Who stands in a stage."""
        return sorted(
            number
            for number, each in self.versions.items()
            if each.stage == stage and not each.deleted and number != but
        )


@dataclass
class Decision:
    """What somebody decided, with what they saw."""

    by: str
    principal: str
    verdict: str
    signed: bool
    saw: Mapping[str, Any]
    ended: bool = False

    @property
    def behind(self) -> set[str]:
        """Everybody who stands behind it."""
        return {self.by, self.principal}


@dataclass
class Request:
    """A wish for a move."""

    id: int
    model: Model
    number: int | None
    target: Target
    archive: bool
    by: str
    at: int
    not_before: int | None
    expires: int | None
    state: str = "open"
    decisions: list[Decision] = field(default_factory=list)
    overridden_by: str = ""
    reviewed: bool = False
    # The names of those under which it was applied.
    gates: frozenset[str] = frozenset()

    @property
    def approvals(self) -> list[Decision]:
        """Those that nobody took back."""
        return [each for each in self.decisions if each.verdict == "approved" and not each.ended]


def millis(stretch: str) -> int:
    """A stretch of time as gates write it."""
    return int(stretch[:-1]) * UNITS[stretch[-1]]


def covers(ruled: Mapping[str, str], target: Target) -> bool:
    """Whether a rule for one target is for another: deleting a model deletes its versions."""
    ((kind, name),) = ruled.items()
    return (kind, name) == target or (kind, name, *target) == ("deletion", "version", "deletion", "model")


class Rules:
    """Gates with their revisions, and freezes."""

    def __init__(self) -> None:
        self.gates: dict[str, Gate] = {}
        self.freezes: list[Mapping[str, Any]] = []
        self.revisions: dict[str, int] = {}

    def become(self, gates: Iterable[Gate], freezes: Iterable[Mapping[str, Any]]) -> None:
        """Let these be all rules: what changes gets the next revision, and what comes back does not begin anew."""
        wanted = {gate["name"]: gate for gate in gates}
        for name, gate in wanted.items():
            if self.gates.get(name) != gate:
                self.revisions[name] = self.revisions.get(name, 0) + 1
        self.gates, self.freezes = wanted, list(freezes)

    def over(self, name: str, tags: Mapping[str, str]) -> list[Gate]:
        """The gates of a model."""
        return [gate for gate in self.gates.values() if self.could(gate, name) and _tagged(gate, tags)]

    def guarding(self, model: Model, target: Target) -> list[Gate]:
        """The gates of a move."""
        return [gate for gate in self.over(model.name, model.tags) if covers(gate["target"], target)]

    def could(self, gate: Gate, name: str) -> bool:
        """Whether a gate is for models of a name, whatever their tags."""
        return any(fnmatchcase(name, each) for each in gate.get("models", ["*"]))

    def could_guard(self, name: str, target: Target) -> bool:
        """Whether some gate is for such a move, whatever the tags."""
        return any(self.could(gate, name) and covers(gate["target"], target) for gate in self.gates.values())

    def frozen(self, model: Model, target: Target, at: int) -> bool:
        """Whether a freeze holds a move."""
        return any(
            any(covers(each, target) for each in freeze["targets"])
            and self.could(freeze, model.name)
            and freeze["begins"] <= at < freeze["ends"]
            for freeze in self.freezes
        )


def _tagged(gate: Gate, tags: Mapping[str, str]) -> bool:
    return all(key in tags and fnmatchcase(tags[key], wanted) for key, wanted in gate.get("tags", {}).items())


def stages_of(name: str) -> tuple[str, ...]:
    """The stages of a model's lifecycle: those of the bank for what is called b…, and MLflow's."""
    return ("None", "UAT", "Production", "Archived") if name.startswith("b") else MLFLOW


def allowed(name: str, left: str, target: str) -> bool:
    """Whether a lifecycle allows a move."""
    if left == target:
        return True
    return target in (BANK.get(left, ("None", "Archived")) if name.startswith("b") else _all_but(left))


def _all_but(left: str) -> tuple[str, ...]:
    return MLFLOW if left in MLFLOW else ("None", "Archived")


@dataclass
class Case:
    """A move to be judged: what is known of it now. `asker` stands for the requester where there is no request."""

    world: "Sight"
    model: Model
    number: int | None
    target: Target
    archive: bool
    request: Request | None
    asker: str

    def __post_init__(self) -> None:
        self.version = self.model.versions[self.number] if self.number is not None else None
        self.requester = self.request.by if self.request else self.asker
        self.gates = self.world.rules.guarding(self.model, self.target)
        # What no gate guards waits for one approval where it was asked for, or for its time alone.
        waits = self.request is not None and self.request.not_before is None
        self.judging = self.gates or ([NO_GATE] if waits else [])
        self.saw = self._seen()

    @property
    def incumbent(self) -> int | None:
        """Who serves the target."""
        kind, name = self.target
        if self.version is None or kind == "deletion":
            return None
        if kind == "alias":
            there = self.model.aliases.get(name)
            return None if there == self.number else there
        return max(self.model.standing_in(name, self.number), default=None)

    @property
    def archived(self) -> list[int]:
        """Who would be archived."""
        is_asked = self.archive and self.target[0] == "stage" and self.version is not None
        return self.model.standing_in(self.target[1], self.number) if is_asked else []

    @property
    def is_there(self) -> bool:
        """Whether there is nothing to move."""
        kind, name = self.target
        if self.version is None or kind == "deletion":
            return False
        return self.version.stage == name if kind == "stage" else self.model.aliases.get(name) == self.number

    def to_decide(self) -> int:
        """The level that may decide."""
        return STAGING if self.target[0] == "stage" and self.target[1] != "Production" else PRODUCTION

    def to_move(self) -> int:
        """The level that may make the move."""
        if self.target[0] == "deletion":
            return MANAGE
        places = [self.target[1], self.version.stage if self.version else ""]
        return PRODUCTION if self.target[0] == "alias" or "Production" in places else STAGING

    def tags(self) -> Mapping[str, str]:
        """The texts that a gate may ask for."""
        return {**self.model.tags, **(self.version.tags if self.version else {})}

    def check(self, name: str, number: int | None = None) -> Check | None:
        """The result that counts."""
        version = self.model.versions[number] if number else self.version
        return version.checks.get(name) if version else None

    def is_rollback(self) -> bool:
        """Whether the version was approved for the target before under all of the gates, and held it."""
        gates = {gate["name"] for gate in self.judging}
        return self.target[0] != "deletion" and any(
            each.state == "applied" and not each.overridden_by and each.approvals and each.gates >= gates
            for each in self.world.requests.values()
            if (each.model, each.number, each.target) == (self.model, self.number, self.target)
        )

    def _seen(self) -> Mapping[str, Any]:
        asked = [(word, spec) for gate in self.judging for word, spec in _required(gate)]
        checks = {spec["name"] for word, spec in asked if word == "check"}
        checks |= {spec["check"] for word, spec in asked if word == "metric"}
        against = {spec["check"] for word, spec in asked if word == "metric" and "against" in spec}
        theirs = {name: self.check(name, self.incumbent) for name in against} if self.incumbent else {}
        tags = {key for word, spec in asked if word == "annotation" for key in spec["tags"]}
        found = {name: self.check(name) for name in checks}
        return {
            "gates": {gate["name"]: self.world.rules.revisions.get(gate["name"], 0) for gate in self.judging},
            "incumbent": self.incumbent,
            "archived": self.archived,
            "against": {name: each.metrics.get("auc") if each else None for name, each in theirs.items()},
            "tags": {key: self.tags().get(key) for key in tags},
            "checks": {
                name: (each.state, dict(each.metrics)) if each else (None, {}) for name, each in found.items()
            },
        }

    def is_stale(self, decision: Decision) -> bool:
        """Whether what was reviewed is no more so; that a check passes, which was to come, changes nothing."""
        then = {**decision.saw, "checks": {}}
        if then != {**self.saw, "checks": {}}:
            return True
        return any(
            was != self.saw["checks"][name]
            and (was[0] not in TO_COME or self.saw["checks"][name][0] not in (*TO_COME, "passed"))
            for name, was in decision.saw["checks"].items()
        )

    def barred(self, gate: Gate, spec: Mapping[str, Any], who: str) -> bool:
        """Whether somebody has to do with the move, so that their approval does not count."""
        return who in self.concerned(gate, spec)

    def concerned(self, gate: Gate, spec: Mapping[str, Any]) -> set[str]:
        """All of these."""
        roles = spec.get("exclude", ROLES)
        found = {self.requester} if "requester" in roles else set()
        if "registrar" in roles and self.version:
            found.add(self.version.registrar)
        if "check_author" in roles:
            for word, what in _required(gate):
                name = what["name"] if word == "check" else what["check"] if word == "metric" else None
                numbers = [None, self.incumbent] if word == "metric" and "against" in what else [None]
                results = (self.check(name, each) for each in numbers) if name else ()
                found |= {each.by for each in results if each}
        return found

    def given(self) -> list[Decision]:
        """The approvals of people who are still let in."""
        approvals = self.request.approvals if self.request else []
        return [each for each in approvals if all(self.world.people[who].enabled for who in each.behind)]

    def lacking(self) -> set[str]:
        """The words of what does not hold."""
        words = set(self._always())
        for gate in self.judging:
            words |= {word for word, spec in _required(gate) if not self._holds(gate, word, spec)}
        return words

    def _always(self) -> Iterator[str]:
        world, at = self.world, self.world.at
        able = [
            each.principal for each in self.given() if not self.is_stale(each) and world.reads(each.by, self.model)
        ]
        if not any(world.may(who, self.model, self.to_move()) for who in (self.requester, *able)):
            yield "right"
        if world.rules.frozen(self.model, self.target, at):
            yield "freeze"
        if self.request and self.request.not_before is not None and at < self.request.not_before:
            yield "not_before"
        for each in world.requests.values():
            is_same = (each.model, each.target) == (self.model, self.target)
            if is_same and each.overridden_by and not each.reviewed:
                yield "after_review"
        is_stage = self.version is not None and self.target[0] == "stage"
        if is_stage and not (self.is_allowed() and not self.archives_past_a_gate()):
            yield "lifecycle"

    def is_allowed(self) -> bool:
        """Whether the lifecycle allows the move."""
        return self.version is None or allowed(self.model.name, self.version.stage, self.target[1])

    def archives_past_a_gate(self) -> bool:
        """Whether others would go to the archive, and a gate wants that asked for."""
        return bool(self.archived and self.world.rules.guarding(self.model, ("stage", "Archived")))

    def _holds(self, gate: Gate, word: str, spec: Mapping[str, Any]) -> bool:
        at = self.world.at
        match word:
            case "approvals":
                return self._approved(gate, spec)
            case "check":
                return self._passed(spec["name"], spec.get("max_age"))
            case "metric":
                return self._measures(spec)
            case "annotation":
                return all(self.tags().get(key) for key in spec["tags"])
            case "soak":
                return bool(self.version and self.version.stood(spec["stage"], at) >= millis(spec["at_least"]))
            case _:
                here = self.version.stage if self.version else ""
                return here == spec["stage"] or self.is_rollback()

    def _passed(self, name: str, max_age: str | None = None) -> bool:
        found = self.check(name)
        if found is None or found.state != "passed":
            return False
        return max_age is None or self.world.at - found.at <= millis(max_age)

    def _measures(self, spec: Mapping[str, Any]) -> bool:
        found = self.check(spec["check"])
        if found is None or not self._passed(spec["check"]) or "auc" not in found.metrics:
            return False
        value = found.metrics["auc"]
        if value < spec.get("at_least", value):
            return False
        if "against" not in spec or self.incumbent is None:
            return True
        theirs = self.check(spec["check"], self.incumbent)
        return theirs is not None and round(theirs.metrics.get("auc", 9) - value, 9) <= spec["may_drop"]

    def _approved(self, gate: Gate, spec: Mapping[str, Any]) -> bool:
        at_least = spec.get("at_least", {})
        wanted = spec["count"]
        fewer = gate.get("rollback", {}).get("approvals", wanted)
        if fewer < wanted and self.is_rollback():
            wanted, at_least = fewer, {}
        counted = [each for each in self.given() if self._counts(gate, spec, each)]
        enough = all(
            sum(self.world.is_called(each.principal, {who}) for each in counted) >= n for who, n in at_least.items()
        )
        return len(counted) >= wanted and enough

    def _counts(self, gate: Gate, spec: Mapping[str, Any], given: Decision) -> bool:
        concerned = self.concerned(gate, spec)
        since = self.request.at if self.request else 0
        return (
            not given.behind & concerned
            and self.world.reads(given.by, self.model)
            and self.world.may(given.principal, self.model, self.to_decide())
            and not self.world.favoured_by(given.principal, self.model, self.to_decide(), since) & concerned
            and ("from" not in spec or self.world.is_called(given.principal, set(spec["from"])))
            and (given.signed or not gate.get("signature"))
            and not self.is_stale(given)
        )


def _required(gate: Gate) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for required in gate["require"]:
        ((word, spec),) = required.items()
        yield word, {"count": spec} if word == "approvals" and isinstance(spec, int) else spec


def approvals_of(gate: Gate) -> list[Mapping[str, Any]]:
    """What a gate asks for of approvals."""
    return [spec for word, spec in _required(gate) if word == "approvals"]


class Sight:
    """Who may do what, at a moment."""

    def __init__(self, people: Mapping[str, Person], groups: Mapping[str, set[str]], at: int) -> None:
        self.at = at
        self.people = dict(people)
        self.groups = {name: set(members) for name, members in groups.items()}
        self.models: dict[int, Model] = {}
        self.requests: dict[int, Request] = {}
        self.delegations: dict[tuple[str, str], int] = {}
        self.rules = Rules()

    def level(self, who: str, model: Model, before: int | None = None) -> int:
        """Somebody's level on a model, but for what was granted on it from a moment on."""
        person = self.people[who]
        if person.admin:
            return MANAGE
        granted = model.grants.get(who)
        everywhere = person.level if before is None or person.since < before else NOTHING
        if granted is None or (before is not None and granted.at >= before):
            return everywhere
        return NOTHING if granted.level == NOTHING else max(everywhere, granted.level)

    def may(self, who: str, model: Model, level: int) -> bool:
        """Whether somebody is let in, and has a level."""
        return self.people[who].enabled and self.level(who, model) >= level

    def reads(self, who: str, model: Model) -> bool:
        """Whether somebody may see it."""
        return self.may(who, model, READ)

    def may_create(self, who: str) -> bool:
        """Whether somebody may create models."""
        person = self.people[who]
        return person.admin or person.creates or person.level == MANAGE

    def favoured_by(self, who: str, model: Model, level: int, since: int) -> set[str]:
        """Who gave somebody the right since a moment, without which they had it not."""
        if self.level(who, model, since) >= level:
            return set()
        granted, person = model.grants.get(who), self.people[who]
        found = {granted.by} if granted and granted.at >= since else set()
        return found | ({person.by} if person.since >= since else set())

    def is_called(self, who: str, names: set[str]) -> bool:
        """Whether a gate that names these means somebody."""
        return f"user:{who}" in names or any(
            f"group:{group}" in names for group, inside in self.groups.items() if who in inside
        )
