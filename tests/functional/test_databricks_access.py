"""Databricks' calls on who somebody is and what is granted on a model, over HTTP and without its SDK."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assent.access.granting import grants
from assent.access.granting.grants import Place
from assent.access.people import accounts, groups
from assent.access.policy.levels import Level
from assent.access.policy.principals import SYSTEM, Kind
from assent.database import db, unit_of_work
from assent.registry import permissions
from support.calling import Caller
from support.databases import NEW_PASSWORD, TEST

OURS = "/api/2.0"
GET = f"{OURS}/mlflow/databricks/registered-models/get"
ME = f"{OURS}/preview/scim/v2/Me"
REGISTRY = ["/registered-models/"]


@pytest.fixture
def prepare(app: Flask) -> Callable[[Callable[[Session], object]], None]:
    """Lets the domain do something beforehand."""

    def run(change: Callable[[Session], object]) -> None:
        with app.app_context(), unit_of_work(db.engines[None], TEST) as session:
            change(session)

    return run


@pytest.fixture
def path(call: Caller) -> str:
    """Where the permissions of a model of alice's are."""
    call.model("m")
    return path_of(call, "m")


def path_of(call: Caller, name: str) -> str:
    found = call.answer("GET", GET, query_string={"name": name}).json or {}
    model = found["registered_model_databricks"]
    return f"{OURS}/permissions/registered-models/{model['id']}"


def entry(level: str, **who: str) -> dict[str, str]:
    return {**who, "permission_level": level}


def told(call: Caller, method: str, path: str, *entries: Any) -> dict[str, Any]:
    """The levels that a call tells: who, then level by level where it comes from."""
    sent = {} if method == "GET" else {"json": {"access_control_list": entries}}
    answer = call.answer(method, path, **sent)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return {
        each["display_name"]: {
            given["permission_level"]: given.get("inherited_from_object", []) for given in each["all_permissions"]
        }
        for each in answer.json["access_control_list"]
    }


def direct(told: dict[str, Any]) -> dict[str, list[str]]:
    found = {name: [level for level, source in levels.items() if not source] for name, levels in told.items()}
    return {name: levels for name, levels in found.items() if levels}


def refused(call: Caller, method: str, path: str, *entries: Any) -> tuple[int, str, str]:
    answer = call.answer(method, path, **({} if method == "GET" else {"json": {"access_control_list": entries}}))
    assert answer.json is not None
    return answer.status_code, answer.json["error_code"], answer.json["message"]


def test_me_is_who_asks(call: Caller) -> None:
    found = call.by("rita").answer("GET", ME).json
    assert found is not None
    assert (found["userName"], found["displayName"], found["active"]) == ("rita", "rita", True)
    assert (found["emails"], found["groups"]) == ([], [])


def test_a_name_that_looks_like_an_address_is_one(
    call: Caller, prepare: Callable[[Callable[[Session], object]], None]
) -> None:
    prepare(lambda session: accounts.create(session, "ann@example.org", password=NEW_PASSWORD, by=SYSTEM))
    found = call.by("ann@example.org").answer("GET", ME).json
    assert found is not None
    assert found["emails"] == [{"value": "ann@example.org", "type": "work", "primary": True}]


def test_me_tells_the_groups_that_hold_who_asks_also_through_another(
    call: Caller, prepare: Callable[[Callable[[Session], object]], None]
) -> None:
    def nest(session: Session) -> None:
        outer, inner = (groups.create(session, name, by=SYSTEM) for name in ("outer", "inner"))
        groups.create(session, "elsewhere", by=SYSTEM)
        groups.add(session, outer, inner, by=SYSTEM)
        groups.add(session, inner, accounts.named(session, "rita"), by=SYSTEM)

    prepare(nest)
    found = call.by("rita").answer("GET", ME).json
    assert found is not None
    assert [group["display"] for group in found["groups"]] == ["inner", "outer"]


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("admin", "CAN_MANAGE"),
        ("alice", "CAN_MANAGE"),
        ("petra", "CAN_MANAGE_PRODUCTION_VERSIONS"),
        ("stan", "CAN_MANAGE_STAGING_VERSIONS"),
        ("edith", "CAN_EDIT"),
        ("rita", "CAN_READ"),
    ],
)
def test_a_model_is_told_with_the_level_of_who_asks(call: Caller, name: str, level: str) -> None:
    call.model("m", description="Buys.")
    found = call.by(name).answer("GET", GET, query_string={"name": "m"}).json
    assert found is not None
    model = found["registered_model_databricks"]
    assert (model["name"], model["description"], model["permission_level"]) == ("m", "Buys.", level)


def test_a_level_on_the_model_itself_is_told(call: Caller, path: str) -> None:
    told(call, "PATCH", path, entry("CAN_EDIT", user_name="rita"))
    found = call.by("rita").answer("GET", GET, query_string={"name": "m"}).json
    assert found is not None
    assert found["registered_model_databricks"]["permission_level"] == "CAN_EDIT"


def test_the_creators_level_is_the_models_own(call: Caller, path: str) -> None:
    assert direct(told(call, "GET", path)) == {"alice": ["CAN_MANAGE"]}


