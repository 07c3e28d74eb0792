"""Users and service accounts over HTTP: made, changed and disabled by administrators."""

import time
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from assent.access.people import accounts
from assent.audit.events import AuditEvent
from assent.database import db, unit_of_work
from assent.kernel.errors import AlreadyExists
from support.calling import API, Caller
from support.counting import counted
from support.databases import ADMINISTRATOR, PASSWORD, PEOPLE, TEST


@pytest.fixture
def admin(call: Caller) -> Caller:
    """Calls as an administrator."""
    return call.by(ADMINISTRATOR)


def _names(answer: dict[str, Any], of: str) -> list[str]:
    return [each["name"] for each in answer[of]]


def test_a_user_signs_in_with_the_password_they_were_given(admin: Caller) -> None:
    created = admin.api("POST", "/users", name="carol", password=PASSWORD)
    assert (created["administrator"], created["has_password"], created["disabled_at"]) == (False, True, None)
    assert admin.by("carol").api("GET", "/me")["name"] == "carol"


def test_a_user_may_have_no_password(admin: Caller) -> None:
    assert admin.api("POST", "/users", name="carol")["has_password"] is False


def test_a_name_is_given_once_to_a_user_or_a_service_account(admin: Caller) -> None:
    admin.api("POST", "/service-accounts", name="ci")
    assert "ci already" in admin.api("POST", "/users", status=409, name="ci")["detail"]


@pytest.mark.parametrize("name", ["", " a", "a:b", "a\x00", "a\n", "..", "x" * 129])
def test_a_name_that_could_not_be_used_is_refused(admin: Caller, name: str) -> None:
    admin.api("POST", "/users", status=400, name=name)


@pytest.mark.parametrize("name", ["a/b", "/a", "a b", "a%2Fb", "ü", "a@example.com", "a?b#c", "memberships", "…"])
def test_whatever_a_user_is_called_they_are_found_by_it(admin: Caller, name: str) -> None:
    admin.api("POST", "/users", name=name)
    assert admin.api("GET", f"/users/{quote(name, safe='')}")["name"] == name


@pytest.mark.parametrize("name", ["nobody", "%00", "a%0Ab", "..", "a:b"])
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_who_is_not_there_is_not_found(admin: Caller, method: str, name: str) -> None:
    admin.api(method, f"/users/{name}", status=404)


def test_a_service_account_is_no_user_and_a_user_no_service_account(admin: Caller) -> None:
    admin.api("POST", "/service-accounts", name="ci")
    admin.api("GET", "/users/ci", status=404)
    admin.api("GET", "/service-accounts/alice", status=404)
    assert "ci" not in _names(admin.api("GET", "/users"), "users")
    assert _names(admin.api("GET", "/service-accounts"), "service_accounts") == ["ci"]


@pytest.mark.parametrize("field", ["password", "administrator"])
def test_a_service_account_has_no_password_and_administers_nothing(admin: Caller, field: str) -> None:
    admin.api("POST", "/service-accounts", name="ci")
    admin.api("PATCH", "/service-accounts/ci", status=400, **{field: True})


def test_a_renamed_user_keeps_what_they_have_and_the_old_name_is_out(admin: Caller) -> None:
    alice = admin.by("alice")
    alice.model()
    admin.api("PATCH", "/users/alice", name="alicia")
    assert admin.by("alicia").found_models() == ["m"]
    _wait_until_out(alice)


def test_a_taken_name_is_refused(admin: Caller) -> None:
    assert "bob already" in admin.api("PATCH", "/users/alice", status=409, name="bob")["detail"]


def test_who_is_disabled_is_out_within_seconds_and_in_again_when_enabled(admin: Caller) -> None:
    bob = admin.by("bob")
    bob.api("GET", "/me")
    assert admin.api("PATCH", "/users/bob", disabled=True)["disabled_at"] is not None
    _wait_until_out(bob)
    assert admin.api("PATCH", "/users/bob", disabled=False)["disabled_at"] is None
    bob.api("GET", "/me")


def test_an_administrator_is_made_and_unmade(admin: Caller) -> None:
    assert admin.api("PATCH", "/users/bob", administrator=True)["administrator"] is True
    admin.by("bob").api("GET", "/users")
    assert admin.by("bob").api("PATCH", f"/users/{ADMINISTRATOR}", administrator=False)["administrator"] is False


@pytest.mark.parametrize("change", [{"administrator": False}, {"disabled": True}])
def test_the_last_administrator_stays(admin: Caller, change: dict[str, bool]) -> None:
    told = admin.api("PATCH", f"/users/{ADMINISTRATOR}", status=409, **change)
    assert told["detail"] == f"{ADMINISTRATOR} is the last administrator."


