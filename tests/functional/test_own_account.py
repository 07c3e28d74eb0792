"""The page about oneself."""

import re

import pytest
from flask import Flask

from assent.access.credentials import tokens
from assent.access.people import accounts, groups
from assent.access.policy.limits import limits
from assent.access.policy.principals import SYSTEM
from assent.database import db, unit_of_work
from support.browsing import Browser, message_of, signed_in
from support.databases import TEST


@pytest.fixture
def alices(app: Flask) -> Browser:
    """Alice's browser."""
    return signed_in(app)


def test_the_page_names_the_groups_that_hold_one_directly_or_not(alices: Browser) -> None:
    with alices.app.app_context(), unit_of_work(db.engine, TEST) as session:
        leads, everybody = (groups.create(session, name, by=SYSTEM) for name in ("leads & heads", "everybody"))
        groups.create(session, "others", by=SYSTEM)
        groups.add(session, leads, accounts.named(session, "alice"), by=SYSTEM)
        groups.add(session, everybody, leads, by=SYSTEM)
    named = re.findall(r'<li class="pill">(.*?)</li>', alices.ask("/account").text)
    assert named == ["everybody", "leads &amp; heads"]


def _session_numbers(browser: Browser) -> list[str]:
    return re.findall(r'action="/account/sessions/(\d+)/end"', browser.ask("/account").text)


def test_another_browser_can_be_signed_out_and_this_one_not(alices: Browser) -> None:
    other = Browser(alices.app)
    other.sign_in("alice")
    (number,) = _session_numbers(alices)
    assert message_of(alices.ask(alices.submit(f"/account/sessions/{number}/end").headers["Location"])) == (
        "That browser is signed out."
    )
    assert not other.is_signed_in()
    assert _session_numbers(alices) == []


def test_all_other_browsers_can_be_signed_out_at_once(alices: Browser) -> None:
    others = [Browser(alices.app) for _ in range(2)]
    for other in others:
        other.sign_in("alice")
    alices.submit("/account/sessions/end-others")
    assert not any(other.is_signed_in() for other in others)
    assert alices.is_signed_in()


def test_the_session_of_somebody_else_is_not_found(alices: Browser) -> None:
    bobs, second = Browser(alices.app), Browser(alices.app)
    bobs.sign_in("bob")
    second.sign_in("bob")
    (number,) = _session_numbers(bobs)
    proof = re.findall(r'name="csrf_token" value="([^"]+)"', alices.ask("/account").text)[0]
    answer = alices.ask(f"/account/sessions/{number}/end", "POST", data={"csrf_token": proof})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert second.is_signed_in()


def test_tokens_that_are_good_are_listed_and_can_be_revoked(alices: Browser) -> None:
    with alices.app.app_context(), unit_of_work(db.engine, TEST) as session:
        owner = accounts.named(session, "alice")
        limited = limits(scopes=["read"], pattern="fraud-*")
        secret = tokens.create(session, owner, by=SYSTEM, label="<ci>", limits=limited).secret
        bobs = tokens.create(session, accounts.named(session, "bob"), by=SYSTEM, label="bobs").token.id
    page = alices.ask("/account").text
    assert "&lt;ci&gt;" in page
    assert "fraud-*" in page
    assert secret not in page
    assert "bobs" not in page
    (number,) = re.findall(r'action="/account/tokens/(\d+)/revoke"', page)
    alices.submit(f"/account/tokens/{number}/revoke")
    assert "/revoke" not in alices.ask("/account").text
    assert alices.client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    proof = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    assert alices.ask(f"/account/tokens/{bobs}/revoke", "POST", data={"csrf_token": proof}).status_code == 404


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/144.0 Safari/537.36 Edg/144.0", "Edge on macOS"),
        ("curl/8.5.0", "curl"),
        ("<script>", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_called_as_people_call_it(sqlite_app: Flask, user_agent: str, name: str) -> None:
    browser = Browser(sqlite_app)
    page = browser.ask("/sign-in").text
    proof = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    typed = {"username": "alice", "password": "correct horse battery", "csrf_token": proof}
    browser.ask("/sign-in", "POST", data=typed, headers={"User-Agent": user_agent})
    assert f'<p class="what">{name} <span' in browser.ask("/account").text