def test_levels_by_name_are_inherited(
    call: Caller, path: str, prepare: Callable[[Callable[[Session], object]], None]
) -> None:
    def give(session: Session) -> None:
        rita = accounts.named(session, "rita")
        for pattern in ("m*", "n*"):
            grants.give(session, rita, Level.CAN_EDIT, on=Place(pattern=pattern), by=SYSTEM)

    prepare(give)
    assert told(call, "GET", path)["rita"] == {"CAN_READ": REGISTRY, "CAN_EDIT": ["/registered-models/names/m*"]}


def test_the_right_to_create_is_no_level_on_a_model(call: Caller, path: str) -> None:
    assert told(call, "GET", path)["edith"] == {"CAN_EDIT": REGISTRY}


def test_object_is_named(call: Caller, path: str) -> None:
    answer = call.answer("GET", path).json
    assert answer is not None
    assert answer["object_id"] == path.removeprefix(f"{OURS}/permissions")
    assert answer["object_type"] == "registered-model"


@pytest.mark.parametrize("key", ["user_name", "group_name", "service_principal_name"])
def test_users_groups_and_service_accounts_are_granted_levels(
    call: Caller, path: str, key: str, prepare: Callable[[Callable[[Session], object]], None]
) -> None:
    def add(session: Session) -> None:
        accounts.create(session, "user_name", by=SYSTEM)
        groups.create(session, "group_name", by=SYSTEM)
        accounts.create(session, "service_principal_name", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM)

    prepare(add)
    wanted = entry("CAN_EDIT", **{key: key})
    answer = call.answer("PATCH", path, json={"access_control_list": [wanted]}).json
    assert answer is not None
    assert [each[key] for each in answer["access_control_list"] if key in each and each["display_name"] == key] == [
        key
    ]


def test_an_update_adds_to_what_is_there(call: Caller, path: str) -> None:
    after = told(call, "PATCH", path, entry("CAN_READ", user_name="rita"))
    assert direct(after) == {"alice": ["CAN_MANAGE"], "rita": ["CAN_READ"]}


def test_an_update_takes_the_place_of_ones_level(call: Caller, path: str) -> None:
    told(call, "PATCH", path, entry("CAN_MANAGE", user_name="rita"))
    after = told(call, "PATCH", path, entry("CAN_READ", user_name="rita"))
    assert direct(after)["rita"] == ["CAN_READ"]


def test_setting_replaces_what_is_there(call: Caller, path: str) -> None:
    after = told(call, "PUT", path, entry("CAN_EDIT", user_name="rita"))
    assert direct(after) == {"rita": ["CAN_EDIT"]}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_nobody_is_named_twice(call: Caller, path: str, method: str) -> None:
    entries = [entry("CAN_EDIT", user_name="rita"), entry("CAN_READ", user_name="rita")]
    answer = call.answer(method, path, json={"access_control_list": entries})
    assert answer.status_code == 400
    assert "named twice" in answer.text
    assert "rita" not in [name for name, levels in told(call, "GET", path).items() if not all(levels.values())]


@pytest.mark.parametrize("body", [{}, {"access_control_list": []}])
def test_setting_nothing_takes_all_away(call: Caller, path: str, body: dict[str, Any]) -> None:
    answer = call.answer("PUT", path, json=body)
    assert answer.status_code == 200
    assert direct(told(call, "GET", path)) == {}


def test_what_is_given_holds_at_once(
    call: Caller, path: str, prepare: Callable[[Callable[[Session], object]], None]
) -> None:
    prepare(lambda session: accounts.create(session, "carol", password=NEW_PASSWORD, by=SYSTEM))
    assert call.by("carol").refused("GET", "/registered-models/get", name="m")[0] == 404
    told(call, "PATCH", path, entry("CAN_READ", user_name="carol"))
    assert call.by("carol")("GET", "/registered-models/get", name="m")
    told(call, "PUT", path)
    assert call.by("carol").refused("GET", "/registered-models/get", name="m")[0] == 404


def shut_out_rita(session: Session) -> None:
    model = permissions.named(session, "m", by=SYSTEM)
    permissions.give(session, model, accounts.named(session, "rita"), Level.NO_PERMISSIONS, by=SYSTEM)


def test_no_permissions_has_no_word_and_is_left_out(
    call: Caller, path: str, prepare: Callable[[Callable[[Session], object]], None]
) -> None:
    prepare(shut_out_rita)
    assert direct(told(call, "GET", path)) == {"alice": ["CAN_MANAGE"]}


def test_setting_levels_opens_to_nobody_who_was_shut_out(
    call: Caller, path: str, prepare: Callable[[Callable[[Session], object]], None]
) -> None:
    prepare(shut_out_rita)
    told(call, "PUT", path, entry("CAN_MANAGE", user_name="alice"))
    assert call.by("rita").refused("GET", "/registered-models/get", name="m")[0] == 404


def test_naming_who_was_shut_out_lets_them_in(
    call: Caller, path: str, prepare: Callable[[Callable[[Session], object]], None]
) -> None:
    prepare(shut_out_rita)
    told(call, "PUT", path, entry("CAN_READ", user_name="rita"))
    assert call.by("rita")("GET", "/registered-models/get", name="m")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH"])
