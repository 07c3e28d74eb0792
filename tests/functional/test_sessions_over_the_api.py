"""Sessions over the native API: listed and ended."""

import pytest
from flask import Flask

from support.browsing import Browser, signed_in
from support.calling import Caller
from support.counting import counted
from support.databases import ADMINISTRATOR


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser in which alice is signed in."""
    return signed_in(app)


def _ids(call: Caller, **fields: str) -> list[int]:
    answer = call.answer("GET", "/api/v1/sessions", query_string=fields)
    assert answer.json is not None, answer.text
    return [each["id"] for each in answer.json["sessions"]]


def test_a_session_is_listed_with_where_it_is(call: Caller, browser: Browser) -> None:
    assert browser.is_signed_in()
    (session,) = call.api("GET", "/sessions")["sessions"]
    assert (session["issuer"], session["address"]) == (None, "127.0.0.1")
    assert session["user_agent"].startswith("Mozilla")


def test_a_session_that_is_ended_is_out(call: Caller, browser: Browser) -> None:
    (number,) = _ids(call)
    call.api("DELETE", f"/sessions/{number}")
    assert not browser.is_signed_in()
    assert _ids(call) == []


def test_all_sessions_are_ended_at_once(call: Caller, app: Flask, browser: Browser) -> None:
    other = Browser(app)
    other.sign_in("alice")
    call.api("DELETE", "/sessions")
    assert not browser.is_signed_in()
    assert not other.is_signed_in()


def test_an_administrator_ends_the_sessions_of_others(call: Caller, browser: Browser) -> None:
    admin = call.by(ADMINISTRATOR)
    assert (len(_ids(admin)), len(_ids(admin, **{"for": "alice"}))) == (0, 1)
    assert admin.answer("DELETE", "/api/v1/sessions?for=alice").status_code == 200
    assert not browser.is_signed_in()


@pytest.mark.usefixtures("browser")
def test_nobody_else_learns_of_sessions(call: Caller) -> None:
    (number,) = _ids(call)
    bob = call.by("bob")
    bob.api("DELETE", f"/sessions/{number}", status=404)
    for name in ("alice", "nobody"):
        assert bob.answer("GET", f"/api/v1/sessions?for={name}").status_code == 403
        assert bob.answer("DELETE", f"/api/v1/sessions?for={name}").status_code == 403
    assert _ids(call) == [number]


def test_the_statements_of_a_list_do_not_grow_with_it(app: Flask, call: Caller) -> None:
    call.api("GET", "/me")
    counts = set()
    for more in (1, 2):
        for _ in range(more):
            Browser(app).sign_in("alice")
        with counted(app) as statements:
            call.api("GET", "/sessions")
        counts.add(len(statements))
    assert counts == {2}
