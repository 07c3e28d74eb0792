"""MLflow's calls on users and on permissions, over HTTP and without its client: who may, and who learns what."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assent.access.people import accounts
from assent.access.policy.levels import Level
from assent.access.policy.principals import SYSTEM, Kind
from assent.database import db, unit_of_work
from assent.registry import permissions
from support.calling import Caller
from support.databases import TEST

Prepare = Callable[[Callable[[Session], object]], None]

OTHER = "tall ships at dawn"
NEWER = "/api/3.0/mlflow/users/permissions"
BOTH_WAYS = {
    "NO_PERMISSIONS": Level.NO_PERMISSIONS,
    "READ": Level.CAN_READ,
    "EDIT": Level.CAN_EDIT,
    "MANAGE": Level.CAN_MANAGE,
}
ONE_WAY = {"USE": Level.CAN_READ, "DENY": Level.NO_PERMISSIONS}
TOLD_AS_EDIT = (Level.CAN_MANAGE_STAGING_VERSIONS, Level.CAN_MANAGE_PRODUCTION_VERSIONS)


@pytest.fixture
def prepare(app: Flask) -> Prepare:
    """Lets the domain do something beforehand."""

    def run(change: Callable[[Session], object]) -> None:
        with app.app_context(), unit_of_work(db.engines[None], TEST) as session:
            change(session)

    return run


@pytest.fixture
def admin(call: Caller) -> Caller:
    return call.by("admin")


def level_on(app: Flask, model: str, name: str) -> Level | None:
    """What is granted to somebody on a model itself, as the domain has it."""
    with app.app_context(), unit_of_work(db.engines[None], TEST) as session:
        given = permissions.listed(session, permissions.named(session, model, by=SYSTEM), by=SYSTEM)
    return next((each.level for each in given if each.place.model_id and each.grantee == name), None)


def grant(session: Session, name: str, level: Level, model: str = "m") -> None:
    to = accounts.named(session, name)
    permissions.give(session, permissions.named(session, model, by=SYSTEM), to, level, by=SYSTEM)


@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("POST", "/users/create", {"password": OTHER}),
        ("GET", "/users/get", {}),
        ("PATCH", "/users/update-password", {"password": OTHER}),
        ("PATCH", "/users/update-admin", {"is_admin": True}),
        ("DELETE", "/users/delete", {}),
    ],
)
def test_who_does_not_administer_learns_nothing_about_who_there_is(
    call: Caller, method: str, path: str, fields: dict[str, Any]
) -> None:
    known, unknown = (
        call.by("edith").refused(method, path, username=name, **fields)[:2] for name in ("rita", "nobody")
    )
    assert known == unknown == (403, "PERMISSION_DENIED")


def test_the_current_password_must_be_right(call: Caller) -> None:
    status, code, _ = call.by("rita").refused(
        "PATCH", "/users/update-password", username="rita", password=OTHER, current_password="not this one"
    )
    assert (status, code) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("name", ["rita", "admin"])
def test_nobody_changes_their_own_password_without_showing_it(call: Caller, name: str) -> None:
    assert call.by(name).refused("PATCH", "/users/update-password", username=name, password=OTHER) == (
        400,
        "INVALID_PARAMETER_VALUE",
        "Current password is required when changing your own password.",
    )


def test_a_weak_password_is_refused(admin: Caller) -> None:
    assert admin.refused("POST", "/users/create", username="carol", password="short")[1] == "INVALID_PARAMETER_VALUE"


def test_an_answer_holds_no_password_and_no_hash(admin: Caller) -> None:
    answer = admin.request("POST", "/users/create", username="carol", password=OTHER)
    assert answer.status_code == 200
    assert OTHER not in answer.text
    assert "argon2" not in answer.text


def test_the_last_administrator_stays(admin: Caller) -> None:
    for method, path, fields in (
        ("PATCH", "/users/update-admin", {"is_admin": False}),
        ("DELETE", "/users/delete", {}),
    ):
        assert admin.refused(method, path, username="admin", **fields)[:2] == (409, "RESOURCE_CONFLICT")


CALLS_ON_A_USER = pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("GET", "/users/get", {}),
        ("PATCH", "/users/update-password", {"password": OTHER}),
        ("PATCH", "/users/update-admin", {"is_admin": True}),
        ("DELETE", "/users/delete", {}),
    ],
)


@CALLS_ON_A_USER
def test_a_deleted_user_is_none(admin: Caller, method: str, path: str, fields: dict[str, Any]) -> None:
    admin("DELETE", "/users/delete", username="rita")
    assert admin.refused(method, path, username="rita", **fields)[:2] == (404, "RESOURCE_DOES_NOT_EXIST")


@CALLS_ON_A_USER
def test_a_service_account_is_no_user(
    admin: Caller, prepare: Prepare, method: str, path: str, fields: dict[str, Any]
) -> None:
    prepare(lambda session: accounts.create(session, "robot", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM))
    assert admin.refused(method, path, username="robot", **fields)[:2] == (404, "RESOURCE_DOES_NOT_EXIST")


def test_who_is_deleted_keeps_what_they_did(call: Caller, admin: Caller) -> None:
    call.by("edith").model("m")
    admin("DELETE", "/users/delete", username="edith")
    assert call("GET", "/registered-models/get", name="m")["registered_model"]["user_id"] == "edith"


def test_a_user_is_told_with_what_is_granted_on_single_models(admin: Caller, call: Caller) -> None:
    call.by("edith").model("b")
    call.by("edith").model("a")
    call.by("edith").model("gone")
    call.by("edith")("DELETE", "/registered-models/delete", name="gone")
    user = admin("GET", "/users/get", username="edith")["user"]
    assert [(each["name"], each["permission"]) for each in user["registered_model_permissions"]] == [
        ("a", "MANAGE"),
        ("b", "MANAGE"),
    ]


def test_a_user_is_not_told_of_models_that_they_may_not_read(call: Caller, prepare: Prepare) -> None:
    call.model("m")
    prepare(lambda session: grant(session, "rita", Level.NO_PERMISSIONS))
    assert call.by("rita")("GET", "/users/get", username="rita")["user"]["registered_model_permissions"] == []


@pytest.mark.parametrize("word", [*BOTH_WAYS, *ONE_WAY])
def test_a_permission_is_a_level(app: Flask, call: Caller, word: str) -> None:
    call.model("m")
    call("POST", "/registered-models/permissions/create", name="m", username="rita", permission=word)
    assert level_on(app, "m", "rita") is {**BOTH_WAYS, **ONE_WAY}[word]


@pytest.mark.parametrize("level", [*BOTH_WAYS.values(), *TOLD_AS_EDIT])
def test_a_level_is_told_as_a_permission(call: Caller, prepare: Prepare, level: Level) -> None:
    call.model("m")
    prepare(lambda session: grant(session, "rita", level))
    told = call("GET", "/registered-models/permissions/get", name="m", username="rita")
    expected = {level: word for word, level in BOTH_WAYS.items()}.get(level, "EDIT")
    assert told["registered_model_permission"]["permission"] == expected


def test_service_accounts_are_granted_permissions_too(app: Flask, call: Caller, prepare: Prepare) -> None:
    call.model("m")
    prepare(lambda session: accounts.create(session, "robot", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM))
    call("POST", "/registered-models/permissions/create", name="m", username="robot", permission="EDIT")
    assert level_on(app, "m", "robot") is Level.CAN_EDIT


def test_what_is_granted_by_name_is_no_permission_on_the_model(call: Caller) -> None:
    call.model("m")
    assert call.refused("GET", "/registered-models/permissions/get", name="m", username="rita") == (
        404,
        "RESOURCE_DOES_NOT_EXIST",
        "Registered model permission with name=m and username=rita not found",
    )


@pytest.mark.parametrize(
    ("method", "action", "fields"),
    [
        ("POST", "create", {"permission": "MANAGE"}),
        ("GET", "get", {}),
        ("PATCH", "update", {"permission": "MANAGE"}),
        ("DELETE", "delete", {}),
    ],
)
def test_who_may_not_grant_learns_nothing_about_who_there_is_either(
    call: Caller, method: str, action: str, fields: dict[str, Any]
) -> None:
    call.model("m")
    path = f"/registered-models/permissions/{action}"
    known, unknown = (
        call.by("petra").refused(method, path, name="m", username=name, **fields) for name in ("rita", "nobody")
    )
    assert known == unknown
    assert known[:2] == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize(
    ("method", "action", "fields"),
    [("POST", "grant", {"permission": "MANAGE"}), ("POST", "revoke", {}), ("GET", "get", {})],
)
def test_the_newer_calls_tell_no_more(call: Caller, method: str, action: str, fields: dict[str, Any]) -> None:
    call.model("m")
    told = []
    for name in ("rita", "nobody"):
        asked = {"username": name, "resource_type": "registered_model", "resource_id": "m", **fields}
        sent: dict[str, Any] = {"query_string": asked} if method == "GET" else {"json": asked}
        told.append(call.by("petra").answer(method, f"{NEWER}/{action}", **sent))
    assert told[0].json == told[1].json
    assert told[0].status_code == 403


def test_everybody_may_ask_what_they_may_do_themselves(call: Caller) -> None:
    call.model("m")
    asked = {"username": "rita", "resource_type": "registered_model", "resource_id": "m"}
    assert call.by("rita").answer("GET", f"{NEWER}/get", query_string=asked).json == {
        "allowed": True,
        "permission": "READ",
    }


@pytest.mark.parametrize("path", ["/experiments/permissions/create", "/users/no-such-call"])
def test_what_is_no_matter_of_a_registry_is_no_call(call: Caller, path: str) -> None:
    assert call.refused("POST", path)[:2] == (404, "ENDPOINT_NOT_FOUND")


@pytest.mark.parametrize("path", ["/api/3.0/mlflow/roles/create", "/api/3.0/mlflow/users/roles/list"])
def test_roles_are_told_to_be_none_in_mlflows_form(call: Caller, path: str) -> None:
    answer = call.answer("POST", path, json={}).json
    assert answer is not None
    assert answer["error_code"] == "ENDPOINT_NOT_FOUND"
