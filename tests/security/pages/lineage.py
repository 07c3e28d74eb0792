"""Lineage and recalls."""

from assent.access.policy.levels import Permission
from security.actors import Actor
from security.pages.seen import SEE, form, page
from security.row import Row, anyone, on_the_model

_READ = on_the_model(Permission.MODEL_READ)
_RECALL = on_the_model(Permission.LINEAGE_RECALL, status=SEE)
_OF = {"of": "version:{model}/1"}


def _lifting(actor: Actor) -> int:
    """Administrators, since one of them made the recall; for who may not read its version, there is none."""
    if Permission.MODEL_READ not in actor.may:
        return 404
    return SEE if actor.administers else 403


ROWS: tuple[Row, ...] = (
    page("/lineage", _READ, _OF),
    page("/lineage/graph", _READ, _OF),
    page("/recalls", anyone()),
    form("/recalls", _RECALL, {**_OF, "reason": "bad"}),
    form("/recalls/<int:recall_id>/lift", _lifting, {"reason": "good"}, in_path={"recall_id": "{recall_id}"}),
)
