"""The graph and recalls, in the native API."""

from functools import partial

from assent.access.policy.levels import Permission
from security.actors import Actor
from security.row import Row, anyone, on_the_model

_row = partial(Row, "api")
READING = on_the_model(Permission.MODEL_READ)
RECALLING = on_the_model(Permission.LINEAGE_RECALL)
OF_RECALL = {"recall_id": "{recall_id}"}
OF_VERSION = {"of": "version:{model}/1"}


def _lifting(actor: Actor) -> int:
    """Administrators, since one of them made the recall; for who may not read its version, there is none."""
    if Permission.MODEL_READ not in actor.may:
        return 404
    return 200 if actor.administers else 403


ROWS = (
    _row(
        "GET",
        "/models/<name>/versions/<int:number>/lineage",
        READING,
        in_path={"name": "{model}", "number": "1"},
    ),
    _row("GET", "/lineage/descendants", READING, OF_VERSION),
    _row("GET", "/lineage/made-from", READING, OF_VERSION),
    _row("GET", "/lineage/reach", READING, OF_VERSION),
    _row("GET", "/lineage/difference", READING, {"first": "version:{model}/1", "second": "version:{model}/2"}),
    _row("GET", "/recalls", anyone()),
    _row("POST", "/recalls", RECALLING, {**OF_VERSION, "reason": "bad"}),
    _row("GET", "/recalls/<int:recall_id>", READING, in_path=OF_RECALL),
    _row("POST", "/recalls/<int:recall_id>/lift", _lifting, {"reason": "good"}, OF_RECALL),
)
