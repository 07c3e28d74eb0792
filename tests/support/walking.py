"""Random walks through governance: what is done by whom and when, over HTTP and in the small model alike."""

import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, text

from assent.access.people import accounts
from assent.access.signing_in.sign_in import SignIn
from assent.database import unit_of_work
from assent.governance.requests.records import delegations
from support.calling import API, MLFLOW, Caller
from support.databases import ADMINISTRATOR, PASSWORD, TEST
from support.proof import Proof
from support.small_governance import (
    EDIT,
    MANAGE,
    NOTHING,
    PRODUCTION,
    READ,
    STAGING,
    Person,
    Refused,
    Request,
    approvals_of,
)
from support.small_world import World

BEGAN = 2_000_000_000_000
LEVELS = (
    "NO_PERMISSIONS",
    "CAN_READ",
    "CAN_EDIT",
    "CAN_MANAGE_STAGING_VERSIONS",
    "CAN_MANAGE_PRODUCTION_VERSIONS",
    "CAN_MANAGE",
)
PEOPLE = {"alice": MANAGE, "bob": MANAGE, "petra": PRODUCTION, "stan": STAGING, "edith": EDIT, "rita": READ}
GROUPS = {"risk": {"bob", "petra"}, "leads": {"stan", "petra", "alice"}}
NAMES = ("a1", "a2", "b1")
NUMBERS = (1, 1, 2, 2, 3)
STAGES = ("Production", "Production", "Production", "Staging", "UAT", "Archived", "None")
ALIASES = ("champion", "challenger")
CHECKS = ("ci", "eval")
LIFECYCLE = {
    "name": "bank",
    "models": ["b*"],
    "stages": [{"name": "UAT", "tier": "staging"}, {"name": "Production", "tier": "production"}],
    "moves": {
        "None": ["UAT"],
        "UAT": ["Production", "Archived"],
        "Production": ["Archived"],
        "Archived": ["UAT"],
    },
}
# How far the clock goes between two steps: mostly a moment, sometimes past a soak, a freeze or an expiry.
JUMPS = (*40 * (1,), *16 * (1000,), *12 * (60_000,), *3 * (1_800_000,), *2 * (3_600_000,), 7_200_000, 86_400_000)

# Decided on are requests; mostly by those who may.
DECIDED = ("approve", "take_back", "reject", "withdraw", "override", "look")
REVIEWERS = (*PEOPLE, ADMINISTRATOR, "bob", "petra", "bob", "petra", ADMINISTRATOR)

GUARDED = (
    {"stage": "Production"},
    {"stage": "Production"},
    {"alias": "champion"},
    {"stage": "Staging"},
    {"stage": "Archived"},
    {"deletion": "version"},
    {"deletion": "model"},
)

Step = tuple[str, tuple[Any, ...]]


class Clock:
    """The clock of the service, in the hands of the walk."""

    def __init__(self) -> None:
        self.at = BEGAN

    def time_ns(self) -> int:
        """What the service sees."""
        return self.at * 1_000_000


