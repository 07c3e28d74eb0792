"""Native calls on gates, freezes and lifecycles: planned and applied as files, and read."""

from collections.abc import Iterable
from typing import Any

from marshmallow import INCLUDE, Schema, fields, post_load
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.api.declarations import Changes
from assent.api.face import api
from assent.api.fields import AT
from assent.governance import policy
from assent.governance.rules import queries
from assent.governance.rules.differing import Change
from assent.governance.rules.lifecycles import Lifecycle
from assent.governance.rules.parts import RuleKind
from assent.governance.rules.queries import Told
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader
from assent.registry import reading

_GATE = {
    "name": "production",
    "models": ["*"],
    "target": {"stage": "Production"},
    "require": [{"approvals": {"count": 2, "from": ["group:risk"]}}],
    "expires_after": "14d",
}
_FREEZE = {
    "name": "year-end",
    "reason": "Nobody is here to mend what breaks.",
    "targets": [{"stage": "Production"}],
    "from": "2026-12-20T00:00",
    "until": "2027-01-04T08:00",
    "zone": "Europe/Berlin",
}
_LIFECYCLE = {
    "name": "risk",
    "models": ["risk-*"],
    "stages": [{"name": "UAT", "tier": "staging"}, {"name": "Production", "tier": "production"}],
    "moves": {"None": ["UAT"], "UAT": ["Production"], "Production": ["Archived"]},
}


def _section(example: dict[str, Any]) -> fields.Raw:
    # Nothing in the place of a list is a fault like any other.
    return fields.Raw(allow_none=True, metadata={"type": "array", "items": {"type": "object"}, "example": [example]})


