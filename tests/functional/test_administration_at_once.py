"""Administrators who do at the same time what only one of them may."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from assent.access.people import accounts, groups
from assent.access.people.groups import GROUPS, MEMBERSHIPS
from assent.access.policy.principals import SYSTEM
from assent.database import db, unit_of_work
from support.calling import API, Caller
from support.databases import ADMINISTRATOR, TEST

ROUNDS = 5

Call = tuple[str, str, dict[str, Any]]


@pytest.fixture
def admin(call: Caller) -> Caller:
    """Calls as an administrator."""
    return call.by(ADMINISTRATOR)


@pytest.fixture
def at_once(app: Flask) -> Callable[..., list[int]]:
    """Makes some calls at the same time, as administrators; gives the status of each."""

    def make(*calls: Call, by: tuple[str, ...] = ()) -> list[int]:
        together = Barrier(len(calls))

        def one(call: Call, name: str) -> int:
            method, path, fields = call
            caller = Caller(app.test_client(), name)
            # Known already, so that all there is left to do is done at once.
            caller.api("GET", "/me")
            together.wait()
            return caller.answer(method, API + path, json=fields).status_code

        with ThreadPoolExecutor(len(calls)) as pool:
            return sorted(pool.map(one, calls, by or [ADMINISTRATOR] * len(calls)))

    return make


def test_two_groups_do_not_come_to_hold_each_other(admin: Caller, at_once: Callable[..., list[int]]) -> None:
    for number in range(ROUNDS):
        one, other = f"one {number}", f"other {number}"
        for name in (one, other):
            admin.api("POST", "/groups", name=name)
        got = at_once(
            ("POST", "/memberships", {"group": one, "kind": "group", "name": other}),
            ("POST", "/memberships", {"group": other, "kind": "group", "name": one}),
        )
        assert got == [200, 409]


def test_nobody_is_left_in_a_group_that_is_deleted(
    app: Flask, admin: Caller, at_once: Callable[..., list[int]]
) -> None:
    for number in range(ROUNDS):
        name = f"doomed {number}"
        admin.api("POST", "/groups", name=name)
        got = at_once(
            ("DELETE", f"/groups/{name}", {}),
            ("POST", "/memberships", {"group": name, "kind": "user", "name": "rita"}),
            ("PUT", "/grants", {"kind": "group", "name": name, "level": "CAN_READ"}),
        )
        assert set(got) <= {200, 404}
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        deleted = select(GROUPS.c.id).where(GROUPS.c.deleted_at.is_not(None))
        assert session.execute(MEMBERSHIPS.select().where(MEMBERSHIPS.c.group_id.in_(deleted))).all() == []
    assert "group" not in [each["kind"] for each in admin.api("GET", "/grants")["grants"]]


def test_two_administrators_do_not_remove_each_other(admin: Caller, at_once: Callable[..., list[int]]) -> None:
    for _ in range(ROUNDS):
        for name in (ADMINISTRATOR, "alice"):
            if not admin.api("GET", f"/users/{name}")["administrator"]:
                admin.api("PATCH", f"/users/{name}", administrator=True)
        got = at_once(
            ("PATCH", f"/users/{ADMINISTRATOR}", {"administrator": False}),
            ("PATCH", "/users/alice", {"administrator": False}),
            by=("alice", ADMINISTRATOR),
        )
        assert Counter(got)[200] == 1
        users = _somebody_who_can(admin).api("GET", "/users")["users"]
        left = [each["name"] for each in users if each["administrator"]]
        assert len(left) == 1
        admin = admin.by(left[0])


def test_a_name_is_taken_by_one(admin: Caller, at_once: Callable[..., list[int]]) -> None:
    for number in range(ROUNDS):
        got = at_once(
            ("PATCH", "/users/rita", {"name": f"taken {number}"}),
            ("PATCH", "/users/stan", {"name": f"taken {number}"}),
            ("POST", "/service-accounts", {"name": f"taken {number}"}),
        )
        assert got == [200, 409, 409]
        _give_names_back(admin, f"taken {number}")


def test_a_group_that_two_sign_ins_need_is_made_once(app: Flask) -> None:
    together = Barrier(2)

    def sign_in(name: str) -> None:
        with app.app_context(), unit_of_work(db.engine, TEST) as session:
            groups.keep_in_step(session, accounts.named(session, name), "https://idp", ["staff"], by=SYSTEM)

    def at_the_same_time(name: str) -> None:
        together.wait()
        sign_in(name)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(at_the_same_time, ["alice", "bob"]))
    members = Caller(app.test_client(), ADMINISTRATOR).api("GET", "/memberships", group="staff")["memberships"]
    assert sorted(each["name"] for each in members) == ["alice", "bob"]


def _somebody_who_can(admin: Caller) -> Caller:
    return next(
        each
        for each in (admin.by(ADMINISTRATOR), admin.by("alice"))
        if each.answer("GET", f"{API}/users").status_code == 200
    )


def _give_names_back(admin: Caller, taken: str) -> None:
    users = [each["name"] for each in admin.api("GET", "/users")["users"]]
    for name in ("rita", "stan"):
        if name not in users and taken in users:
            admin.api("PATCH", f"/users/{taken}", name=name)
