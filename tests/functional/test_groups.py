"""Groups over HTTP: who is in them, groups within groups, and what their members may do."""

from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assent.access.people import accounts, groups, memberships
from assent.access.people.groups import GROUPS, MEMBERSHIPS
from assent.access.policy.principals import SYSTEM
from assent.kernel.errors import Conflict, NotFound
from support.calling import Caller
from support.counting import counted
from support.databases import ADMINISTRATOR


@pytest.fixture
def admin(call: Caller) -> Caller:
    """Calls as an administrator."""
    return call.by(ADMINISTRATOR)


def _create(admin: Caller, *names: str) -> None:
    for name in names:
        admin.api("POST", "/groups", name=name)


def _put(admin: Caller, group: str, *members: str) -> None:
    for member in members:
        kind, _, name = member.partition(":")
        admin.api("POST", "/memberships", group=group, kind=kind, name=name)


def _members(admin: Caller, group: str) -> list[str]:
    listed = admin.api("GET", "/memberships", group=group)["memberships"]
    return [f"{each['kind']}:{each['name']}" for each in listed]


def test_a_group_is_created_once(admin: Caller) -> None:
    assert admin.api("POST", "/groups", name="risk")["name"] == "risk"
    assert admin.api("POST", "/groups", status=409, name="risk")["detail"] == "There is a group risk already."


@pytest.mark.parametrize("name", ["/risk/leads", "risk/members", "R&D", "é", "a b"])
def test_whatever_a_group_is_called_it_is_found_by_it(admin: Caller, name: str) -> None:
    _create(admin, name)
    assert admin.api("GET", f"/groups/{quote(name, safe='')}")["name"] == name


def test_members_are_listed_in_the_order_they_came(admin: Caller) -> None:
    _create(admin, "risk", "leads")
    admin.api("POST", "/service-accounts", name="ci")
    _put(admin, "risk", "user:rita", "group:leads", "service_account:ci", "user:rita")
    assert _members(admin, "risk") == ["user:rita", "group:leads", "service_account:ci"]


def test_who_is_taken_out_is_out(admin: Caller) -> None:
    _create(admin, "risk")
    _put(admin, "risk", "user:rita", "user:bob")
    for _ in range(2):
        admin.api("DELETE", "/memberships", group="risk", kind="user", name="rita")
    assert _members(admin, "risk") == ["user:bob"]


def test_a_member_may_be_named_in_the_query_of_a_delete(admin: Caller) -> None:
    _create(admin, "risk")
    _put(admin, "risk", "user:rita")
    path = "/api/v1/memberships?group=risk&kind=user&name=rita"
    assert admin.answer("DELETE", path).status_code == 200
    assert _members(admin, "risk") == []


def test_a_renamed_group_keeps_its_members(admin: Caller) -> None:
    _create(admin, "risk", "leads")
    _put(admin, "risk", "user:rita")
    assert admin.api("PATCH", "/groups/risk", name="risk office")["name"] == "risk office"
    assert _members(admin, "risk office") == ["user:rita"]
    admin.api("PATCH", "/groups/leads", status=409, name="risk office")


def test_a_deleted_group_leaves_its_name_and_nothing_else(admin: Caller) -> None:
    _create(admin, "risk", "all")
    _put(admin, "risk", "user:rita")
    _put(admin, "all", "group:risk")
    admin.api("DELETE", "/groups/risk")
    admin.api("GET", "/groups/risk", status=404)
    _create(admin, "risk")
    assert (_members(admin, "risk"), _members(admin, "all")) == ([], [])


@pytest.mark.parametrize("outermost", ["a", "b", "c"])
def test_no_group_comes_to_hold_itself_however_many_lie_between(admin: Caller, outermost: str) -> None:
    _create(admin, "a", "b", "c")
    _put(admin, "a", "group:b")
    _put(admin, "b", "group:c")
    fields = {"group": "c", "kind": "group", "name": outermost}
    admin.api("POST", "/memberships", status=409, **fields)


def test_one_group_may_be_in_two_that_one_group_holds(admin: Caller) -> None:
    _create(admin, "a", "b", "c", "d")
    _put(admin, "a", "group:b", "group:c")
    _put(admin, "b", "group:d")
    _put(admin, "c", "group:d")
    assert _members(admin, "c") == ["group:d"]


def test_everybody_sees_in_which_groups_they_are(admin: Caller) -> None:
    _create(admin, "risk", "leads")
    _put(admin, "risk", "user:rita", "user:bob")
    _put(admin, "leads", "user:rita")
    found = admin.by("rita").api("GET", "/memberships", kind="user", name="rita")["memberships"]
    assert [each["group"] for each in found] == ["risk", "leads"]