class RulesFile(Schema):
    """The content of a file, as `docs/gates.md` describes it. A section that is not there is not managed."""

    class Meta:
        """What is unknown is a fault like any other, and told with its place."""

        unknown = INCLUDE

    gates = _section(_GATE)
    freezes = _section(_FREEZE)
    lifecycles = _section(_LIFECYCLE)

    @post_load
    def as_one(self, content: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Hand it on as one value, whatever is in it."""
        return {"content": content}


class RuleTold(Schema):
    """A revision of a rule: what was written, the same in words, and since when and by whom it holds."""

    name = fields.String(required=True, metadata={"example": "production"})
    revision = fields.Integer(required=True, metadata={"example": 2})
    content = fields.Dict(required=True, metadata={"example": _GATE})
    text = fields.String(
        required=True, metadata={"example": "on Production of every model: 2 approvals from group:risk"}
    )
    valid_from = fields.Integer(required=True, metadata=AT)
    set_by = fields.String(required=True, allow_none=True, metadata={"example": "admin"})


class RevisionTold(RuleTold):
    """A revision of a rule, which held until another or its removal; null where it still does."""

    valid_until = fields.Integer(required=True, allow_none=True, metadata={"example": None})
    ended_by = fields.String(required=True, allow_none=True, metadata={"example": None})


class Gates(Schema):
    """The gates that stand."""

    gates = fields.List(fields.Nested(RuleTold), required=True)


class GateRevisions(Schema):
    """What a gate said, the newest first, at most 1,000 revisions; whether it stands."""

    name = fields.String(required=True, metadata={"example": "production"})
    stands = fields.Boolean(required=True, metadata={"example": True})
    revisions = fields.List(fields.Nested(RevisionTold), required=True)


class Freezes(Schema):
    """The freezes that stand, those that are over too."""

    freezes = fields.List(fields.Nested(RuleTold), required=True)


class Lifecycles(Schema):
    """The lifecycles that stand; of those that match a model the first is its own."""

    lifecycles = fields.List(fields.Nested(RuleTold), required=True)


class StageTold(Schema):
    """A stage, its tier, and where a version may go from it."""

    name = fields.String(required=True, metadata={"example": "UAT"})
    tier = fields.String(required=True, metadata={"example": "staging"})
    moves = fields.List(fields.String(metadata={"example": "Production"}), required=True)


class LifecycleTold(Schema):
    """The lifecycle of a model."""

    name = fields.String(required=True, metadata={"example": "risk"})
    stages = fields.List(fields.Nested(StageTold), required=True)


class RulesOfModel(Gates, Freezes):
    """The gates and freezes for a model, whatever the move, and its lifecycle."""

    lifecycle = fields.Nested(LifecycleTold, required=True)


@api.call("POST", "/gates/plan", takes=RulesFile(), gives=Changes(), errors=(403,), uses=Uses.READS)
def plan_rules(session: Reader, content: object, *, by: Principal) -> dict[str, Any]:
    """Tell what applying a file of gates, freezes and lifecycles would change.

    Where something is wrong in the file, `errors` tells each fault with its place.
    """
    return _changes(policy.plan(session, content, by=by))


@api.call("POST", "/gates/apply", takes=RulesFile(), gives=Changes(), errors=(403,))
def apply_rules(session: Session, content: object, *, by: Principal) -> dict[str, Any]:
    """Make gates, freezes and lifecycles as a file says, all of it or, when anything is wrong, nothing."""
    return _changes(policy.apply(session, content, by=by))


@api.call("GET", "/gates", gives=Gates(), errors=(403,), uses=Uses.READS)
def list_gates(session: Reader, *, by: Principal) -> dict[str, Any]:
    """List the gates. Everybody who is let in may read them, but for tokens that are for some models alone."""
    return {"gates": _told(queries.every(session, RuleKind.GATE, by=by))}


@api.call("GET", "/gates/<name>", gives=GateRevisions(), errors=(403, 404), uses=Uses.READS)
def read_gate(session: Reader, name: str, *, by: Principal) -> dict[str, Any]:
    """Get a gate, even one that was removed, with all its revisions."""
    found = queries.revisions(session, name, by=by)
    return {
        "name": name,
        "stands": found[0].valid_until is None,
        "revisions": [each._asdict() for each in found],
    }


@api.call("GET", "/freezes", gives=Freezes(), errors=(403,), uses=Uses.READS)
def list_freezes(session: Reader, *, by: Principal) -> dict[str, Any]:
    """List the freezes, to those who may read gates."""
    return {"freezes": _told(queries.every(session, RuleKind.FREEZE, by=by))}


@api.call("GET", "/lifecycles", gives=Lifecycles(), errors=(403,), uses=Uses.READS)
def list_lifecycles(session: Reader, *, by: Principal) -> dict[str, Any]:
    """List the lifecycles in the order in which they are tried, to those who may read gates."""
    return {"lifecycles": _told(queries.every(session, RuleKind.LIFECYCLE, by=by))}


@api.call("GET", "/models/<name>/gates", gives=RulesOfModel(), errors=(400, 404), uses=Uses.READS, redirects=True)
@follows_renames
def read_rules_of_model(session: Reader, name: str, *, by: Principal) -> dict[str, Any]:
    """Get the gates and freezes for a model, and its lifecycle. Whoever may read the model may read them."""
    found = queries.of_model(session, reading.model(session, name, by=by))
    return {
        "gates": _told(found.gates),
        "freezes": _told(found.freezes),
        "lifecycle": {"name": found.lifecycle.name, "stages": _stages(found.lifecycle)},
    }


def _changes(changes: Iterable[Change]) -> dict[str, Any]:
    return {"changes": [{"sign": change.sign, "text": change.text} for change in changes]}


def _told(rules: Iterable[Told]) -> list[dict[str, Any]]:
    ends = ("valid_until", "ended_by")
    return [{name: value for name, value in rule._asdict().items() if name not in ends} for rule in rules]


def _stages(lifecycle: Lifecycle) -> list[dict[str, Any]]:
    return [
        {"name": stage.name, "tier": stage.tier, "moves": list(lifecycle.after(stage.name))}
        for stage in lifecycle.stages
    ]
