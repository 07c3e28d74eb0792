"""The promise, proven from the record alone: nothing holds a guarded target that did not satisfy its gates.

It goes through the audit log in its order, which is that of the locks: the rules' row is shared by whoever moves and
held by whoever changes rules, and a model's row is held by whoever changes what its gates go by. For every move it
works out by itself which gates guarded it, and then wants to see the request, its report, its decisions, its checks
and the time it stood where. Nothing of the service's own judging is used.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

from sqlalchemy import Connection, text

_EVENTS = """
    SELECT id, at, action, actor_id, subject_kind, subject, subject_id, model_id, version, details
    FROM audit_events WHERE id > :after AND outcome = 'done' ORDER BY id
"""
_UNITS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_ROLES = {"requester", "registrar", "run_user", "check_author"}
_TO_COME = (None, "pending")
_ARCHIVED = "Archived"


class Unproven(AssertionError):
    """A move that the record does not justify."""


@dataclass
class Told:
    """A model as the log tells of it: where its versions stand, and the texts that gates may ask for."""

    name: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    stages: dict[int, str] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    version_tags: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    checks: dict[tuple[int, str], "Shown"] = field(default_factory=dict)
    # By their requests where overrides led that nobody has reviewed.
    owing: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """A result of a check."""

    state: str
    posted_at: int
    posted_by_id: int
    metrics: Mapping[str, float]


@dataclass(frozen=True)
class Move:
    """What came to be where, when, and by which request."""

    event: int
    at: int
    model: int
    number: int | None
    kind: str
    target: str
    request: int | None

    def __str__(self) -> str:
        return f"event {self.event}: version {self.number} of model {self.model} to {self.kind} {self.target}"


class Proof:
    """The audit log so far. `go_on` reads what was added, and raises Unproven for the first move without a right."""

    def __init__(self) -> None:
        self.last = 0
        self.moves = 0
        self.guarded = 0
        self.overridden = 0
        self.rules: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
        self.models: dict[int, Told] = defaultdict(Told)
        self.members: dict[str, set[str]] = defaultdict(set)

    def go_on(self, connection: Connection) -> None:
        """Read on to the end of the log."""
        for row in connection.execute(text(_EVENTS), {"after": self.last}).all():
            details = _json(row.details)
            for move in self._moves(row, details):
                self._must_be_proven(connection, move)
                self.moves += 1
            self._hear(row, details)
            self.last = row.id

    def _moves(self, row: Any, told: Mapping[str, Any]) -> Iterator[Move]:
        request = told.get("request")
        model, number, at = row.model_id, row.version, row.at
        match row.action:
            case "model_version.transitioned" if told["before"] != told["after"]:
                yield Move(row.id, at, model, number, "stage", told["after"]["stage"], request)
            case "model_version.registered" | "model_version.restored":
                yield Move(row.id, at, model, number, "stage", "None", None)
            case "registered_model.restored":
                yield from (Move(row.id, at, model, each, "stage", "None", None) for each in told["versions"])
            case "alias.set":
                yield Move(row.id, at, model, number, "alias", told["alias"], request)
            case "model_version.deleted":
                yield Move(row.id, at, model, number, "deletion", "version", request)
            case "registered_model.deleted":
                yield Move(row.id, at, model, None, "deletion", "model", request)

    def _hear(self, row: Any, told: Mapping[str, Any]) -> None:
        if row.model_id is None:
            self._hear_of_rules(row, told)
        else:
            self._hear_of_texts(row, told, self.models[row.model_id])
            self._hear_of_places(row, told, self.models[row.model_id])

    def _hear_of_rules(self, row: Any, told: Mapping[str, Any]) -> None:
        match row.action:
            case "rule.set":
                self.rules[row.subject_kind, row.subject] = told["revision"], told["after"]
            case "rule.removed":
                del self.rules[row.subject_kind, row.subject]
            case "group.member_added":
                self.members[row.subject].add(_member(told))
            case "group.member_removed":
                self.members[row.subject].discard(_member(told))

    def _hear_of_texts(self, row: Any, told: Mapping[str, Any], model: Told) -> None:
        match row.action:
            case "registered_model.created":
                model.name, model.tags = row.subject, dict(told["tags"])
            case "registered_model.renamed":
                model.name = told["after"]["name"]
            case "registered_model.restored":
                model.name = row.subject
            case "registered_model.tag_set":
                model.tags[told["key"]] = told["after"]
            case "registered_model.tag_deleted":
                del model.tags[told["key"]]
            case "model_version.tag_set":
                model.version_tags[row.version][told["key"]] = told["after"]
            case "model_version.tag_deleted":
                del model.version_tags[row.version][told["key"]]
            case "check.posted":
                shown = Shown(told["state"], row.at, row.actor_id, told["metrics"])
                model.checks[row.version, told["check"]] = shown
            case "transition_request.applied" if told.get("overridden"):
                model.owing[row.subject_id] = _place(told["target"], row.version)
            case "transition_request.override_reviewed":
                del model.owing[row.subject_id]

    def _hear_of_places(self, row: Any, told: Mapping[str, Any], model: Told) -> None:
        match row.action:
            case "registered_model.restored":
                model.stages |= dict.fromkeys(told["versions"], "None")
            case "registered_model.deleted":
                model.stages, model.aliases = {}, {}
            case "model_version.registered" | "model_version.restored":
                model.stages[row.version] = "None"
            case "model_version.transitioned":
                model.stages[row.version] = told["after"]["stage"]
            case "model_version.deleted":
                del model.stages[row.version]
                model.aliases = {alias: to for alias, to in model.aliases.items() if to != row.version}
            case "alias.set":
                model.aliases[told["alias"]] = row.version
            case "alias.deleted":
                del model.aliases[told["alias"]]

    def guarding(self, move: Move) -> dict[str, tuple[int, dict[str, Any]]]:
        """The gates that guard a move, each with its revision, as the rules stand at this place of the log."""
        model = self.models[move.model]
        return {
            name: (revision, content)
            for (kind, name), (revision, content) in sorted(self.rules.items())
            if kind == "gate"
            and _is_for(content["target"], move)
            and any(fnmatchcase(model.name, pattern) for pattern in content.get("models", ["*"]))
            and all(
                key in model.tags and fnmatchcase(model.tags[key], pattern)
                for key, pattern in content.get("tags", {}).items()
            )
        }

    def _must_be_proven(self, connection: Connection, move: Move) -> None:
        gates = self.guarding(move)
        if not gates:
            return
        self.guarded += 1
        _must(move.request is not None, move, f"no request, and guarded by {', '.join(gates)}")
        request = connection.execute(
            text("SELECT * FROM transition_requests WHERE id = :id"), {"id": move.request}
        ).one()
        _must(request.state == "applied", move, f"request {request.id} is {request.state}")
        _must((request.model_id, request.kind) == (move.model, move.kind), move, "the request is for something else")
        _must(request.target == move.target, move, f"the request is for {request.target}")
        _must(request.closed_at == move.at, move, f"the request was closed at {request.closed_at}")
        if request.overridden_by_id is not None:
            self.overridden += 1
            _must(all("override" in gate for _, gate in gates.values()), move, "a gate knows no override")
            _must(bool(request.close_reason.strip()), move, "the override has no reason")
            _must(request.review_due_at is not None, move, "the override owes no review")
            return
        _must(request.not_before is None or request.not_before <= move.at, move, "it was too early")
        _must(request.expires_at is None or request.expires_at > move.at, move, "the request had expired")
        report = _json(request.report)
        _must(report["complete"] and report["at"] == move.at, move, "the report is not that of the move")
        _must(report["digest"] == request.digest != "", move, "the digest is not that of the report")
        revisions = {name: revision for name, (revision, _) in gates.items()}
        _must(report["gates"] == revisions, move, f"judged by {report['gates']}, guarded by {revisions}")
        _must(all(each["state"] == "satisfied" for each in report["findings"]), move, "a finding is not satisfied")
        self._must_not_be_frozen(move)
        there = _place(_written(move), move.number)
        _must(there not in self.models[move.model].owing.values(), move, "an override was not reviewed")
        judge = Judge(connection, self, move, request, report)
        for name, (_, content) in gates.items():
            for required in content["require"]:
                ((word, spec),) = required.items()
                found = [each for each in report["findings"] if (each["gate"], each["requirement"]) == (name, word)]
                _must(len(found) >= 1, move, f"the report says nothing of {word} of {name}")
                _must(judge.holds(word, spec, content), move, f"{word} {spec} of {name} does not hold")

    def _must_not_be_frozen(self, move: Move) -> None:
        for (kind, name), (_, content) in self.rules.items():
            if kind == "freeze":
                is_for = any(_is_for(target, move) for target in content["targets"])
                named = any(fnmatchcase(self.models[move.model].name, each) for each in content.get("models", ["*"]))
                holds = _moment(content["from"]) <= move.at < _moment(content["until"])
                _must(not (is_for and named and holds), move, f"frozen by {name}")


@dataclass
class Judge:
    """What the record shows of one move that was made by a request."""

    connection: Connection
    proof: Proof
    move: Move
    request: Any
    report: Mapping[str, Any]

    def holds(self, word: str, spec: Any, gate: Mapping[str, Any]) -> bool:
        """Whether a requirement of a gate was satisfied at the moment of the move."""
        match word:
            case "approvals":
                return self._is_approved(spec if isinstance(spec, dict) else {"count": spec}, gate)
            case "check":
                spec = spec if isinstance(spec, dict) else {"name": spec}
                return self._has_passed(spec["name"], spec.get("max_age"))
            case "metric":
                return self._measures(spec)
            case "annotation":
                model = self.proof.models[self.move.model]
                tags = {**model.tags, **model.version_tags[self.move.number or 0]}
                return all(tags.get(key, "").strip() for key in spec["tags"])
            case "soak":
                return self._stood(spec["stage"]) >= _stretch(spec["at_least"])
            case "predecessor":
                here = self.proof.models[self.move.model].stages.get(self.move.number or 0)
                return here == spec["stage"] or self._is_rollback()
        raise AssertionError(f"nobody here knows how to prove {word}")

    def _is_approved(self, spec: Mapping[str, Any], gate: Mapping[str, Any]) -> bool:
        at_least = spec.get("at_least", {})
        wanted = spec.get("count", max(at_least.values(), default=1))
        fewer = gate.get("rollback", {}).get("approvals")
        if fewer is not None and fewer < wanted and self._is_rollback():
            wanted, at_least = fewer, {}
        excluded, sources = self._excluded(spec, gate), spec.get("from")
        counted: list[Any] = []
        for decision in self._decisions():
            behind = {decision.decided_by_id, decision.in_place_of_id or decision.decided_by_id}
            named = self._names(decision.speaker)
            if behind & excluded or (sources and not named & set(sources)) or self._is_stale(decision):
                continue
            if gate.get("signature") and not decision.signature:
                continue
            if any(behind & before for before, _ in counted):
                continue
            counted.append((behind, named))
        return len(counted) >= wanted and all(
            sum(who in named for _, named in counted) >= count for who, count in at_least.items()
        )

    def _decisions(self) -> list[Any]:
        wanted = """
            SELECT decisions.*, principals.name AS speaker FROM decisions
            JOIN principals ON principals.id = COALESCE(decisions.in_place_of_id, decisions.decided_by_id)
            WHERE request_id = :request AND verdict = 'approved' AND ended_at IS NULL AND decided_at <= :at
        """
        return self.connection.execute(text(wanted), {"request": self.request.id, "at": self.move.at}).all()  # type: ignore[return-value]  # rows

    def _names(self, who: str) -> set[str]:
        return {f"user:{who}", *(f"group:{group}" for group, inside in self.proof.members.items() if who in inside)}

    def _excluded(self, spec: Mapping[str, Any], gate: Mapping[str, Any]) -> set[int]:
        roles = set(spec.get("exclude", _ROLES))
        found = {self.request.opened_by_id} if "requester" in roles else set()
        if "registrar" in roles:
            found |= set(self._registrars())
        if "check_author" in roles:
            for required in gate["require"]:
                ((word, what),) = required.items()
                what = what if isinstance(what, dict) else {"name": what}
                check = what.get({"check": "name", "metric": "check"}.get(word, ""))
                numbers = [self.move.number]
                numbers += [self._incumbent()] if word == "metric" and "against" in what else []
                found |= {each.posted_by_id for number in numbers for each in self._checks(check, number)}
        return found

    def _registrars(self) -> Iterator[int]:
        wanted = "SELECT created_by_id, copied_from_id FROM model_versions WHERE id = :id"
        version = self.request.version_id
        while version is not None:
            row = self.connection.execute(text(wanted), {"id": version}).one()
            yield row.created_by_id
            version = row.copied_from_id

    def _is_stale(self, decision: Any) -> bool:
        reviewed = _json(decision.reviewed)
        now = {name: revision for name, (revision, _) in self.proof.guarding(self.move).items()}
        if reviewed["gates"] != now or reviewed["incumbent"] != self._incumbent():
            return True
        for name, then in reviewed["checks"].items():
            state = next((each.state for each in self._checks(name)), None)
            if state != then["state"] and (then["state"] not in _TO_COME or state not in (*_TO_COME, "passed")):
                return True
        model = self.proof.models[self.move.model]
        tags = {**model.tags, **model.version_tags[self.move.number or 0]}
        return any(tags.get(key) != value for key, value in reviewed["tags"].items())

    def _incumbent(self) -> int | None:
        model = self.proof.models[self.move.model]
        if self.move.kind == "alias":
            return model.aliases.get(self.move.target)
        there = [number for number, stage in model.stages.items() if stage == self.move.target]
        return max(there, default=None) if self.move.kind == "stage" else None

    def _checks(self, name: str | None, number: int | None = None) -> list[Shown]:
        version = self.move.number if number is None else number
        found = self.proof.models[self.move.model].checks.get((version or 0, name or ""))
        return [found] if found else []

    def _has_passed(self, name: str, max_age: str | None) -> bool:
        young = self.move.at - _stretch(max_age) if max_age else 0
        return any(each.state == "passed" and each.posted_at >= young for each in self._checks(name))

    def _measures(self, spec: Mapping[str, Any]) -> bool:
        if not self._has_passed(spec["check"], None):
            return False
        value = self._checks(spec["check"])[0].metrics.get(spec["key"])
        if value is None or value < spec.get("at_least", value):
            return False
        incumbent = self._incumbent()
        if "against" not in spec or incumbent is None:
            return True
        theirs = [each.metrics.get(spec["key"]) for each in self._checks(spec["check"], incumbent)]
        return bool(theirs) and theirs[0] is not None and round(theirs[0] - value, 9) <= spec["may_drop"]

    def _stood(self, stage: str) -> int:
        wanted = "SELECT valid_from, valid_until FROM stage_history WHERE version_id = :id AND stage = :stage"
        rows = self.connection.execute(text(wanted), {"id": self.request.version_id, "stage": stage})
        # Stays after the move are in the table by now, too.
        return sum(max(0, min(row.valid_until or self.move.at, self.move.at) - row.valid_from) for row in rows)

    def _is_rollback(self) -> bool:
        wanted = """
            SELECT report FROM transition_requests AS earlier WHERE version_id = :version AND kind = :kind
            AND target = :target AND state = 'applied' AND overridden_by_id IS NULL AND id <> :id AND closed_at <= :at
            AND kind <> 'deletion' AND EXISTS (
                SELECT 1 FROM decisions WHERE request_id = earlier.id AND verdict = 'approved' AND ended_at IS NULL)
        """
        values = {"version": self.request.version_id, "kind": self.move.kind, "target": self.move.target}
        earlier = self.connection.scalars(text(wanted), {**values, "id": self.request.id, "at": self.move.at})
        gates = self.proof.guarding(self.move).keys()
        return any(_json(report)["gates"].keys() >= gates for report in earlier)


def _place(target: str, number: int | None) -> str:
    """Where a move went, as overrides of it are owed a review; a deletion is one of a model, or of a version."""
    return f"{target} of {'a version' if number is not None else 'the model'}"


def _written(move: Move) -> str:
    return {"stage": move.target, "alias": f"@{move.target}", "deletion": "deletion"}[move.kind]


def _must(holds: bool, move: Move, why: str) -> None:
    if not holds:
        raise Unproven(f"{move}: {why}.")


def _is_for(target: Mapping[str, str], move: Move) -> bool:
    ((kind, name),) = target.items()
    if kind == move.kind == "deletion":
        return name in (move.target, "version")
    return (kind, name) == (move.kind, move.target)


def _member(told: Mapping[str, Any]) -> str:
    return next(str(told[kind]) for kind in ("user", "service_account", "group") if kind in told)


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _stretch(written: str) -> int:
    return int(written[:-1]) * _UNITS[written[-1]]


def _moment(written: str) -> int:
    return round(datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp() * 1000)
