"""Grants over HTTP: by name, on a model, and what they come to."""

from typing import Any

import pytest
from flask import Flask

from support.calling import Caller
from support.counting import counted
from support.databases import ADMINISTRATOR, PEOPLE


@pytest.fixture
def admin(call: Caller) -> Caller:
    """Calls as an administrator, of a registry with the user carol and the groups risk and leads."""
    admin = call.by(ADMINISTRATOR)
    admin.api("POST", "/users", name="carol", password="correct horse battery")
    for group in ("risk", "leads"):
        admin.api("POST", "/groups", name=group)
    return admin


def _give(admin: Caller, level: str, who: str = "user:carol", pattern: str | None = None) -> None:
    kind, _, name = who.partition(":")
    admin.api("PUT", "/grants", kind=kind, name=name, level=level, pattern=pattern)


def _put(admin: Caller, group: str, member: str) -> None:
    kind, _, name = member.partition(":")
    admin.api("POST", "/memberships", group=group, kind=kind, name=name)


def _of_carol(grants: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(each["level"], each["pattern"]) for each in grants if each["name"] == "carol"]


def _explained(by: Caller, **who: Any) -> dict[str, Any]:
    return by.api("GET", "/models/m/permissions/explain", **who)


def test_grants_by_name_are_given_replaced_and_taken(admin: Caller) -> None:
    _give(admin, "CAN_READ")
    _give(admin, "CAN_CREATE_REGISTERED_MODEL")
    _give(admin, "CAN_EDIT", pattern="churn-*")
    _give(admin, "CAN_EDIT")
    given = admin.api("GET", "/grants")["grants"]
    assert _of_carol(given) == [
        ("CAN_EDIT", None),
        ("CAN_CREATE_REGISTERED_MODEL", None),
        ("CAN_EDIT", "churn-*"),
    ]
    admin.api("DELETE", "/grants", kind="user", name="carol", level="CAN_EDIT")
    admin.api("DELETE", "/grants", kind="user", name="carol", pattern="churn-*")
    assert _of_carol(admin.api("GET", "/grants")["grants"]) == [("CAN_CREATE_REGISTERED_MODEL", None)]


def test_lists_go_on_after_an_id(admin: Caller) -> None:
    first, *rest = admin.api("GET", "/grants")["grants"]
    assert admin.api("GET", "/grants", after=first["id"])["grants"] == rest
    assert first["name"] in PEOPLE


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"kind": "user", "name": "nobody", "level": "CAN_READ"}, 404),
        ({"kind": "group", "name": "nobody", "level": "CAN_READ"}, 404),
        ({"kind": "service_account", "name": "carol", "level": "CAN_READ"}, 404),
        ({"kind": "robot", "name": "carol", "level": "CAN_READ"}, 400),
        ({"kind": "user", "name": "carol", "level": "CAN_FLY"}, 400),
        ({"kind": "user", "name": "carol", "level": "CAN_READ", "pattern": ""}, 400),
        ({"kind": "user", "name": "carol", "level": "CAN_READ", "pattern": "a/*"}, 400),
        ({"kind": "user", "name": "carol"}, 400),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(admin: Caller, fields: dict[str, Any], status: int) -> None:
    admin.api("PUT", "/grants", status=status, **fields)


@pytest.mark.parametrize("name", ["carol", "nobody"])
def test_who_is_no_administrator_learns_of_no_grants_by_name(admin: Caller, name: str) -> None:
    alice = admin.by("alice")
    alice.api("GET", "/grants", status=403)
    for method, more in (("PUT", {"level": "CAN_READ"}), ("DELETE", {})):
        alice.api(method, "/grants", status=403, kind="user", name=name, **more)


def test_who_manages_a_model_grants_on_it(admin: Caller) -> None:
    alice, carol = admin.by("alice"), admin.by("carol")
    alice.model()
    carol.api("GET", "/models/m", status=404)
    alice.api("PUT", "/models/m/permissions", kind="user", name="carol", level="CAN_READ")
    assert carol.api("GET", "/models/m")["name"] == "m"
    alice.api("DELETE", "/models/m/permissions", kind="user", name="carol")
    carol.api("GET", "/models/m", status=404)


def test_the_permissions_of_a_model_are_those_on_it_and_those_by_name(admin: Caller) -> None:
    admin.by("alice").model()
    _give(admin, "CAN_READ", pattern="m*")
    _give(admin, "CAN_READ", pattern="n*")
    admin.api("PUT", "/models/m/permissions", kind="group", name="risk", level="CAN_EDIT")
    listed = admin.api("GET", "/models/m/permissions")["grants"]
    found = [(each["name"], each["place"], each["pattern"]) for each in listed]
    assert ("carol", "pattern", "m*") in found
    assert ("carol", "pattern", "n*") not in found
    assert ("risk", "model", None) in found
    assert ("alice", "registry", None) in found