@dataclass
class Service:
    """The service over HTTP: an action for each of the small model's, which gives the status."""

    app: Flask
    engine: Engine
    said: str = ""

    def _send(self, who: str, method: str, path: str, **fields: Any) -> int:
        sent = {"query_string": fields} if method == "GET" else {"json": fields}
        answer = Caller(self.app.test_client(), who).answer(method, path, **sent)
        self.said = answer.text
        return answer.status_code

    def _request(self, who: str, number: int, verb: str, **fields: Any) -> int:
        return self._send(who, "POST", f"{API}/requests/{number}/{verb}", **fields)

    def _mlflow(self, who: str, method: str, path: str, name: str, **fields: Any) -> int:
        told = {key: str(value) if key == "version" else value for key, value in fields.items()}
        return self._send(who, method, MLFLOW + path, name=name, **told)

    def ask(self, who: str, name: str, number: int, target: tuple[str, str], how: tuple[bool, int | None]) -> int:
        """Ask for a move."""
        path = f"{API}/models/{name}/versions/{number}/requests"
        return self._send(who, "POST", path, to=written(target), archive_existing=how[0], not_before=how[1])

    def transition(self, who: str, name: str, number: int, stage: str, archive: bool) -> int:
        """Move, as MLflow does."""
        options = {"version": number, "stage": stage, "archive_existing_versions": archive}
        return self._mlflow(who, "POST", "/model-versions/transition-stage", name, **options)

    def point(self, who: str, name: str, number: int, alias: str) -> int:
        """Point an alias."""
        return self._mlflow(who, "POST", "/registered-models/alias", name, alias=alias, version=number)

    def unpoint(self, who: str, name: str, alias: str) -> int:
        """Take an alias off."""
        return self._mlflow(who, "DELETE", "/registered-models/alias", name, alias=alias)

    def delete(self, who: str, name: str, number: int) -> int:
        """Delete a version."""
        return self._mlflow(who, "DELETE", "/model-versions/delete", name, version=number)

    def delete_model(self, who: str, name: str) -> int:
        """Delete a model."""
        return self._mlflow(who, "DELETE", "/registered-models/delete", name)

    def restore(self, who: str, name: str, number: int) -> int:
        """Bring a version back."""
        return self._send(who, "POST", f"{API}/models/{name}/versions/{number}/restore")

    def restore_model(self, who: str, number: int, new: str | None) -> int:
        """Bring a model back."""
        with self.engine.connect() as connection:
            ids = list(connection.scalars(text("SELECT id FROM registered_models ORDER BY id")))
        model = ids[number - 1] if number <= len(ids) else max(ids) + 1
        return self._send(who, "POST", f"{API}/deleted-models/{model}/restore", **({"name": new} if new else {}))

    def approve(self, who: str, number: int, in_place_of: str | None, signed: bool) -> int:
        """Approve."""
        more: dict[str, Any] = {"in_place_of": in_place_of} if in_place_of else {}
        return self._request(who, number, "approve", **more, **({"password": PASSWORD} if signed else {}))

    def take_back(self, who: str, number: int) -> int:
        """Take back."""
        return self._request(who, number, "take-back")

    def reject(self, who: str, number: int, in_place_of: str | None) -> int:
        """Reject."""
        more: dict[str, Any] = {"in_place_of": in_place_of} if in_place_of else {}
        return self._request(who, number, "reject", comment="No.", **more)

    def withdraw(self, who: str, number: int) -> int:
        """Withdraw."""
        return self._request(who, number, "withdraw")

    def override(self, who: str, number: int) -> int:
        """Break the glass."""
        return self._request(who, number, "override", comment="It burns.")

    def review(self, who: str, number: int) -> int:
        """Review that."""
        return self._request(who, number, "review", comment="It did.")

    def look(self, who: str, number: int) -> int:
        """Look again."""
        return self._request(who, number, "look")

    def delegate(self, who: str, to: str, until: int) -> int:
        """Name a delegate."""
        with unit_of_work(self.engine, TEST) as session:
            me = SignIn().as_if(session, accounts.named(session, who))
            delegations.give(session, to, by=me, until=until)
        return 200

    def explain(self, who: str, name: str, number: int, target: tuple[str, str]) -> set[str] | int:
        """What a move lacks."""
        caller = Caller(self.app.test_client(), who)
        path = f"{API}/models/{name}/versions/{number}/explain"
        answer = caller.answer("GET", path, query_string={"to": written(target)})
        self.said = answer.text
        if answer.status_code != 200 or answer.json is None:
            # A former name leads on to where the model is now: for the small model that is nowhere.
            return 404 if answer.status_code == 307 else answer.status_code
        found = answer.json["report"]["findings"]
        return {each["requirement"] for each in found if each["state"] != "satisfied"}

    def post(self, who: str, name: str, number: int, check: str, result: tuple[str, float]) -> int:
        """Post a check."""
        path = f"{API}/models/{name}/versions/{number}/checks"
        return self._send(who, "POST", path, name=check, state=result[0], metrics={"auc": result[1]})

    def tag_version(self, who: str, name: str, number: int, value: str) -> int:
        """Tag a version."""
        return self._mlflow(who, "POST", "/model-versions/set-tag", name, version=number, key="owner", value=value)

    def tag(self, who: str, name: str, key: str, value: str | None) -> int:
        """Tag a model."""
        if value is None:
            return self._mlflow(who, "DELETE", "/registered-models/delete-tag", name, key=key)
        return self._mlflow(who, "POST", "/registered-models/set-tag", name, key=key, value=value)

    def create(self, who: str, name: str) -> int:
        """Create a model."""
        return self._mlflow(who, "POST", "/registered-models/create", name)

    def register(self, who: str, name: str) -> int:
        """Register a version."""
        # A source of its own: that of a version which somebody may not read, they may not register either.
        return self._mlflow(who, "POST", "/model-versions/create", name, source=f"s3://bucket/{uuid.uuid4().hex}")

    def rename(self, who: str, name: str, new: str) -> int:
        """Rename a model."""
        return self._mlflow(who, "POST", "/registered-models/rename", name, new_name=new)

    def govern(self, who: str, gates: list[dict[str, Any]], freezes: list[dict[str, Any]]) -> int:
        """Change the rules."""
        told = [{key: value for key, value in each.items() if key not in ("begins", "ends")} for each in freezes]
        return self._send(who, "POST", f"{API}/gates/apply", gates=gates, freezes=told)

    def grant(self, who: str, name: str, to: str, level: int | None) -> int:
        """Give a level on a model."""
        path, whom = f"{API}/models/{name}/permissions", {"kind": "user", "name": to}
        if level is None:
            return self._send(who, "DELETE", path, **whom)
        return self._send(who, "PUT", path, **whom, level=LEVELS[level])

    def lift(self, who: str, to: str, level: int) -> int:
        """Give a level on the registry."""
        return self._send(who, "PUT", f"{API}/grants", kind="user", name=to, level=LEVELS[level])

    def let_in(self, who: str, to: str, enabled: bool) -> int:
        """Enable or disable somebody."""
        return self._send(who, "PATCH", f"{API}/users/{to}", disabled=not enabled)

    def join(self, who: str, group: str, member: str, inside: bool) -> int:
        """Change a group."""
        method = "POST" if inside else "DELETE"
        return self._send(who, method, f"{API}/memberships", group=group, kind="user", name=member)


