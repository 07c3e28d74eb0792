"""Calls on users, as MLflow's access client makes them. To delete somebody is to disable them here."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields
from sqlalchemy.orm import Session

from assent.access.people import accounts
from assent.access.people.accounts import Known
from assent.access.policy.principals import Kind, Principal
from assent.access.tables import Account
from assent.http.calls import Uses
from assent.http.passwords import chosen
from assent.http.wire.fields import Flag, Text, Wire
from assent.http.wire.schemas import Nothing
from assent.kernel.dialects import Reader
from assent.kernel.errors import Invalid, NotFound
from assent.mlflow.face import mlflow
from assent.mlflow.words import word_of
from assent.registry import permissions

_PASSWORD = {"example": "correct horse battery"}


class OfUser(Wire):
    """Names a user."""

    username = Text(required=True, metadata={"example": "alice"})


class NewMlflowUser(OfUser):
    """A new user."""

    password = Text(required=True, metadata=_PASSWORD)


class PasswordOfUser(NewMlflowUser):
    """A new password, and for one's own the current one."""

    current_password = Text(load_default="", metadata=_PASSWORD)


class WhetherAdministrator(OfUser):
    """Whether a user is to be an administrator."""

    is_admin = Flag(required=True, metadata={"example": False})


class ModelPermission(Wire):
    """What is granted to a user on a model itself."""

    name = fields.String(required=True, metadata={"example": "Ecommerce Model"})
    user_id = fields.Integer(required=True, metadata={"example": 2})
    permission = fields.String(required=True, metadata={"example": "EDIT"})


class MlflowUser(Wire):
    """A user. Clients expect lists for experiments and scorers, of which a registry knows nothing."""

    id = fields.Integer(required=True, metadata={"example": 2})
    username = fields.String(required=True, metadata={"example": "alice"})
    is_admin = fields.Boolean(required=True, metadata={"example": False})
    registered_model_permissions = fields.List(fields.Nested(ModelPermission), required=True)
    experiment_permissions = fields.List(fields.Dict(), required=True)
    scorer_permissions = fields.List(fields.Dict(), required=True)


class OneUser(Wire):
    """A user."""

    user = fields.Nested(MlflowUser, required=True)


@mlflow.call("POST", "/users/create", takes=NewMlflowUser(), gives=OneUser(), errors=(403,))
def create_user(session: Session, username: str, password: str, *, by: Principal) -> dict[str, Any]:
    """Create a user, as an administrator."""
    account = accounts.create(session, username, password=chosen(password), by=by)
    return _one_user(session, accounts.known(account), by)


@mlflow.call("GET", "/users/get", takes=OfUser(), gives=OneUser(), errors=(403, 404), uses=Uses.READS)
def get_user(session: Reader, username: str, *, by: Principal) -> dict[str, Any]:
    """Get oneself or, as an administrator or auditor, any user.

    What is granted to them on single models is told, too, for at most 1,000 of these.
    """
    found = accounts.seen(session, username, Kind.USER, by=by)
    must_be_there(found)
    return _one_user(session, found, by)


def _shown(by: Principal, asked: Mapping[str, Any]) -> str:
    current: str = asked["current_password"] if asked["username"] == by.name else ""
    return current


@mlflow.call(
    "PATCH",
    "/users/update-password",
    takes=PasswordOfUser(),
    gives=Nothing(),
    errors=(403, 404),
    confirmed_by=_shown,
)
def update_user_password(
    session: Session, username: str, password: str, current_password: str, *, by: Principal
) -> dict[str, Any]:
    """Replace a password: one's own, for which the current one is shown, or as an administrator anybody else's."""
    if username == by.name:
        if not current_password:
            raise Invalid("Current password is required when changing your own password.")
        accounts.change_own_password(session, current_password, chosen(password), by=by)
    else:
        accounts.set_password(session, _user(session, username, by), chosen(password), by=by)
    return {}


@mlflow.call("PATCH", "/users/update-admin", takes=WhetherAdministrator(), gives=Nothing(), errors=(403, 404))
def update_user_admin(session: Session, username: str, is_admin: bool, *, by: Principal) -> dict[str, Any]:
    """Make a user an administrator, or no longer."""
    accounts.set_administrator(session, _user(session, username, by), is_admin, by=by)
    return {}


@mlflow.call("DELETE", "/users/delete", takes=OfUser(), gives=Nothing(), errors=(403, 404))
def delete_user(session: Session, username: str, *, by: Principal) -> dict[str, Any]:
    """Disable a user, who is not there any more for MLflow's clients. The name stays theirs."""
    accounts.disable(session, _user(session, username, by), by=by)
    return {}


def _user(session: Session, username: str, by: Principal) -> Account:
    account = accounts.administered(session, username, Kind.USER, by=by)
    must_be_there(accounts.known(account))
    return account


def must_be_there(user: Known) -> None:
    """Raise NotFound for a disabled user: for MLflow's clients they were deleted."""
    if user.disabled_at is not None:
        raise NotFound(f"There is no user {user.name} any more: they are disabled.")


def _one_user(session: Reader, user: Known, by: Principal) -> dict[str, Any]:
    granted = permissions.of_account(session, user.id, by=by)
    return {
        "user": {
            "id": user.id,
            "username": user.name,
            "is_admin": user.is_administrator,
            "registered_model_permissions": [
                {"name": name, "user_id": user.id, "permission": word_of(level)} for name, level in granted
            ],
            "experiment_permissions": [],
            "scorer_permissions": [],
        }
    }
