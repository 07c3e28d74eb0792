"""Native calls on a file that says who is in which group and who is granted what."""

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from assent.access.declaring.declared import Change
from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.registry import declarations

_FILE = {
    "groups": {"risk": ["user:alice", "group:leads"], "leads": ["user:alice"]},
    "grants": {
        "registry": {"group:risk": "CAN_READ"},
        "patterns": {"churn-*": {"group:leads": "CAN_MANAGE_PRODUCTION_VERSIONS"}},
        "models": {"Ecommerce Model": {"user:alice": "CAN_MANAGE"}},
    },
}


class GrantsFile(Schema):
    """The content of a file, as `docs/command-line.md` describes it."""

    file = fields.Raw(required=True, metadata={"type": "object", "example": _FILE})


class ChangeTold(Schema):
    """One difference: `+` what is to come, `-` what is to go, `~` a level in the place of another."""

    sign = fields.String(required=True, metadata={"example": "+"})
    text = fields.String(required=True, metadata={"example": "user:alice in the group risk"})


class Changes(Schema):
    """All differences, in the order in which they are made."""

    changes = fields.List(fields.Nested(ChangeTold), required=True)


@api.call("POST", "/grants/plan", takes=GrantsFile(), gives=Changes(), errors=(403,), uses=Uses.READS)
def plan_grants(session: Reader, file: object, *, by: Principal) -> dict[str, Any]:
    """Tell what applying a file of groups and grants would change.

    Where something is wrong in the file, `errors` tells each fault with its place.
    """
    return _told(declarations.plan(session, file, by=by))


@api.call("POST", "/grants/apply", takes=GrantsFile(), gives=Changes(), errors=(403, 404))
def apply_grants(session: Session, file: object, *, by: Principal) -> dict[str, Any]:
    """Make groups and grants as a file says, all of it or, when anything is wrong, nothing.

    What the file does not speak of stays.
    """
    return _told(declarations.apply(session, file, by=by))


def _told(changes: list[Change]) -> dict[str, Any]:
    return {"changes": [{"sign": change.sign, "text": str(change)[2:]} for change in changes]}
