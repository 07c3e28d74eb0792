"""Rules in words: what one says, and what another revision of it says otherwise. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from assent.governance.requirements import kinds
from assent.governance.requirements.findings import stretch
from assent.governance.rules.declared import Value
from assent.governance.rules.freezes import Freeze
from assent.governance.rules.gates import Gate, Override, Required
from assent.governance.rules.lifecycles import Lifecycle
from assent.governance.rules.parts import ALL
from assent.governance.targets import Target, TargetKind


def words(value: Value) -> str:
    """What a rule says, in one line."""
    match value:
        case Gate():
            return f"on {_goal(value)}: {'; '.join(points(value))}"
        case Freeze():
            return f"of {_several(value.targets)} of {_models(value.models)} {_window(value)}" + (
                f": {value.reason}" if value.reason else ""
            )
        case Lifecycle():
            told = _parts_of_lifecycle(value)
            return f"of {told['models']}: {told['stages']}; moves: {told['moves']}"


def points(gate: Gate) -> list[str]:
    """What a gate asks for, and what else it says, one by one."""
    return [*map(_requirement, gate.requirements), *_more(gate)]


def differences(before: Value, after: Value) -> str:
    """What a revision says otherwise than the one before, in one line."""
    was, now = _parts(before), _parts(after)
    told = [f"{name} {was[name]} -> {now[name]}" for name in now if was[name] != now[name]]
    if isinstance(before, Gate) and isinstance(after, Gate):
        told += _of_requirements(before, after)
    return "; ".join(told) or "written otherwise"


def _of_requirements(before: Gate, after: Gate) -> Iterator[str]:
    gone = _without(before.requirements, after.requirements)
    new = _without(after.requirements, before.requirements)
    kinds_gone, kinds_new = (Counter(each.kind for each in some) for some in (gone, new))
    # One of a kind for one of that kind is the same requirement, which asks for something else.
    altered = {kind for kind in kinds_gone if kinds_gone[kind] == kinds_new[kind] == 1}
    replaced = {required.kind: required for required in new if required.kind in altered}
    for required in gone:
        if required.kind in altered:
            yield f"{_requirement(required)} -> {_requirement(replaced[required.kind])}"
        else:
            yield f"no longer {_requirement(required)}"
    yield from (f"also {_requirement(required)}" for required in new if required.kind not in altered)


def _without(some: tuple[Required, ...], others: tuple[Required, ...]) -> list[Required]:
    left = [(each.kind, each.spec) for each in others]
    found = []
    for required in some:
        if (required.kind, required.spec) in left:
            left.remove((required.kind, required.spec))
        else:
            found.append(required)
    return found


def _requirement(required: Required) -> str:
    return kinds.words(required.kind, required.spec)


def _parts(value: Value) -> Mapping[str, str]:
    match value:
        case Gate():
            return _parts_of_gate(value)
        case Freeze():
            return _parts_of_freeze(value)
        case Lifecycle():
            return _parts_of_lifecycle(value)


def _parts_of_gate(gate: Gate) -> dict[str, str]:
    return {
        "models": _models(gate.models),
        "tags": _tags(gate) or "none",
        "target": _target(gate.target),
        "signature": "yes" if gate.signature else "no",
        "expires_after": stretch(gate.expires_after) if gate.expires_after else "never",
        "rollback approvals": "as many" if gate.rollback_approvals is None else str(gate.rollback_approvals),
        "override": _override(gate.override) if gate.override else "by nobody",
    }


def _parts_of_freeze(freeze: Freeze) -> dict[str, str]:
    return {
        "models": _models(freeze.models),
        "targets": _several(freeze.targets),
        "from": _local(freeze.from_, freeze.zone),
        "until": _local(freeze.until, freeze.zone),
        "zone": freeze.zone,
        "reason": freeze.reason or "none",
    }


def _parts_of_lifecycle(lifecycle: Lifecycle) -> dict[str, str]:
    moves = "all"
    if lifecycle.moves is not None:
        moves = ", ".join(f"{left} to {' or '.join(goals) or 'nowhere'}" for left, goals in lifecycle.moves.items())
    return {
        "models": _models(lifecycle.models),
        "stages": ", ".join(f"{stage.name} ({stage.tier})" for stage in lifecycle.stages),
        "moves": moves or "none",
    }


def _goal(gate: Gate) -> str:
    tags = f" tagged {_tags(gate)}" if gate.tags else ""
    return f"{_target(gate.target)} of {_models(gate.models)}{tags}"


def _more(gate: Gate) -> Iterator[str]:
    if gate.signature:
        yield "approvals are signed"
    if gate.expires_after:
        yield f"requests expire after {stretch(gate.expires_after)}"
    if gate.rollback_approvals is not None:
        yield f"a rollback takes {gate.rollback_approvals} approval{'s' if gate.rollback_approvals != 1 else ''}"
    if gate.override:
        yield f"override {_override(gate.override)}"


def _override(override: Override) -> str:
    within = f", reviewed within {stretch(override.review_within)}" if override.review_within else ""
    return f"by {' or '.join(override.by)}{within}"


def _tags(gate: Gate) -> str:
    return ", ".join(f"{key}={pattern}" for key, pattern in sorted(gate.tags.items()))


def _models(patterns: tuple[str, ...]) -> str:
    return "every model" if patterns == ALL else ", ".join(patterns)


def _several(targets: tuple[Target, ...]) -> str:
    return ", ".join(map(_target, targets))


def _target(target: Target) -> str:
    return f"deletion of a {target.name}" if target.kind is TargetKind.DELETION else str(target)


def _window(freeze: Freeze) -> str:
    parts = _parts_of_freeze(freeze)
    return f"from {parts['from']} until {parts['until']} ({freeze.zone})"


def _local(moment: int, zone: str) -> str:
    local = datetime.fromtimestamp(moment / 1000, ZoneInfo(zone))
    return local.strftime("%Y-%m-%dT%H:%M:%S").removesuffix(":00")
