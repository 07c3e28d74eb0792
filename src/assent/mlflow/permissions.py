"""Calls on what is granted to users on models, as MLflow's access clients make them: the older ones and the newer."""

from typing import Any

from flask import current_app
from marshmallow import fields
from sqlalchemy.orm import Session

from assent.access.people import accounts
from assent.access.people.accounts import Known
from assent.access.policy.levels import Level, Permission
from assent.access.policy.principals import Principal
from assent.http.calls import Uses
from assent.http.wire.fields import Text, Wire
from assent.http.wire.schemas import Nothing
from assent.kernel.dialects import Reader
from assent.kernel.errors import AlreadyExists, Invalid, NotFound
from assent.mlflow.face import mlflow, mlflow3
from assent.mlflow.users import ModelPermission, OfUser, must_be_there
from assent.mlflow.words import LEVELS, level_of, word_of
from assent.registry import permissions
from assent.registry.permissions import Managed

# A prompt is a model.
_RESOURCES = ("registered_model", "prompt")

_WORD: dict[str, Any] = {"enum": list(LEVELS), "example": "EDIT"}


class OfPermission(OfUser):
    """Names a user, and a model."""

    name = Text(required=True, metadata={"example": "Ecommerce Model"})


class WantedPermission(OfPermission):
    """What to grant."""

    permission = Text(required=True, metadata=_WORD)


class OnePermission(Wire):
    """What is granted."""

    registered_model_permission = fields.Nested(ModelPermission, required=True)


class OnResource(OfUser):
    """Names a user, and a model as newer clients do."""

    resource_type = Text(required=True, metadata={"enum": list(_RESOURCES), "example": "registered_model"})
    name = Text(required=True, data_key="resource_id", metadata={"example": "Ecommerce Model"})


class WantedOnResource(OnResource):
    """What to grant."""

    permission = Text(required=True, metadata=_WORD)


class InForce(Wire):
    """What a user may do with a model, whatever grants make it so, and whether they may read and load it."""

    allowed = fields.Boolean(required=True, metadata={"example": True})
    permission = fields.String(required=True, metadata={"example": "EDIT"})


@mlflow.call(
    "POST",
    "/registered-models/permissions/create",
    takes=WantedPermission(),
    gives=OnePermission(),
    errors=(403, 404),
)
def create_model_permission(
    session: Session, name: str, username: str, permission: str, *, by: Principal
) -> dict[str, Any]:
    """Grant a permission on a model to a user who has none there."""
    wanted = level_of(permission)
    model = permissions.named(session, name, by=by)
    user, level = _granted(session, model, username, by)
    if level is not None:
        raise AlreadyExists(f"Registered model permission (name={name}, username={username}) already exists.")
    _give(session, model, user, wanted, by)
    return _one(model, user, wanted)


@mlflow.call(
    "GET",
    "/registered-models/permissions/get",
    takes=OfPermission(),
    gives=OnePermission(),
    errors=(403, 404),
    uses=Uses.READS,
)
def get_model_permission(session: Reader, name: str, username: str, *, by: Principal) -> dict[str, Any]:
    """Get the permission that is granted to a user on a model itself."""
    model = permissions.named(session, name, by=by)
    return _one(model, *_must_be_granted(session, model, username, by))


@mlflow.call(
    "PATCH",
    "/registered-models/permissions/update",
    takes=WantedPermission(),
    gives=Nothing(),
    errors=(403, 404),
)
def update_model_permission(
    session: Session, name: str, username: str, permission: str, *, by: Principal
) -> dict[str, Any]:
    """Grant another permission on a model to a user who has one there."""
    wanted = level_of(permission)
    model = permissions.named(session, name, by=by)
    user, _ = _must_be_granted(session, model, username, by)
    _give(session, model, user, wanted, by)
    return {}


@mlflow.call(
    "DELETE", "/registered-models/permissions/delete", takes=OfPermission(), gives=Nothing(), errors=(403, 404)
)
def delete_model_permission(session: Session, name: str, username: str, *, by: Principal) -> dict[str, Any]:
    """Take away what is granted to a user on a model itself."""
    model = permissions.named(session, name, by=by)
    user, _ = _must_be_granted(session, model, username, by)
    permissions.take(session, model, permissions.somebody(session, model, user.kind, user.name, by=by), by=by)
    return {}


@mlflow3.call("POST", "/users/permissions/grant", takes=WantedOnResource(), gives=Nothing(), errors=(403, 404))
def grant_user_permission(
    session: Session, username: str, resource_type: str, name: str, permission: str, *, by: Principal
) -> dict[str, Any]:
    """Grant a permission on a model to a user, in the place of the one that is there."""
    _must_be_a_model(resource_type)
    wanted = level_of(permission)
    model = permissions.named(session, name, by=by)
    user, _ = _granted(session, model, username, by)
    _give(session, model, user, wanted, by)
    return {}


@mlflow3.call("POST", "/users/permissions/revoke", takes=OnResource(), gives=Nothing(), errors=(403, 404))
def revoke_user_permission(
    session: Session, username: str, resource_type: str, name: str, *, by: Principal
) -> dict[str, Any]:
    """Take away what is granted to a user on a model itself."""
    _must_be_a_model(resource_type)
    return delete_model_permission(session, name, username, by=by)


@mlflow3.call(
    "GET", "/users/permissions/get", takes=OnResource(), gives=InForce(), errors=(403, 404), uses=Uses.READS
)
def get_user_permission(
    session: Reader, username: str, resource_type: str, name: str, *, by: Principal
) -> dict[str, Any]:
    """Tell what somebody may do with a model: oneself or, for who may grant on it, anybody."""
    _must_be_a_model(resource_type)
    model = permissions.named(session, name, by=by)
    if username == by.name:
        user = accounts.found(session, username)
    else:
        user, _ = _granted(session, model, username, by)
    told = permissions.explain(session, model, user, default=current_app.config["DEFAULT_LEVEL"], by=by)
    return {"allowed": Permission.MODEL_READ in told.permissions, "permission": word_of(told.level)}


def _granted(session: Reader, model: Managed, username: str, by: Principal) -> tuple[Known, Level | None]:
    """A user or service account, and what is granted to them on the model itself; for whoever may grant."""
    # First, so that nobody else learns whether there is such a user.
    there = permissions.listed(session, model, by=by)
    user = accounts.found(session, username)
    must_be_there(user)
    mine = [
        each for each in there if each.place.model_id and (each.grantee_kind, each.grantee) == (user.kind, user.name)
    ]
    return user, mine[0].level if mine else None


def _must_be_granted(session: Reader, model: Managed, username: str, by: Principal) -> tuple[Known, Level]:
    user, level = _granted(session, model, username, by)
    if level is None:
        raise NotFound(f"Registered model permission with name={model.name} and username={username} not found")
    return user, level


def _give(session: Session, model: Managed, user: Known, level: Level, by: Principal) -> None:
    permissions.give(session, model, permissions.somebody(session, model, user.kind, user.name, by=by), level, by=by)


def _must_be_a_model(resource_type: str) -> None:
    if resource_type not in _RESOURCES:
        raise Invalid(f"Invalid resource type '{resource_type[:100]}'. Here it is one of {', '.join(_RESOURCES)}.")


def _one(model: Managed, user: Known, level: Level) -> dict[str, Any]:
    told = {"name": model.name, "user_id": user.id, "permission": word_of(level)}
    return {"registered_model_permission": told}