def test_of_several_changes_all_come_to_pass_or_none(admin: Caller) -> None:
    admin.api("PATCH", "/users/bob", status=409, disabled=True, name="alice")
    assert admin.api("GET", "/users/bob")["disabled_at"] is None
    changed = admin.api("PATCH", "/users/bob", disabled=True, name="robert", administrator=True)
    assert (changed["name"], changed["administrator"], changed["disabled_at"] is None) == ("robert", True, False)


def test_an_administrator_replaces_a_password(admin: Caller) -> None:
    admin.api("PATCH", "/users/bob", password="a better horse battery")
    answer = admin.client.get(f"{API}/me", auth=("bob", "a better horse battery"))
    assert answer.status_code == 200


def test_everybody_replaces_their_own_password_by_showing_it(call: Caller) -> None:
    bob = call.by("bob")
    bob.api("POST", "/me/password", status=403, current="a wrong password", password="a better horse battery")
    bob.api("POST", "/me/password", current=PASSWORD, password="a better horse battery")
    assert call.client.get(f"{API}/me", auth=("bob", "a better horse battery")).status_code == 200


def test_everybody_sees_themselves_and_nobody_else(call: Caller) -> None:
    rita = call.by("rita")
    assert rita.api("GET", "/users/rita")["name"] == "rita"
    for name in ("alice", "nobody"):
        rita.api("GET", f"/users/{name}", status=403)


@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("GET", "/users", {}),
        ("POST", "/users", {"name": "carol"}),
        ("PATCH", "/users/rita", {"administrator": True}),
        ("PATCH", "/users/nobody", {"disabled": True}),
        ("GET", "/service-accounts", {}),
        ("POST", "/service-accounts", {"name": "ci"}),
        ("GET", "/service-accounts/ci", {}),
        ("PATCH", "/service-accounts/ci", {"disabled": True}),
        ("PATCH", "/users/%00", {"disabled": True}),
    ],
)
def test_who_is_no_administrator_is_denied(call: Caller, method: str, path: str, fields: dict[str, Any]) -> None:
    call.by("rita").api(method, path, status=403, **fields)


def test_lists_go_on_after_a_name(admin: Caller) -> None:
    everybody = sorted([*PEOPLE, ADMINISTRATOR])
    assert _names(admin.api("GET", "/users"), "users") == everybody
    assert _names(admin.api("GET", "/users", after=everybody[2]), "users") == everybody[3:]


def test_the_statements_of_a_list_do_not_grow_with_it(app: Flask, admin: Caller) -> None:
    admin.api("GET", "/users")
    counts = set()
    for names in (["a"], ["b", "c", "d"]):
        for name in names:
            admin.api("POST", "/users", name=name)
        with counted(app) as statements:
            admin.api("GET", "/users")
        counts.add(len(statements))
    assert counts == {1}


def test_a_name_that_was_taken_meanwhile_is_told_as_such(app: Flask, admin: Caller) -> None:
    admin.api("POST", "/users", name="carol")
    taken = pytest.raises(AlreadyExists, match="of that name already")
    with app.app_context(), taken, unit_of_work(db.engine, TEST) as session:
        # As if somebody had come to be called so after the look whether anybody is.
        accounts.named(session, "carol").name = "bob"


def test_no_password_reaches_the_audit_log(app: Flask, admin: Caller) -> None:
    admin.api("POST", "/users", name="carol", password="a secret of hers")
    admin.api("PATCH", "/users/carol", password="another secret of hers")
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        told = [str(event.details) for event in session.query(AuditEvent)]
    assert told
    assert not any("secret" in each for each in told)


def _wait_until_out(somebody: Caller) -> None:
    for _ in range(50):
        if somebody.answer("GET", f"{API}/me").status_code == 401:
            return
        time.sleep(0.1)
    pytest.fail("still let in after 5 seconds")


def test_a_weak_password_is_refused_with_advice(admin: Caller) -> None:
    told = admin.api("POST", "/users", status=400, name="carol", password="password12345")
    assert told["detail"].startswith("The password is too easy to guess. ")
    assert "password12345" not in str(told)
    assert admin.api("GET", "/users/carol", status=404)


def test_a_password_that_holds_the_name_is_refused(call: Caller) -> None:
    told = call.by("alice").api("POST", "/me/password", status=400, current=PASSWORD, password="alice, my dear horse")
    assert "holds the user's name" in told["detail"]
