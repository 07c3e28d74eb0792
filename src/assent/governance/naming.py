"""Names and tags of models, as far as gates go by them: nobody slips out of a gate, or into one with what it guards.

A gate guards the models that its patterns and tags match. So a change of either that leaves a gate takes an
administrator, as changing the gate itself would; and no name is taken that a gate guards while a version stands where
that gate lets none without asking. Administrators create gates over what stands there already, and it shows: so they
may set a tag that does the same.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.governance.rules import leaving, standing
from assent.governance.rules.gates import Gate
from assent.governance.rules.standing import Standing
from assent.governance.targets import TargetKind
from assent.kernel.errors import Denied
from assent.registry import models, names, reading, tags
from assent.registry.views import VERSIONS, Model

_STAGES = (
    select(VERSIONS.c.stage)
    .where(VERSIONS.c.model_id == bindparam("model"), VERSIONS.c.deleted_at.is_(None))
    .distinct()
)


def rename(session: Session, name: str, new_name: str, *, by: Principal) -> Model:
    """Change the name of a model. Raises what `models.rename` does, and Denied where a gate is in the way."""
    rules = standing.held(session)
    if rules.gates or rules.freezes or rules.lifecycles:
        names.must_be_a_model_name(new_name, "new_name")
        models.lock(session, name, by=by)
        model = reading.model(session, name, by=by)
        leaving.must_not_leave(rules, model, new_name, model.tags, by=by)
        _must_not_stand(session, rules, model, new_name)
    return models.rename(session, name, new_name, by=by)


def set_tag(session: Session, name: str, key: str, value: str, *, by: Principal) -> None:
    """Set a tag of a model. Raises what `tags.set_on_model` does, and Denied where a gate is left by it."""
    if _matters(rules := standing.held(session), name, key):
        models.lock(session, name, by=by)
        model = reading.model(session, name, by=by)
        new = {**model.tags, key: value}
        leaving.must_not_leave(rules, model, name, new, by=by)
        _must_not_enter(session, rules, model, new, by=by)
    tags.set_on_model(session, name, key, value, by=by)


def delete_tag(session: Session, name: str, key: str, *, by: Principal) -> None:
    """Take a tag off a model. Raises what `tags.delete_from_model` does, and Denied where a gate is left by it."""
    if _matters(rules := standing.held(session), name, key):
        models.lock(session, name, by=by)
        model = reading.model(session, name, by=by)
        rest = {other: value for other, value in model.tags.items() if other != key}
        leaving.must_not_leave(rules, model, name, rest, by=by)
    tags.delete_from_model(session, name, key, by=by)


def _matters(rules: Standing, name: str, key: str) -> bool:
    """Whether some gate over a model of that name goes by a tag."""
    return any(key in gate.tags and gate.could_apply_to(name) for gate in rules.gates)


def _must_not_enter(
    session: Session, rules: Standing, model: Model, new_tags: Mapping[str, str], *, by: Principal
) -> None:
    """Raise Denied where a version would stand under a gate that it never passed: that is for an administrator."""
    entered = next(_entered(session, rules, model, model.name, new_tags), None)
    if entered is not None and not by.administers:
        gate, place = entered
        told = f"A version of {model.name} stands {place}, which the gate {gate} would guard"
        details: dict[str, object] = {"rules": [f"the gate {gate}"]}
        raise Denied(f"{told}: that takes an administrator.", subject=model.name, details=details)


def _must_not_stand(session: Session, rules: Standing, model: Model, new_name: str) -> None:
    """Raise Denied where a version stands in what would be guarded from then on, or in no stage of the lifecycle."""
    lifecycle = rules.lifecycle_of(new_name)
    for stage in sorted(_stages(session, model)):
        if not lifecycle.has(stage):
            raise _in_the_way(model, new_name, f"in {stage}, which the lifecycle {lifecycle.name} has not")
    for gate, place in _entered(session, rules, model, new_name, model.tags):
        raise _in_the_way(model, new_name, f"{place}, which the gate {gate} guards there")


def _entered(
    session: Session, rules: Standing, model: Model, new_name: str, new_tags: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The gates that would guard a model from then on, each with where a version of it stands unasked."""
    before = rules.applying_to(model.name, model.tags)
    entered = [gate for gate in rules.applying_to(new_name, new_tags) if gate not in before]
    stages = _stages(session, model) if entered else frozenset()
    for gate in entered:
        if held := _held(gate, stages, model):
            yield gate.name, held


def _stages(session: Session, model: Model) -> frozenset[str]:
    return frozenset(session.scalars(_STAGES, {"model": model.id}))


def _held(gate: Gate, stages: frozenset[str], model: Model) -> str | None:
    kind, name = gate.target
    if kind is TargetKind.STAGE and name in stages:
        return f"in {name}"
    return f"under @{name}" if kind is TargetKind.ALIAS and name in model.aliases else None


def _in_the_way(model: Model, new_name: str, what: str) -> Denied:
    message = f"{model.name} cannot be called {new_name}: a version stands {what}."
    return Denied(message, subject=model.name, details={"new_name": new_name})