def written(target: tuple[str, str]) -> str:
    """A target as text."""
    kind, name = target
    return {"stage": name, "alias": f"@{name}", "deletion": "deletion"}[kind]


class Choices:
    """Steps at random."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 (a test, no secret)
        self.among = self.dice.choice
        self.requests = [1]
        self.versions = [("a1", 1)]
        self.is_something_open = False

    def step(self, at: int, people: list[str]) -> Step:
        """Something that somebody does."""
        steps: dict[str, tuple[int, Callable[[], tuple[Any, ...]]]] = {
            "ask": (10, lambda: (*self._version(), self._target(), (self._rarely(6), self._later(at)))),
            "transition": (10, lambda: (*self._version(), self.among(STAGES), self._rarely(4))),
            "point": (4, lambda: (*self._version(), self.among(ALIASES))),
            "unpoint": (1, lambda: (self.among(NAMES), self.among(ALIASES))),
            "delete": (2, self._version),
            "delete_model": (1, lambda: (self.among(NAMES),)),
            "restore": (2, lambda: (self.among(NAMES), self.among(NUMBERS))),
            "restore_model": (2, lambda: (self.among(range(1, 6)), self.among((None, None, *NAMES)))),
            "approve": (34, lambda: (self._request(), self._principal(people), self._rarely(4))),
            "take_back": (3, lambda: (self._request(),)),
            "reject": (1, lambda: (self._request(), self._principal(people))),
            "withdraw": (1, lambda: (self._request(),)),
            "override": (2, lambda: (self._request(),)),
            "review": (3, lambda: (self._request(),)),
            "look": (5, lambda: (self._request(),)),
            "explain": (6, lambda: (*self._version(), self._target())),
            "post": (9, lambda: (*self._version(), self.among(CHECKS), self._result())),
            "tag_version": (2, lambda: (*self._version(), self.among(("risk", "me", "")))),
            "tag": (2, lambda: (self.among(NAMES), self.among(("tier", "owner")), self.among((None, "gold", "tin")))),
            "create": (3, lambda: (self.among(NAMES),)),
            "register": (3, lambda: (self.among(NAMES),)),
            "rename": (1, lambda: (self.among(NAMES), self.among(NAMES))),
            "grant": (3, lambda: (self.among(NAMES), self.among(people), self.among((None, *range(6))))),
        }
        what = self.dice.choices(list(steps), [likely for likely, _ in steps.values()])[0]
        if what in DECIDED and not self.is_something_open and not self._rarely(4):
            what = self.among(("ask", "transition", "point"))
        who = self.among([each for each in REVIEWERS if each in people] if what == "approve" else people)
        return what, (who, *steps[what][1]())

    def ruling(self, at: int) -> Step:
        """Other rules."""
        gates = [self._gate(number) for number in range(self.among((1, 1, 2, 2, 3)))]
        freezes = [self._freeze(at)] if self._rarely(3) else []
        return "govern", (ADMINISTRATOR, gates, freezes)

    def administering(self) -> Step:
        """Something that administrators do about people."""
        who = self.among(list(PEOPLE))
        return self.among(
            (
                ("lift", (ADMINISTRATOR, who, self.among(range(READ, MANAGE + 1)))),
                ("let_in", (ADMINISTRATOR, who, not self._rarely(2))),
                ("join", (ADMINISTRATOR, self.among(list(GROUPS)), who, self._rarely(2))),
                ("delegate", (ADMINISTRATOR, who)),
            )
        )

    def _gate(self, number: int) -> dict[str, Any]:
        requirements = [self._approvals()] if not self._rarely(6) else []
        requirements += [self._requirement() for _ in range(self.among((0, 0, 0, 1, 1, 2)))]
        gate: dict[str, Any] = {
            "name": f"g{number}",
            "models": self.among((["*"], ["*"], ["*"], ["a*"], ["a1", "b*"])),
            "target": self.among(GUARDED[:3] if number == 0 else GUARDED),
            "require": requirements or [{"approvals": {"count": 1}}],
        }
        if self._rarely(5):
            gate["tags"] = {"tier": self.among(("gold", "*"))}
        if self._rarely(3):
            gate["expires_after"] = self.among(("30m", "2h", "1d"))
        if self._rarely(3):
            gate["rollback"] = {"approvals": self.among((0, 1))}
        if self._rarely(3):
            by = self.among((["user:stan"], ["group:risk"], ["group:leads", "user:edith"]))
            gate["override"] = {"by": by, "review_within": "2h"}
        if self._rarely(8):
            gate["signature"] = True
        return gate

    def _approvals(self) -> dict[str, Any]:
        spec: dict[str, Any] = {"count": self.among((1, 1, 2, 2, 2))}
        if self._rarely(3):
            spec["from"] = self.among((["group:risk"], ["group:leads", "group:risk"], ["user:bob", "user:petra"]))
            if spec["from"][0] == "group:leads" and spec["count"] == 2:
                spec["at_least"] = {"group:risk": 1}
        if self._rarely(4):
            spec["exclude"] = self.among((["requester"], ["registrar"], ["requester", "registrar"], []))
        return {"approvals": spec}

    def _requirement(self) -> dict[str, Any]:
        return self.among(
            (
                {"check": {"name": "ci"}},
                {"check": {"name": "eval", "max_age": "1h"}},
                {"metric": {"key": "auc", "check": "ci", "at_least": 0.85}},
                {"metric": {"key": "auc", "check": "ci", "against": "incumbent", "may_drop": 0.02}},
                {"annotation": {"tags": ["owner"]}},
                {"soak": {"stage": self.among(("Staging", "None")), "at_least": "1h"}},
                {"predecessor": {"stage": "Staging"}},
            )
        )

    def _freeze(self, at: int) -> dict[str, Any]:
        begins = at // 1000 * 1000 + self.among((-3_600_000, 1_800_000))
        ends = begins + self.among((3_600_000, 7_200_000))
        shown = {"from": _clock(begins), "until": _clock(ends), "zone": "UTC", "begins": begins, "ends": ends}
        targets = self.among(([{"stage": "Production"}], [{"alias": "champion"}, {"stage": "Staging"}]))
        return {"name": "f", "models": self.among((["*"], ["a*"])), "targets": targets, **shown}

    def _version(self) -> tuple[str, int]:
        return (self.among(NAMES), self.among(NUMBERS)) if self._rarely(10) else self.among(self.versions)

    def _target(self) -> tuple[str, str]:
        kind = self.among(("stage", "stage", "stage", "alias", "alias", "deletion"))
        return kind, {"stage": self.among(STAGES), "alias": self.among(ALIASES), "deletion": "version"}[kind]

    def _request(self) -> int:
        return self.among(self.requests)

    def _principal(self, people: list[str]) -> str | None:
        return self.among(people) if self._rarely(8) else None

    def _result(self) -> tuple[str, float]:
        return self.among((*6 * ("passed",), "failed", "pending")), self.among((0.8, 0.85, 0.9))

    def _later(self, at: int) -> int | None:
        return at + self.among((0, 60_000, 3_600_000)) if self._rarely(12) else None

    def _rarely(self, once_in: int) -> bool:
        return self.dice.randrange(once_in) == 0


def _clock(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%dT%H:%M:%S}"


@dataclass
class Walk:
    """A walk through the service, beside the small model, from a seed."""

    app: Flask
    engine: Engine
    clock: Clock
    seed: int
    taken: list[str] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.clock.at = BEGAN
        self.service = Service(self.app, self.engine)
        people = {name: Person(level, creates=level != READ) for name, level in PEOPLE.items()}
        self.world = World({**people, ADMINISTRATOR: Person(NOTHING, admin=True)}, GROUPS, BEGAN)
        self.choices, self.proof = Choices(self.seed), Proof()

    def begin(self) -> None:
        """Groups, lifecycles and some models, so that most steps have something to do."""
        admin = Caller(self.app.test_client(), ADMINISTRATOR)
        for group, members in GROUPS.items():
            admin.api("POST", "/groups", name=group)
            for member in sorted(members):
                admin.api("POST", "/memberships", group=group, kind="user", name=member)
        admin.api("POST", "/gates/apply", lifecycles=[LIFECYCLE])
        for name, who in (("a1", "alice"), ("b1", "edith")):
            self.take("create", (who, name))
            for registrar in (who, "bob"):
                self.take("register", (registrar, name))
        self.take(*self.choices.ruling(self.clock.at))

    def go(self, steps: int) -> None:
        """Take so many steps; after each, both are alike, and the record proves what came to be where."""
        for number in range(steps):
            self.clock.at += self.choices.among(JUMPS)
            requests, models = self.world.requests.values(), self.world.models.values()
            there = [(m.name, n) for m in models if not m.deleted for n, v in m.versions.items() if not v.deleted]
            self.choices.versions = there or [("a1", 1)]
            # Mostly one that is open, sometimes one that is closed or not there.
            still_open = [each.id for each in requests if each.state == "open"]
            self.choices.is_something_open = bool(still_open)
            self.choices.requests = 8 * still_open[-3:] + [len(requests), len(requests) + 1]
            for step in self._next(number):
                self.take(*step)

    def _next(self, number: int) -> Iterator[Step]:
        if number % 40 == 39:
            yield self.choices.ruling(self.clock.at)
        elif number % 25 == 24:
            what, given = self.choices.administering()
            if what == "delegate":
                given = (*self.choices.dice.sample(self._people(), 2), self.clock.at + 86_400_000)
            yield what, given
        elif self.choices.is_something_open and number % 2 == 1:
            yield self._help()
        else:
            yield self.choices.step(self.clock.at, self._people())

    def _help(self) -> Step:
        """Something that an open request lacks, so that moves are not only refused."""
        still_open = [each for each in self.world.requests.values() if each.state == "open"]
        approved = [each for each in still_open if each.approvals]
        request = self.choices.among(approved or still_open)
        lacking = sorted(self.world.case_of(request).lacking() - {"right"}) or ["approvals"]
        if self.choices.among((True, *7 * (False,))):
            return self._overriding(request)
        if approved and self.choices.dice.randrange(3):
            return self._hindering(request)
        return self._giving(self.choices.among(lacking), request) or self._approving(request)

    def _giving(self, lacking: str, request: Request) -> Step | None:
        """What gives it; None where approvals do."""
        where = (request.model.name, request.number or 0)
        match lacking:
            case "check" | "metric":
                return "post", (
                    self.choices.among(self._people()),
                    *where,
                    self.choices.among(CHECKS),
                    ("passed", 0.9),
                )
            case "annotation":
                return "tag_version", (self.choices.among(self._people()), *where, "risk")
            case "predecessor":
                return "transition", (ADMINISTRATOR, *where, "Staging", False)
            case "after_review":
                owing = [each.id for each in self.world.requests.values() if each.overridden_by and not each.reviewed]
                return "review", (self.choices.among(self._people()), self.choices.among(owing))
            case "soak" | "freeze" | "not_before":
                self.clock.at += 3_600_000
                return "look", (ADMINISTRATOR, request.id)
        return None

    def _hindering(self, request: Request) -> Step:
        """What takes from an approval what it rests on, or gives a right to approve that is none."""
        name, number = request.model.name, request.number or 0
        who = self.choices.among([each.principal for each in request.approvals] or self._people())
        return self.choices.among(
            (
                ("grant", (ADMINISTRATOR, name, who, self.choices.among((NOTHING, READ)))),
                ("grant", (self._giver(request), name, who, MANAGE)),
                ("lift", (ADMINISTRATOR, who, READ)),
                ("lift", (ADMINISTRATOR, who, MANAGE)),
                ("let_in", (ADMINISTRATOR, who, who == ADMINISTRATOR)),
                ("join", (ADMINISTRATOR, self.choices.among(list(GROUPS)), who, False)),
                ("post", (ADMINISTRATOR, name, number, "ci", ("failed", 0.9))),
                ("tag_version", (ADMINISTRATOR, name, number, self.choices.among(("me", "")))),
            )
        )

    def _overriding(self, request: Request) -> Step:
        gates = self.world.case_of(request).gates
        named = {who for gate in gates for who in gate.get("override", {"by": ()})["by"]}
        entitled = [each for each in self._people() if self.world.is_called(each, named)]
        return "override", (self.choices.among(entitled or self._people()), request.id)

    def _approving(self, request: Request) -> Step:
        case = self.world.case_of(request)
        wanted = [(gate, spec) for gate in case.judging for spec in approvals_of(gate)]
        able = [
            each
            for each in self._people()
            if self.world.may(each, request.model, case.to_decide())
            and not any(each in case.concerned(gate, spec) for gate, spec in wanted)
            and all("from" not in spec or self.world.is_called(each, set(spec["from"])) for _, spec in wanted)
        ]
        return "approve", (
            self.choices.among(able or self._people()),
            request.id,
            None,
            self.choices.among((True, True, False)),
        )

    def _giver(self, request: Request) -> str:
        return self.choices.among([each for each in self._people() if each in (request.by, ADMINISTRATOR)])

    def _people(self) -> list[str]:
        return [name for name, person in self.world.people.items() if person.enabled]

    def take(self, what: str, given: tuple[Any, ...]) -> None:
        """Take one step in both."""
        self.taken.append(f"{self.clock.at - BEGAN}: {what}{given}")
        self.world.at = self.clock.at
        expected: Any = 200
        try:
            expected = getattr(self.world, what)(*given) or 200
        except Refused as refusal:
            expected = refusal.status
        if what == "explain" and expected == 200:
            expected = set()
        found = getattr(self.service, what)(*given)
        self.statuses[f"{what} {found if isinstance(found, int) else 'told'}"] += 1
        assert found == expected, f"seed {self.seed}, {self._told()}: {found}, not {expected}: {self.service.said}"
        with self.engine.connect() as connection:
            there = snapshot(connection)
            should = self._should()
            assert there == should, f"seed {self.seed}, {self._told()}: {_differences(there, should)}"
            self.proof.go_on(connection)

    def _told(self) -> str:
        return f"step {len(self.taken)}:\n" + "\n".join(self.taken[-40:]) + "\n"

    def _should(self) -> dict[str, Any]:
        """What is where, as the small model has it."""
        models = self.world.models.values()
        return {
            "models": {each.id: (each.name, each.deleted) for each in models},
            "versions": {
                (each.id, number): "deleted" if version.deleted else version.stage
                for each in models
                for number, version in each.versions.items()
            },
            "aliases": {(each.id, alias): number for each in models for alias, number in each.aliases.items()},
            "requests": {each.id: each.state for each in self.world.requests.values()},
            "decisions": sorted(
                (each.id, said.by, said.principal, said.verdict, said.ended)
                for each in self.world.requests.values()
                for said in each.decisions
            ),
        }


def snapshot(connection: Connection) -> dict[str, Any]:
    """What is where, as the database has it."""
    rows = connection.execute
    decided = """
        SELECT request_id, me.name, whose.name, verdict, ended_at IS NOT NULL FROM decisions
        JOIN principals AS me ON me.id = decided_by_id
        JOIN principals AS whose ON whose.id = COALESCE(in_place_of_id, decided_by_id)
    """
    versions = "SELECT model_id, number, stage, deleted_at FROM model_versions"
    pointing = """
        SELECT aliases.model_id, alias, number FROM aliases JOIN model_versions ON model_versions.id = version_id
        WHERE valid_until IS NULL
    """
    models = rows(text("SELECT id, name, deleted_at FROM registered_models ORDER BY id")).all()
    # PostgreSQL leaves out a number where a name was taken.
    place = {row.id: number for number, row in enumerate(models, 1)}
    return {
        "models": {place[row.id]: (row.name, row.deleted_at is not None) for row in models},
        "versions": {
            (place[row.model_id], row.number): row.stage if row.deleted_at is None else "deleted"
            for row in rows(text(versions))
        },
        "aliases": {(place[row.model_id], row.alias): row.number for row in rows(text(pointing))},
        "requests": {row.id: row.state for row in rows(text("SELECT id, state FROM transition_requests"))},
        "decisions": sorted((*row[:4], bool(row[4])) for row in rows(text(decided))),
    }


def _differences(there: Mapping[str, Any], should: Mapping[str, Any]) -> str:
    parts = []
    for part in there:
        with suppress(TypeError):
            if there[part] != should[part]:
                parts.append(f"{part}: is {there[part]}, should be {should[part]}")
    return "\n".join(parts)
