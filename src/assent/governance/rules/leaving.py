"""Leaving a rule by another name or tag: that takes an administrator, as changing the rule itself would."""

from collections.abc import Iterator, Mapping

from assent.access.policy.principals import Principal, authorize_administrator
from assent.governance.rules.lifecycles import MLFLOWS_LIFECYCLE
from assent.governance.rules.standing import Standing
from assent.kernel.clock import now
from assent.kernel.errors import Denied
from assent.registry.views import Model


def must_not_leave(
    rules: Standing, model: Model, new_name: str, new_tags: Mapping[str, str], *, by: Principal
) -> None:
    """Raise Denied where a model would be under fewer rules from then on, unless for an administrator."""
    left = list(_left(rules, model, new_name, new_tags))
    if not left:
        return
    try:
        authorize_administrator(by, on=model.name, kind="registered_model")
    except Denied as refusal:
        told = f"{model.name} would be guarded no more by {', '.join(left)}: that takes an administrator."
        raise Denied(told, subject=model.name, details={**refusal.details, "rules": left}) from None


def _left(rules: Standing, model: Model, new_name: str, new_tags: Mapping[str, str]) -> Iterator[str]:
    after = rules.applying_to(new_name, new_tags)
    yield from (f"the gate {gate.name}" for gate in rules.applying_to(model.name, model.tags) if gate not in after)
    at = now()
    frozen = (freeze for freeze in rules.freezes if freeze.applies_to(model.name) and freeze.until > at)
    yield from (f"the freeze {freeze.name}" for freeze in frozen if not freeze.applies_to(new_name))
    lifecycle = rules.lifecycle_of(model.name)
    if lifecycle not in (MLFLOWS_LIFECYCLE, rules.lifecycle_of(new_name)):
        yield f"the lifecycle {lifecycle.name}"
