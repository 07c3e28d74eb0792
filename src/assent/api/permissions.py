"""Native calls on what is granted on a model, and why somebody may do what they may."""

from typing import Any

from flask import current_app
from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from assent.access.granting.grants import Given
from assent.access.policy.levels import Level
from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.api.fields import kind, level, name_of
from assent.api.grants import Grant, as_answer
from assent.api.schemas import EmptyObject
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.registry import permissions
from assent.registry.permissions import Reason

_PERMISSIONS = "/models/<name>/permissions"


class GrantsOnModel(Schema):
    """The grants on a model itself, and those by names that reach it."""

    grants = fields.List(fields.Nested(Grant), required=True)


class NewPermission(Schema):
    """A level for somebody on the model."""

    kind = kind(required=True)
    who = name_of("alice", required=True, data_key="name")
    level = level(required=True)


class WhoseLevel(Schema):
    """Whose level on the model."""

    kind = kind(required=True)
    who = name_of("alice", required=True, data_key="name")


class WhomToExplain(Schema):
    """Whom to explain: oneself, unless somebody is named."""

    kind = kind(load_default=None)
    who = name_of("alice", load_default=None, data_key="name")


class GrantInForce(Grant):
    """A grant that reaches the model; `through` names the groups on the way to it, outermost last.

    Where it does not count, `shut_out_by` is the grant that takes all permissions away.
    """

    through = fields.List(fields.String(metadata={"example": "risk"}), required=True)
    counts = fields.Boolean(required=True, metadata={"example": True})
    shut_out_by = fields.String(
        required=True, allow_none=True, metadata={"example": "NO_PERMISSIONS for group:interns on the model"}
    )


class PermissionsExplained(Schema):
    """What somebody may do with a model, and every grant that reaches it, those that hold nearest first.

    `default` is the level that everybody has on every model: null where that does not count.
    """

    model = fields.String(required=True, metadata={"example": "Ecommerce Model"})
    kind = fields.String(required=True, metadata={"example": "user"})
    name = fields.String(required=True, metadata={"example": "alice"})
    administrator = fields.Boolean(required=True, metadata={"example": False})
    disabled = fields.Boolean(required=True, metadata={"example": False})
    level = fields.String(required=True, metadata={"example": "CAN_READ"})
    permissions = fields.List(fields.String(metadata={"example": "registered_model:read"}), required=True)
    may_create = fields.Boolean(required=True, metadata={"example": False})
    default = fields.String(required=True, allow_none=True, metadata={"example": "NO_PERMISSIONS"})
    grants = fields.List(fields.Nested(GrantInForce), required=True)


@api.call("GET", _PERMISSIONS, gives=GrantsOnModel(), errors=(400, 403, 404), uses=Uses.READS)
def list_permissions(session: Reader, name: str, *, by: Principal) -> dict[str, Any]:
    """List what is granted on a model: on itself, and by names that reach it. For whoever may grant, and auditors."""
    model = permissions.named(session, name, by=by)
    return {"grants": [as_answer(given) for given in permissions.listed(session, model, by=by)]}


@api.call("PUT", _PERMISSIONS, takes=NewPermission(), gives=EmptyObject(), errors=(403, 404))
def give_permission(
    session: Session, name: str, kind: str, who: str, level: Level, *, by: Principal
) -> dict[str, Any]:
    """Grant a level on a model, in the place of the one that is there."""
    model = permissions.named(session, name, by=by)
    permissions.give(session, model, permissions.somebody(session, model, kind, who, by=by), level, by=by)
    return {}


@api.call("DELETE", _PERMISSIONS, takes=WhoseLevel(), gives=EmptyObject(), errors=(403, 404))
def take_permission(session: Session, name: str, kind: str, who: str, *, by: Principal) -> dict[str, Any]:
    """Take away what is granted to somebody on a model itself. What is not there is no error."""
    model = permissions.named(session, name, by=by)
    permissions.take(session, model, permissions.somebody(session, model, kind, who, by=by), by=by)
    return {}


@api.call(
    "GET",
    f"{_PERMISSIONS}/explain",
    takes=WhomToExplain(),
    gives=PermissionsExplained(),
    errors=(403, 404),
    uses=Uses.READS,
)
def explain_permissions(
    session: Reader, name: str, kind: str | None, who: str | None, *, by: Principal
) -> dict[str, Any]:
    """Tell what somebody may do with a model, and which grants make it so.

    Everybody may ask of themselves, and whoever may grant and auditors of anybody; of a group, too.
    """
    model = permissions.named(session, name, by=by)
    of = permissions.asked_about(session, model, kind, who, by=by)
    told = permissions.explain(session, model, of, default=current_app.config["DEFAULT_LEVEL"], by=by)
    return {
        "model": model.name,
        "kind": told.kind,
        "name": told.principal,
        "administrator": told.administrator,
        "disabled": told.disabled,
        "level": told.level,
        "permissions": told.permissions,
        "may_create": told.may_create,
        "default": told.default,
        "grants": [_reason(reason) for reason in told.reasons],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return as_answer(reason.grant) | {
        "through": reason.through,
        "counts": reason.counts,
        "shut_out_by": _told(reason.shut_out_by) if reason.shut_out_by else None,
    }


def _told(given: Given) -> str:
    """A grant in words."""
    on_name = "the registry" if given.place.pattern is None else f"the pattern {given.place.pattern}"
    place = "the model" if given.place.model_id is not None else on_name
    return f"{given.level} for {given.grantee_kind}:{given.grantee} on {place}"
