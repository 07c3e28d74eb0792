"""Native calls on users and service accounts."""

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from assent.access.credentials.passwords import NewPassword
from assent.access.people import accounts
from assent.access.people.accounts import Known
from assent.access.policy.principals import Kind, Principal
from assent.api.face import api
from assent.api.fields import AT, AfterName, name_of
from assent.api.schemas import EmptyObject
from assent.http.calls import Uses
from assent.http.passwords import ChosenPassword
from assent.kernel.dialects import Reader

_USER = "/users/<whole:name>"
_SERVICE_ACCOUNT = "/service-accounts/<whole:name>"
_PASSWORD = {"example": "correct horse battery"}


class ServiceAccount(Schema):
    """A service account."""

    id = fields.Integer(required=True, metadata={"example": 7})
    name = fields.String(required=True, metadata={"example": "ci"})
    created_at = fields.Integer(required=True, metadata=AT)
    disabled_at = fields.Integer(required=True, allow_none=True, metadata=AT)


class User(ServiceAccount):
    """A user."""

    name = fields.String(required=True, metadata={"example": "alice"})
    administrator = fields.Boolean(required=True, metadata={"example": False})
    has_password = fields.Boolean(required=True, metadata={"example": True})


class Users(Schema):
    """Users by name, at most 1,000 of a page."""

    users = fields.List(fields.Nested(User), required=True)


class ServiceAccounts(Schema):
    """Service accounts by name, at most 1,000 of a page."""

    service_accounts = fields.List(fields.Nested(ServiceAccount), required=True)


class NewServiceAccount(Schema):
    """What a new service account is called."""

    name = name_of("ci", required=True)


class NewUser(Schema):
    """A new user; one without a password uses tokens, or signs in through an identity provider."""

    name = name_of("alice", required=True)
    password = ChosenPassword(load_default=None, allow_none=True, metadata=_PASSWORD)
    administrator = fields.Boolean(load_default=False, metadata={"example": False})


class ServiceAccountChange(Schema):
    """What to change of a service account; what is left out stays."""

    new_name = name_of("builds", data_key="name")
    disabled = fields.Boolean(metadata={"example": False})


class UserChange(Schema):
    """What to change of a user; what is left out stays."""

    new_name = name_of("alicia", data_key="name")
    administrator = fields.Boolean(metadata={"example": False})
    disabled = fields.Boolean(metadata={"example": False})
    password = ChosenPassword(metadata=_PASSWORD)


class OwnPassword(Schema):
    """One's password, and what it is to be."""

    current = fields.String(required=True, metadata=_PASSWORD)
    password = ChosenPassword(required=True, metadata={"example": "a better horse battery"})


@api.call("GET", "/users", takes=AfterName(), gives=Users(), errors=(403,), uses=Uses.READS)
def list_users(session: Reader, after: str, *, by: Principal) -> dict[str, Any]:
    """List the users by name."""
    return {"users": [_user(each) for each in accounts.every(session, kind=Kind.USER, after=after, by=by)]}


@api.call("POST", "/users", takes=NewUser(), gives=User(), errors=(403, 409))
def create_user(session: Session, *, by: Principal, **fields: Any) -> dict[str, Any]:
    """Create a user."""
    return _user(accounts.known(accounts.create(session, by=by, **fields)))


@api.call("GET", _USER, gives=User(), errors=(403, 404), uses=Uses.READS)
def read_user(session: Reader, name: str, *, by: Principal) -> dict[str, Any]:
    """Get a user: oneself or, as an administrator or auditor, anybody."""
    return _user(accounts.seen(session, name, Kind.USER, by=by))


@api.call("PATCH", _USER, takes=UserChange(), gives=User(), errors=(400, 403, 404, 409))
def change_user(session: Session, name: str, *, by: Principal, **changes: Any) -> dict[str, Any]:
    """Rename or disable a user, replace their password, make them an administrator, or take that back.

    Who is disabled is out within seconds, with all their sessions and tokens.
    """
    return _user(_changed(session, name, Kind.USER, changes, by))


@api.call("GET", "/service-accounts", takes=AfterName(), gives=ServiceAccounts(), errors=(403,), uses=Uses.READS)
def list_service_accounts(session: Reader, after: str, *, by: Principal) -> dict[str, Any]:
    """List the service accounts by name."""
    found = accounts.every(session, kind=Kind.SERVICE_ACCOUNT, after=after, by=by)
    return {"service_accounts": [_service_account(each) for each in found]}


@api.call("POST", "/service-accounts", takes=NewServiceAccount(), gives=ServiceAccount(), errors=(403, 409))
def create_service_account(session: Session, name: str, *, by: Principal) -> dict[str, Any]:
    """Create a service account: it signs in by tokens alone, and administers nothing."""
    return _service_account(accounts.known(accounts.create(session, name, kind=Kind.SERVICE_ACCOUNT, by=by)))


@api.call("GET", _SERVICE_ACCOUNT, gives=ServiceAccount(), errors=(403, 404), uses=Uses.READS)
def read_service_account(session: Reader, name: str, *, by: Principal) -> dict[str, Any]:
    """Get a service account: itself or, as an administrator or auditor, any."""
    return _service_account(accounts.seen(session, name, Kind.SERVICE_ACCOUNT, by=by))


@api.call(
    "PATCH", _SERVICE_ACCOUNT, takes=ServiceAccountChange(), gives=ServiceAccount(), errors=(400, 403, 404, 409)
)
def change_service_account(session: Session, name: str, *, by: Principal, **changes: Any) -> dict[str, Any]:
    """Rename a service account, or disable it with all its tokens."""
    return _service_account(_changed(session, name, Kind.SERVICE_ACCOUNT, changes, by))


@api.call(
    "POST",
    "/me/password",
    takes=OwnPassword(),
    gives=EmptyObject(),
    errors=(403, 404),
    confirmed_by=lambda _, asked: asked["current"],
)
def change_own_password(session: Session, current: str, password: NewPassword, *, by: Principal) -> dict[str, Any]:
    """Replace one's own password, for which the current one is shown. All one's sessions end."""
    accounts.change_own_password(session, current, password, by=by)
    return {}


def _changed(session: Session, name: str, kind: Kind, changes: dict[str, Any], by: Principal) -> Known:
    return accounts.change(session, accounts.administered(session, name, kind, by=by), by=by, **changes)


def _service_account(known: Known) -> dict[str, Any]:
    return {
        "id": known.id,
        "name": known.name,
        "created_at": known.created_at,
        "disabled_at": known.disabled_at,
    }


def _user(known: Known) -> dict[str, Any]:
    return _service_account(known) | {
        "administrator": known.is_administrator,
        "has_password": known.has_password,
    }
