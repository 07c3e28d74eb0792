"""Leaving a gate by another name or tag: that takes an administrator, as changing the gate itself would."""

from collections.abc import Mapping

from assent.access.principals import Principal, authorize_administrator
from assent.governance.rules.standing import Standing
from assent.kernel.errors import Denied
from assent.registry.views import Model


def must_not_leave(
    rules: Standing, model: Model, new_name: str, new_tags: Mapping[str, str], *, by: Principal
) -> None:
    """Raise Denied where a model would be guarded by fewer gates from then on, unless for an administrator."""
    before, after = rules.applying_to(model.name, model.tags), rules.applying_to(new_name, new_tags)
    left = [gate.name for gate in before if gate not in after]
    if not left:
        return
    try:
        authorize_administrator(by, on=model.name, kind="registered_model")
    except Denied as refusal:
        told = f"{model.name} would be guarded no more by {', '.join(left)}: that takes an administrator."
        raise Denied(told, subject=model.name, details={**refusal.details, "gates": left}) from None
