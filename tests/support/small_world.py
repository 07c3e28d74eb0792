"""What people do in the small model of the rules: each action changes it, or is refused with a status."""

from collections.abc import Iterable, Mapping
from typing import Any

from support.small_governance import (
    ACTIVE,
    EDIT,
    MANAGE,
    MLFLOW,
    PRODUCTION,
    Case,
    Check,
    Decision,
    Granted,
    Model,
    Refused,
    Request,
    Sight,
    Target,
    Version,
    allowed,
    approvals_of,
    millis,
    stages_of,
)

VERSION, MODEL = ("deletion", "version"), ("deletion", "model")


def must(holds: object, status: int) -> None:
    """Refuse unless something holds."""
    if not holds:
        raise Refused(status)


class World(Sight):
    """The registry, as it should be."""

    def named(self, who: str, name: str) -> Model:
        """The live model of a name, where somebody may see it."""
        found = next((each for each in self.models.values() if each.name == name and not each.deleted), None)
        if found is None or not self.reads(who, found):
            raise Refused(404)
        return found

    def open_of(self, model: Model, number: int | None = None) -> list[Request]:
        """Open requests of a model, or of one version."""
        return [
            each
            for each in self.requests.values()
            if each.state == "open" and each.model is model and (number is None or each.number == number)
        ]

    def case(
        self,
        who: str,
        model: Model,
        number: int | None,
        target: Target,
        archive: bool,
        *,
        request: Request | None = None,
    ) -> Case:
        """A move, to be judged."""
        return Case(self, model, number, target, archive, request, who)

    def case_of(self, request: Request) -> Case:
        """What a request asks for."""
        return self.case(request.by, request.model, request.number, request.target, request.archive, request=request)

    # What is asked for

    def ask(self, who: str, name: str, number: int, target: Target, how: tuple[bool, int | None]) -> None:
        """Ask for a move through the native call, which also makes it where nothing guards it.

        `how` is whether the incumbents are to be archived, and when at the earliest it is to be.
        """
        archive, not_before = how
        is_stage = target[0] == "stage"
        must(not (is_stage and archive) or target[1] in ACTIVE, 400)
        model = self.named(who, name)
        model.version(number)
        case = self.case(who, model, number, target, archive and is_stage)
        if case.is_there or not (case.gates or not_before is not None):
            self._make(who, case)
        else:
            self._ask(who, case, not_before)

    def transition(self, who: str, name: str, number: int, stage: str, archive: bool) -> None:
        """Move as MLflow's clients do: refused until it may be."""
        must(not archive or stage in ACTIVE, 400)
        model = self.named(who, name)
        model.version(number)
        self._make(who, self.case(who, model, number, ("stage", stage), archive))

    def point(self, who: str, name: str, number: int, alias: str) -> None:
        """Let an alias point to a version, likewise."""
        model, target = self.named(who, name), ("alias", alias)
        if not self.rules.could_guard(name, target):
            must(self.may(who, model, EDIT), 403)
        model.version(number)
        self._make(who, self.case(who, model, number, target, False))

    def delete(self, who: str, name: str, number: int) -> None:
        """Delete a version, likewise."""
        model = self.named(who, name)
        if not self.rules.could_guard(name, VERSION):
            must(self.may(who, model, MANAGE), 403)
        model.version(number)
        self._make(who, self.case(who, model, number, VERSION, False))

    def delete_model(self, who: str, name: str) -> None:
        """Delete a model, likewise."""
        self._make(who, self.case(who, self.named(who, name), None, MODEL, False))

    def _make(self, who: str, case: Case) -> None:
        """Make a move where nothing guards it; else ask for it, and refuse unless it is made by that."""
        model = case.model
        if case.gates:
            if not case.is_there:
                must(self._ask(who, case).state == "applied", 403)
                return
            if not case.archived:
                return
        kind, name = case.target
        must(self.may(who, model, EDIT if kind == "alias" else case.to_move()), 403)
        if kind == "stage" and case.version:
            must(allowed(model.name, case.version.stage, name) and not case.archives_past_a_gate(), 400)
        if kind != "alias" or not case.is_there:
            self._move(case)
            for each in self.open_of(model, case.number):
                if each.target == case.target or kind == "deletion":
                    each.state = "superseded"

    def _move(self, case: Case) -> None:
        model, (kind, name), at = case.model, case.target, self.at
        if kind == "alias":
            model.aliases[name] = case.number or 0
        elif kind == "stage" and case.version:
            for number in case.archived:
                model.versions[number].enter("Archived", at)
            if case.version.stage != name:
                case.version.enter(name, at)
        elif case.number is not None and case.version:
            case.version.enter(None, at)
            case.version.deleted = "alone"
            model.aliases = {alias: to for alias, to in model.aliases.items() if to != case.number}
        else:
            model.deleted, model.aliases = True, {}
            for version in model.versions.values():
                if not version.deleted:
                    version.enter(None, at)
                    version.deleted = "with its model"

    def _ask(self, who: str, case: Case, not_before: int | None = None) -> Request:
        model, number, target = case.model, case.number, case.target
        found = next(
            (each for each in self.open_of(model) if (each.number, each.target) == (number, target)),
            None,
        )
        over = found if found and found.expires is not None and found.expires <= self.at else None
        if found is None or over:
            if case.version and target[0] == "stage":
                must("lifecycle" not in case.lacking(), 400)
            must(not_before is None or not_before > self.at, 400)
            lasting = [millis(gate["expires_after"]) for gate in case.gates if "expires_after" in gate]
            expires = max(self.at, not_before or 0) + min(lasting) if lasting else None
            # Where somebody is refused, nobody else is told that it is over, either.
            if over:
                over.state = "expired"
            asked = (len(self.requests) + 1, model, number, target, case.archive, who, self.at, not_before, expires)
            found = self.requests[asked[0]] = Request(*asked)
        self._look(found)
        return found

    def _look(self, request: Request) -> None:
        """Apply a request of which nothing is missing."""
        case = self.case_of(request)
        if not case.lacking():
            self._apply(case, request)

    def _apply(self, case: Case, request: Request) -> None:
        self._move(case)
        request.state, request.gates = "applied", frozenset(gate["name"] for gate in case.judging)
        if request.target[0] == "deletion":
            for each in self.open_of(request.model, request.number):
                each.state = "superseded"

    def _seen_to(self, request: Request) -> None:
        """What happens when it is looked at: it may have expired."""
        if request.state != "open":
            return
        if request.expires is not None and request.expires <= self.at:
            request.state = "expired"
        else:
            self._look(request)

    # What is decided

    def _open(self, who: str, number: int) -> Request:
        request = self._request(who, number)
        must(request.state == "open", 409)
        must(request.expires is None or request.expires > self.at, 409)
        return request

    def _request(self, who: str, number: int) -> Request:
        request = self.requests.get(number)
        if request is None or not self.reads(who, request.model):
            raise Refused(404)
        return request

    def _speaker(self, who: str, case: Case, in_place_of: str | None) -> str:
        """Who decides, where they may."""
        if in_place_of is not None:
            must(self.delegations.get((in_place_of, who), 0) > self.at, 403)
        must(self.may(in_place_of or who, case.model, case.to_decide()), 403)
        return in_place_of or who

    def approve(self, who: str, number: int, in_place_of: str | None, signed: bool) -> None:
        """Approve a request, perhaps as a delegate, perhaps with a password."""
        request = self._open(who, number)
        case = self.case_of(request)
        behind = {who, self._speaker(who, case, in_place_of)}
        barred = [bool(behind & case.concerned(gate, spec)) for gate in case.judging for spec in approvals_of(gate)]
        must(not barred or not all(barred), 403)
        must(signed or not any(gate.get("signature") for gate in case.judging), 403)
        for before in request.approvals:
            if behind & before.behind:
                must(behind == before.behind, 409)
                if not case.is_stale(before):
                    return
                before.ended = True
        request.decisions.append(Decision(who, in_place_of or who, "approved", signed, case.saw))
        self._look(request)

    def take_back(self, who: str, number: int) -> None:
        """Take an approval back."""
        request = self._open(who, number)
        mine = [each for each in request.approvals if who in each.behind]
        must(mine, 409)
        for each in mine:
            each.ended = True
        self._look(request)

    def reject(self, who: str, number: int, in_place_of: str | None) -> None:
        """Reject a request."""
        request = self._open(who, number)
        case = self.case_of(request)
        speaker = self._speaker(who, case, in_place_of)
        for each in request.approvals:
            each.ended = each.ended or bool(each.behind & {who, speaker})
        request.decisions.append(Decision(who, speaker, "rejected", False, case.saw))
        request.state = "rejected"

    def withdraw(self, who: str, number: int) -> None:
        """Withdraw a request."""
        request = self._open(who, number)
        must(who == request.by or self.may(who, request.model, MANAGE), 403)
        request.state = "withdrawn"

    def override(self, who: str, number: int) -> None:
        """Break the glass."""
        request = self._open(who, number)
        case = self.case_of(request)
        entitled = [self.is_called(who, set(gate.get("override", {"by": ()})["by"])) for gate in case.gates]
        must(entitled and all(entitled) and "lifecycle" not in case.lacking(), 403)
        request.overridden_by = who
        self._apply(case, request)

    def review(self, who: str, number: int) -> None:
        """Review an override."""
        request = self._request(who, number)
        must(not request.model.deleted, 404)
        must(request.overridden_by and not request.reviewed, 409)
        must(self.may(who, request.model, self.case_of(request).to_decide()), 403)
        must(who not in (request.by, request.overridden_by), 403)
        request.reviewed = True

    def look(self, who: str, number: int) -> None:
        """Let a request be judged anew."""
        self._seen_to(self._request(who, number))

    def delegate(self, who: str, to: str, until: int) -> None:
        """Let somebody decide in one's place."""
        self.delegations[who, to] = max(until, self.delegations.get((who, to), 0))

    def explain(self, who: str, name: str, number: int, target: Target) -> set[str]:
        """What a move lacks."""
        model = self.named(who, name)
        model.version(number)
        found = next((e for e in self.open_of(model) if (e.number, e.target) == (number, target)), None)
        return self.case(who, model, number, target, False, request=found).lacking()

    # What is shown and written

    def post(self, who: str, name: str, number: int, check: str, result: tuple[str, float]) -> None:
        """Post a check, its state and what it measured: whatever waits for the version is looked at."""
        state, auc = result
        model = self.named(who, name)
        must(self.may(who, model, EDIT), 403)
        model.version(number).checks[check] = Check(state, self.at, who, {"auc": auc})
        for each in self.open_of(model, number):
            self._seen_to(each)

    def tag_version(self, who: str, name: str, number: int, value: str) -> None:
        """Say whose a version is."""
        model = self.named(who, name)
        version = model.version(number)
        must(self.may(who, model, EDIT), 403)
        version.tags["owner"] = value

    def tag(self, who: str, name: str, key: str, value: str | None) -> None:
        """Set a tag of a model, or take it off."""
        model = self.named(who, name)
        tags = {**model.tags, key: value} if value is not None else {k: v for k, v in model.tags.items() if k != key}
        if any(key in gate.get("tags", {}) and self.rules.could(gate, name) for gate in self.rules.gates.values()):
            self._must_not_leave(who, model, name, tags)
            must(self.people[who].admin or not self._unasked(model, name, tags), 403)
        must(self.may(who, model, EDIT), 403)
        model.tags = tags

    def unpoint(self, who: str, name: str, alias: str) -> None:
        """Let an alias point nowhere."""
        model = self.named(who, name)
        guarded = self.rules.could_guard(name, ("alias", alias))
        must(self.may(who, model, PRODUCTION if guarded else EDIT), 403)
        model.aliases.pop(alias, None)

    def create(self, who: str, name: str) -> None:
        """Create a model."""
        there = [each for each in self.models.values() if each.name == name and not each.deleted]
        # Clients create before they register, and go on where the model is there.
        must(self.may_create(who) or any(self.reads(who, each) for each in there), 403)
        must(not there, 400)
        number = len(self.models) + 1
        self.models[number] = Model(number, name, {who: Granted(MANAGE, self.at, who)})

    def register(self, who: str, name: str) -> None:
        """Register a version."""
        model = self.named(who, name)
        must(self.may(who, model, EDIT), 403)
        model.versions[len(model.versions) + 1] = Version(who, [("None", self.at, None)])

    def rename(self, who: str, name: str, new: str) -> None:
        """Rename a model."""
        model = self.named(who, name)
        self._must_not_leave(who, model, new, model.tags)
        self._must_not_stand(model, new)
        must(self.may(who, model, MANAGE), 403)
        must(new == name or self.may_create(who), 403)
        must(new == name or all(each.name != new or each.deleted for each in self.models.values()), 400)
        model.name = new

    def _must_not_leave(self, who: str, model: Model, name: str, tags: Mapping[str, str]) -> None:
        after = self.rules.over(name, tags)
        left: list[object] = [gate for gate in self.rules.over(model.name, model.tags) if gate not in after]
        left += [
            freeze
            for freeze in self.rules.freezes
            if self.at < freeze["ends"]
            and self.rules.could(freeze, model.name)
            and not self.rules.could(freeze, name)
        ]
        is_the_banks = stages_of(model.name) != MLFLOW
        left += ["the lifecycle"] if is_the_banks and stages_of(name) != stages_of(model.name) else []
        must(not left or self.people[who].admin, 403)

    def _must_not_stand(self, model: Model, new: str) -> None:
        stages = {each.stage for each in model.versions.values() if not each.deleted}
        must(stages <= set(stages_of(new)), 403)
        must(not self._unasked(model, new, model.tags), 403)

    def _unasked(self, model: Model, new: str, tags: Mapping[str, str]) -> bool:
        """Whether a version stands where a gate that was not the model's would have wanted that asked for."""
        stages = {each.stage for each in model.versions.values() if not each.deleted}
        before = self.rules.over(model.name, model.tags)
        for gate in self.rules.over(new, tags):
            ((kind, name),) = gate["target"].items()
            held = stages if kind == "stage" else set(model.aliases) if kind == "alias" else set()
            if gate not in before and name in held:
                return True
        return False

    def restore(self, who: str, name: str, number: int) -> None:
        """Bring a version back."""
        model = self.named(who, name)
        must(self.may(who, model, MANAGE), 403)
        version = model.versions.get(number)
        must(version, 404)
        must(version and version.deleted, 409)
        self._back(version)

    def restore_model(self, who: str, number: int, new: str | None) -> None:
        """Bring a model back, under a name."""
        model = self.models.get(number)
        must(model and model.deleted and self.reads(who, model), 404)
        assert model is not None
        name = new or model.name
        must(self.may(who, model, MANAGE), 403)
        must(name == model.name or self.may_create(who), 403)
        must(all(each.name != name or each.deleted for each in self.models.values()), 409)
        self._must_not_leave(who, model, name, model.tags)
        model.name, model.deleted = name, False
        for version in model.versions.values():
            if version.deleted == "with its model":
                self._back(version)

    def _back(self, version: Version | None) -> None:
        assert version is not None
        version.deleted = ""
        version.enter("None", self.at)

    # What administrators and managers do

    def govern(self, who: str, gates: Iterable[Mapping[str, Any]], freezes: Iterable[Mapping[str, Any]]) -> None:
        """Change the rules."""
        must(self.people[who].admin, 403)
        self.rules.become(gates, freezes)

    def grant(self, who: str, name: str, to: str, level: int | None) -> None:
        """Give somebody a level on a model, or take it away."""
        model = self.named(who, name)
        must(self.may(who, model, MANAGE), 403)
        if level is None:
            model.grants.pop(to, None)
        elif to not in model.grants or model.grants[to].level != level:
            model.grants[to] = Granted(level, self.at, who)

    def lift(self, who: str, to: str, level: int) -> None:
        """Give somebody a level on the whole registry."""
        must(self.people[who].admin, 403)
        person = self.people[to]
        if person.level != level:
            person.level, person.since, person.by = level, self.at, who

    def let_in(self, who: str, to: str, enabled: bool) -> None:
        """Let somebody in, or out."""
        must(self.people[who].admin, 403)
        self.people[to].enabled = enabled

    def join(self, who: str, group: str, member: str, inside: bool) -> None:
        """Put somebody into a group, or out of it."""
        must(self.people[who].admin, 403)
        (self.groups[group].add if inside else self.groups[group].discard)(member)
