"""A file of groups and grants over HTTP: planned, applied in one transaction, and refused with every fault."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assent.access.people import accounts, groups, memberships
from assent.access.policy.principals import SYSTEM
from assent.registry import declarations
from support.calling import Caller
from support.counting import counted
from support.databases import ADMINISTRATOR, PEOPLE


@pytest.fixture
def admin(call: Caller) -> Caller:
    """Calls as an administrator, of a registry with the model fraud and the service account ci."""
    call.model("fraud")
    admin = call.by(ADMINISTRATOR)
    admin.api("POST", "/service-accounts", name="ci")
    return admin


def _plan(admin: Caller, file: Any) -> list[str]:
    return _texts(admin.api("POST", "/grants/plan", file=file))


def _apply(admin: Caller, file: Any) -> list[str]:
    return _texts(admin.api("POST", "/grants/apply", file=file))


def _texts(answer: dict[str, Any]) -> list[str]:
    return [f"{each['sign']} {each['text']}" for each in answer["changes"]]


def _faults(admin: Caller, file: Any) -> dict[str, str]:
    """Where something is wrong, and what; the same for a plan as for what it is of."""
    plan, applied = (admin.api("POST", f"/grants/{verb}", status=400, file=file) for verb in ("plan", "apply"))
    assert plan == applied
    return {each["at"]: each["detail"] for each in plan["errors"]}


FILE: dict[str, Any] = {
    "groups": {"risk": ["user:rita", "group:leads"], "leads": ["user:alice", "service_account:ci"]},
    "grants": {
        "patterns": {"fraud*": {"group:risk": ["CAN_READ", "CAN_CREATE_REGISTERED_MODEL"]}},
        "models": {"fraud": {"group:leads": "CAN_MANAGE"}},
    },
}


def test_a_file_is_planned_and_nothing_is_changed(admin: Caller) -> None:
    planned = _plan(admin, FILE)
    assert planned == _plan(admin, FILE)
    assert planned == [
        "+ group leads",
        "+ group risk",
        "+ service_account:ci in the group leads",
        "+ user:alice in the group leads",
        "+ group:leads in the group risk",
        "+ user:rita in the group risk",
        "+ group:leads: CAN_MANAGE on the model fraud",
        "- user:alice: CAN_MANAGE on the model fraud",
        "+ group:risk: CAN_READ on the pattern fraud*",
        "+ group:risk: CAN_CREATE_REGISTERED_MODEL on the pattern fraud*",
    ]


def test_what_is_applied_is_what_was_planned_and_then_nothing_is_left(admin: Caller) -> None:
    planned = _plan(admin, FILE)
    assert _apply(admin, FILE) == planned
    assert (_plan(admin, FILE), _apply(admin, FILE)) == ([], [])


def test_what_a_file_says_is_so_afterwards(admin: Caller) -> None:
    _apply(admin, FILE)
    told = admin.api("GET", "/models/fraud/permissions/explain", kind="user", name="rita")
    assert ("group", "risk", "fraud*") in [(each["kind"], each["name"], each["pattern"]) for each in told["grants"]]
    ci = admin.api("GET", "/models/fraud/permissions/explain", kind="service_account", name="ci")
    assert (ci["level"], ci["may_create"]) == ("CAN_MANAGE", True)


def test_what_a_file_no_longer_names_goes(admin: Caller) -> None:
    _apply(admin, FILE)
    file = {"groups": {"leads": ["user:bob"]}, "grants": {"patterns": {}, "models": {"fraud": None}}}
    assert _apply(admin, file) == [
        "- service_account:ci in the group leads",
        "- user:alice in the group leads",
        "- group:leads in the group risk",
        "- user:rita in the group risk",
        "+ user:bob in the group leads",
        "- group:leads: CAN_MANAGE on the model fraud",
        "- group:risk: CAN_READ on the pattern fraud*",
        "- group:risk: CAN_CREATE_REGISTERED_MODEL on the pattern fraud*",
    ]
    assert [each["name"] for each in admin.api("GET", "/groups")["groups"]] == ["leads", "risk"]


def test_what_a_file_does_not_speak_of_stays(admin: Caller) -> None:
    before = admin.api("GET", "/grants")["grants"]
    _apply(admin, {"groups": {"leads": ["user:alice"]}, "grants": {"models": {"fraud": {}}}})
    assert admin.api("GET", "/grants")["grants"] == before


def test_the_registry_is_managed_when_it_is_spoken_of(admin: Caller) -> None:
    changes = _apply(admin, {"grants": {"registry": {"user:alice": "CAN_READ"}}})
    assert "~ user:alice: CAN_MANAGE -> CAN_READ on the registry" in changes
    left = admin.api("GET", "/grants")["grants"]
    assert [(each["name"], each["level"]) for each in left] == [("alice", "CAN_READ")]


def test_two_groups_change_places(admin: Caller) -> None:
    _apply(admin, {"groups": {"inner": None, "outer": ["group:inner"]}})
    turned = {"groups": {"inner": ["group:outer"], "outer": None}}
    assert _apply(admin, turned) == ["- group:inner in the group outer", "+ group:outer in the group inner"]


def test_all_that_is_wrong_is_told_with_its_place_and_nothing_is_changed(admin: Caller) -> None:
    before = admin.api("GET", "/grants")["grants"]
    file = {
        "groups": {"risk": ["user:ritta", "user:rita"], "a/b": ["group:nobody"]},
        "grants": {"registry": {"service_account:alice": "CAN_READ"}, "models": {"fraud": {}, "frod": {}, "": {}}},
    }
    faults = _faults(admin, file)
    assert faults == {
        "/grants/models/": "There is no registered model .",
        "/grants/models/frod": "There is no registered model frod.",
        "/groups/risk/0": "There is no user ritta: create it first, or name one that there is.",
        "/groups/a~1b/0": "There is no group nobody: create it first, or name one that there is.",
        "/grants/registry/service_account:alice": (
            "There is no service account alice: create it first, or name one that there is."
        ),
    }
    assert (admin.api("GET", "/grants")["grants"], admin.api("GET", "/groups")["groups"]) == (before, [])


@pytest.mark.parametrize("name", ["\x00", "a\nb", "a/b", "x" * 300])
def test_a_model_that_there_cannot_be_is_told_as_one_that_is_not(admin: Caller, name: str) -> None:
    (told,) = _faults(admin, {"grants": {"models": {name: {"user:alice": "CAN_READ"}}}}).values()
    assert told.startswith("There is no registered model")


@pytest.mark.parametrize("name", ["\x00", "a:b", "x" * 300])
def test_a_name_that_nobody_can_have_is_a_fault(admin: Caller, name: str) -> None:
    assert set(_faults(admin, {"groups": {"risk": [f"user:{name}"]}})) == {"/groups/risk/0"}


def test_a_deleted_model_is_not_there(admin: Caller) -> None:
    admin("DELETE", "/registered-models/delete", name="fraud")
    assert set(_faults(admin, {"grants": {"models": {"fraud": {}}}})) == {"/grants/models/fraud"}


def test_groups_that_would_hold_each_other_are_a_fault(admin: Caller) -> None:
    faults = _faults(admin, {"groups": {"a": ["group:b"], "b": ["group:c"], "c": ["group:a"]}})
    assert faults == {"/groups/a": "A group cannot come to be in itself: a > b > c > a."}


@pytest.mark.parametrize("file", [{}, {"groups": None}, {"grants": {"models": {}}}])
def test_an_empty_file_changes_nothing(admin: Caller, file: object) -> None:
    assert _plan(admin, file) == []


@pytest.mark.parametrize("file", [[], "groups", 7, {"groups": 7}, {"grants": {"models": {"fraud": [1]}}}])
def test_what_is_no_such_file_is_refused(admin: Caller, file: object) -> None:
    assert len(_faults(admin, file)) == 1


def test_only_administrators_may(admin: Caller) -> None:
    for verb in ("plan", "apply"):
        admin.by("alice").api("POST", f"/grants/{verb}", status=403, file=FILE)


def test_whom_an_identity_provider_keeps_in_a_group_stays(session: Session) -> None:
    alice = accounts.named(session, "alice")
    groups.keep_in_step(session, alice, "https://idp", ["risk"], by=SYSTEM)
    declarations.apply(session, {"groups": {"risk": ["user:rita"]}}, by=SYSTEM)
    held = memberships.every(session, group="risk", by=SYSTEM)
    assert [each.name for each in held] == ["alice", "rita"]


def test_two_files_at_once_leave_what_one_of_them_says(app: Flask, admin: Caller) -> None:
    files = [
        {"groups": {"risk": [f"user:{name}"]}, "grants": {"registry": {f"user:{name}": "CAN_READ"}}}
        for name in PEOPLE
    ]

    def apply(file: dict[str, Any]) -> int:
        caller = Caller(app.test_client(), ADMINISTRATOR)
        return caller.answer("POST", "/api/v1/grants/apply", json={"file": file}).status_code

    with ThreadPoolExecutor(len(files)) as pool:
        assert set(pool.map(apply, files)) == {200}
    members = [each["name"] for each in admin.api("GET", "/memberships", group="risk")["memberships"]]
    granted = [each["name"] for each in admin.api("GET", "/grants")["grants"]]
    assert members == granted
    assert len(members) == 1


def test_the_statements_of_a_plan_do_not_grow_with_the_file(app: Flask, admin: Caller) -> None:
    counts = set()
    for names in (["alice"], list(PEOPLE)):
        file = {
            "groups": {name: [f"user:{name}"] for name in names},
            "grants": {"patterns": {f"{name}*": {f"group:{name}": "CAN_READ"} for name in names}},
        }
        with counted(app) as statements:
            _plan(admin, file)
        counts.add(len(statements))
    assert len(counts) == 1