@pytest.mark.parametrize("name", ["carol", "nobody"])
def test_who_may_not_grant_learns_of_no_names(admin: Caller, name: str) -> None:
    admin.by("alice").model()
    rita = admin.by("rita")
    for method, more in (("PUT", {"level": "CAN_READ"}), ("DELETE", {})):
        rita.api(method, "/models/m/permissions", status=403, kind="user", name=name, **more)
    rita.api("GET", "/models/m/permissions", status=403)
    rita.api("GET", "/models/m/permissions/explain", status=403, kind="user", name=name)


def test_the_right_to_create_is_not_granted_on_a_model(admin: Caller) -> None:
    admin.by("alice").model()
    fields = {"kind": "user", "name": "carol", "level": "CAN_CREATE_REGISTERED_MODEL"}
    admin.api("PUT", "/models/m/permissions", status=400, **fields)


def test_everybody_is_told_what_they_may_and_why(admin: Caller) -> None:
    admin.by("alice").model()
    _give(admin, "CAN_READ", pattern="m*")
    told = _explained(admin.by("carol"))
    assert (told["name"], told["level"], told["permissions"]) == (
        "carol",
        "CAN_READ",
        ["registered_model:read", "deployment:report", "request:open", "comment:write"],
    )
    assert (told["may_create"], told["default"]) == (False, "NO_PERMISSIONS")
    (grant,) = told["grants"]
    assert (grant["pattern"], grant["counts"], grant["through"]) == ("m*", True, [])


def test_the_way_through_groups_is_told(admin: Caller) -> None:
    admin.by("alice").model()
    _put(admin, "leads", "user:carol")
    _put(admin, "risk", "group:leads")
    _give(admin, "CAN_READ", "group:risk")
    _give(admin, "CAN_EDIT", "group:leads", "m")
    told = _explained(admin, kind="user", name="carol")
    assert told["level"] == "CAN_EDIT"
    assert [(each["name"], each["through"]) for each in told["grants"]] == [
        ("leads", ["leads"]),
        ("risk", ["leads", "risk"]),
    ]


def test_what_does_not_count_is_told_with_what_shuts_it_out(admin: Caller) -> None:
    admin.by("alice").model()
    _give(admin, "CAN_EDIT")
    _give(admin, "CAN_MANAGE", pattern="m")
    _put(admin, "risk", "user:carol")
    _give(admin, "NO_PERMISSIONS", "group:risk", "m*")
    told = _explained(admin, kind="user", name="carol")
    assert (told["level"], told["default"]) == ("NO_PERMISSIONS", None)
    shut_out = "NO_PERMISSIONS for group:risk on the pattern m*"
    assert [(each["level"], each["counts"], each["shut_out_by"]) for each in told["grants"]] == [
        ("CAN_MANAGE", False, shut_out),
        ("NO_PERMISSIONS", True, None),
        ("CAN_EDIT", False, shut_out),
    ]


def test_a_group_is_explained_as_who_is_in_it_and_nothing_else(admin: Caller) -> None:
    admin.by("alice").model()
    _put(admin, "risk", "group:leads")
    _give(admin, "CAN_READ", "group:risk")
    _give(admin, "CAN_EDIT", "group:leads", "m")
    told = _explained(admin, kind="group", name="leads")
    assert (told["kind"], told["level"]) == ("group", "CAN_EDIT")
    assert [(each["name"], each["through"]) for each in told["grants"]] == [("leads", []), ("risk", ["risk"])]
    assert _explained(admin, kind="group", name="risk")["level"] == "CAN_READ"


def test_a_group_without_grants_may_nothing_whatever_others_may(admin: Caller) -> None:
    admin.by("alice").model()
    _give(admin, "CAN_READ", "group:risk")
    told = _explained(admin, kind="group", name="leads")
    assert (told["level"], told["grants"]) == ("NO_PERMISSIONS", [])


def test_an_administrator_is_explained_as_one(admin: Caller) -> None:
    admin.by("alice").model()
    told = _explained(admin)
    assert (told["administrator"], told["level"], told["may_create"]) == (True, "CAN_MANAGE", True)


def test_a_disabled_user_may_nothing(admin: Caller) -> None:
    admin.by("alice").model()
    admin.api("PATCH", "/users/bob", disabled=True)
    told = _explained(admin, kind="user", name="bob")
    assert (told["disabled"], told["permissions"], told["may_create"]) == (True, [], False)


def test_who_to_explain_is_a_kind_and_a_name(admin: Caller) -> None:
    admin.by("alice").model()
    admin.api("GET", "/models/m/permissions/explain", status=400, name="carol")


def test_the_statements_of_lists_do_not_grow_with_them(app: Flask, admin: Caller) -> None:
    admin.by("alice").model()
    _put(admin, "risk", "user:carol")
    counts = set()
    for patterns in (["a*"], ["m", "m*", "?"]):
        for pattern in patterns:
            _give(admin, "CAN_READ", "group:risk", pattern)
        with counted(app) as statements:
            admin.api("GET", "/grants")
            admin.api("GET", "/models/m/permissions")
            _explained(admin, kind="user", name="carol")
        counts.add(len(statements))
    assert len(counts) == 1