def test_who_does_not_manage_a_model_is_denied(call: Caller, path: str, method: str) -> None:
    assert refused(call.by("petra"), method, path, entry("CAN_MANAGE", user_name="petra"))[:2] == (
        403,
        "PERMISSION_DENIED",
    )


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_who_may_not_grant_learns_nothing_about_who_there_is(call: Caller, path: str, method: str) -> None:
    known, unknown = (
        refused(call.by("petra"), method, path, entry("CAN_READ", user_name=name)) for name in ("rita", "nobody")
    )
    assert known == unknown


def test_the_reason_of_a_denial_is_for_programs_too(call: Caller, path: str) -> None:
    answer = call.by("petra").answer("GET", path).json
    assert answer is not None
    assert answer["details"] == [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "RIGHT_LACKING",
            "domain": "assent",
            "metadata": {"permission": "registered_model:grant", "level": "CAN_MANAGE_PRODUCTION_VERSIONS"},
        }
    ]


@pytest.mark.parametrize("number", ["0", "999999", "m", "-1", "1e3", "9" * 30, "%D9%A1"])
@pytest.mark.parametrize("tail", ["", "/permissionLevels"])
def test_there_is_no_model_with_such_an_id(call: Caller, number: str, tail: str) -> None:
    status, code, _ = refused(call, "GET", f"{OURS}/permissions/registered-models/{number}{tail}")
    assert (status, code) == (404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize("tail", ["", "/permissionLevels"])
def test_a_model_that_one_may_not_read_is_not_there(
    call: Caller, path: str, tail: str, prepare: Callable[[Callable[[Session], object]], None]
) -> None:
    prepare(shut_out_rita)
    status, code, message = refused(call.by("rita"), "GET", path + tail)
    number = path.rpartition("/")[2]
    assert (status, code, message) == (
        404,
        "RESOURCE_DOES_NOT_EXIST",
        f"There is no registered model with the id {number}.",
    )


def test_the_levels_are_those_of_the_sdk(call: Caller, path: str) -> None:
    answer = call.by("rita").answer("GET", f"{path}/permissionLevels").json
    assert answer is not None
    assert [each["permission_level"] for each in answer["permission_levels"]] == [
        "CAN_READ",
        "CAN_EDIT",
        "CAN_MANAGE_STAGING_VERSIONS",
        "CAN_MANAGE_PRODUCTION_VERSIONS",
        "CAN_MANAGE",
    ]


@pytest.mark.parametrize(
    ("entries", "begins"),
    [
        ([{"permission_level": "CAN_READ"}], "Name one of user_name, group_name, service_principal_name"),
        ([entry("CAN_READ", user_name="rita", group_name="g")], "Name one of user_name"),
        ([entry("NO_PERMISSIONS", user_name="rita")], "Invalid permission_level 'NO_PERMISSIONS'. It must be one of"),
        ([entry("CAN_CREATE_REGISTERED_MODEL", user_name="rita")], "Invalid permission_level"),
        ([{"user_name": "rita"}], "Missing value for required parameter 'permission_level'"),
        ([entry("CAN_READ", user_name="a\x00b")], "Invalid value for parameter 'user_name' supplied: it holds a NUL"),
        ([{"user_name": 7, "permission_level": "CAN_READ"}], "Invalid value 7 for parameter 'user_name' supplied"),
        (["rita"], "access_control_list must be a list of objects."),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_bad_entry_is_refused(call: Caller, path: str, method: str, entries: list[Any], begins: str) -> None:
    status, code, message = refused(call, method, path, *entries)
    assert (status, code, message[: len(begins)]) == (400, "INVALID_PARAMETER_VALUE", begins)
    assert direct(told(call, "GET", path)) == {"alice": ["CAN_MANAGE"]}


def test_nobody_is_granted_anything_who_is_not_there(call: Caller, path: str) -> None:
    assert refused(call, "PATCH", path, entry("CAN_READ", user_name="nobody")) == (
        404,
        "RESOURCE_DOES_NOT_EXIST",
        "There is no user nobody.",
    )


@pytest.mark.parametrize(
    "path", [GET + "/x", f"{OURS}/permissions/experiments/1", f"{OURS}/preview/scim/v2/Users", ME + "/"]
)
def test_what_is_not_served_is_told_in_this_protocols_form(call: Caller, path: str) -> None:
    answer = call.answer("GET", path).json
    assert answer is not None
    assert (answer["error_code"], answer["details"]) == ("ENDPOINT_NOT_FOUND", [])


def test_nothing_is_told_without_credentials(call: Caller) -> None:
    answer = call.client.get(ME)
    assert answer.json is not None
    assert (answer.status_code, answer.json["error_code"]) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_more_entries_than_anybody_needs_are_refused(call: Caller, path: str, method: str) -> None:
    entries = [entry("CAN_READ", user_name="rita")] * 1001
    answer = call.answer(method, path, json={"access_control_list": entries})
    assert (answer.status_code, (answer.json or {})["message"]) == (
        400,
        "access_control_list holds at most 1000 entries.",
    )