@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("GET", "/groups", {}),
        ("POST", "/groups", {"name": "mine"}),
        ("GET", "/groups/risk", {}),
        ("GET", "/groups/nothing", {}),
        ("PATCH", "/groups/risk", {"name": "mine"}),
        ("PATCH", "/groups/nothing", {"name": "mine"}),
        ("DELETE", "/groups/risk", {}),
        ("DELETE", "/groups/nothing", {}),
        ("GET", "/memberships", {}),
        ("GET", "/memberships", {"group": "risk"}),
        ("GET", "/memberships", {"kind": "user", "name": "bob"}),
        ("GET", "/memberships", {"kind": "group", "name": "risk"}),
        ("POST", "/memberships", {"group": "risk", "kind": "user", "name": "rita"}),
        ("POST", "/memberships", {"group": "nothing", "kind": "user", "name": "nobody"}),
        ("DELETE", "/memberships", {"group": "risk", "kind": "user", "name": "rita"}),
    ],
)
def test_who_is_no_administrator_is_denied(admin: Caller, method: str, path: str, fields: dict[str, Any]) -> None:
    _create(admin, "risk")
    _put(admin, "risk", "user:rita")
    admin.by("rita").api(method, path, status=403, **fields)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"group": "nothing", "kind": "user", "name": "rita"}, 404),
        ({"group": "risk", "kind": "user", "name": "nobody"}, 404),
        ({"group": "risk", "kind": "service_account", "name": "rita"}, 404),
        ({"group": "risk", "kind": "group", "name": "rita"}, 404),
        ({"group": "risk", "kind": "robot", "name": "rita"}, 400),
        ({"group": "risk", "name": "rita"}, 400),
    ],
)
def test_a_membership_of_what_is_not_there_is_refused(admin: Caller, fields: dict[str, str], status: int) -> None:
    _create(admin, "risk")
    for method in ("GET", "POST", "DELETE"):
        admin.api(method, "/memberships", status=status, **fields)


def test_the_statements_of_a_list_do_not_grow_with_it(app: Flask, admin: Caller) -> None:
    _create(admin, "risk")
    admin.api("GET", "/groups")
    counts = set()
    for names in (["alice"], ["bob", "rita", "stan"]):
        for name in names:
            _put(admin, "risk", f"user:{name}")
            _create(admin, f"of {name}")
        with counted(app) as statements:
            admin.api("GET", "/groups")
            admin.api("GET", "/memberships")
        counts.add(len(statements))
    assert counts == {2}


def test_a_large_group_is_listed_page_by_page(session: Session) -> None:
    group = groups.create(session, "everybody", by=SYSTEM)
    added = [accounts.add(session, f"user {number:04}") for number in range(1001)]
    rows = [{"group_id": group.id, "principal_id": each.id, "added_at": 1} for each in added]
    session.execute(MEMBERSHIPS.insert(), rows)
    first = memberships.every(session, group="everybody", by=SYSTEM)
    (last,) = memberships.every(session, group="everybody", after=first[-1].id, by=SYSTEM)
    assert (len(first), last.name) == (1000, "user 1000")


def test_nobody_comes_into_a_group_that_is_deleted_meanwhile(session: Session) -> None:
    group, alice = groups.create(session, "risk", by=SYSTEM), accounts.named(session, "alice")
    session.execute(GROUPS.update().where(GROUPS.c.id == group.id).values(deleted_at=1))
    with pytest.raises(NotFound):
        groups.add(session, group, alice, by=SYSTEM)


def test_a_circle_is_told_with_the_group_that_closes_it(session: Session) -> None:
    outer, inner = (groups.create(session, name, by=SYSTEM) for name in ("outer", "inner"))
    groups.add(session, outer, inner, by=SYSTEM)
    with pytest.raises(Conflict, match="The group outer holds inner, and cannot be in it"):
        groups.add(session, inner, outer, by=SYSTEM)


def test_an_identity_provider_keeps_its_own_memberships_in_step(session: Session) -> None:
    alice = accounts.named(session, "alice")
    by_hand = groups.create(session, "by hand", by=SYSTEM)
    groups.add(session, by_hand, alice, by=SYSTEM)
    groups.keep_in_step(session, alice, "https://idp", ["one", "two"], by=SYSTEM)
    groups.keep_in_step(session, alice, "https://other", ["three"], by=SYSTEM)
    groups.keep_in_step(session, alice, "https://idp", ["two", "four"], by=SYSTEM)
    held = memberships.every(session, kind="user", name="alice", by=SYSTEM)
    assert [each.group for each in held] == ["by hand", "two", "three", "four"]
