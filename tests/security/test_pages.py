"""Every call of the pages, tried by everybody: their own session lets them in, and nothing else does."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from flask import Flask

from assent.access import accounts, tokens
from assent.access.principals import SYSTEM
from assent.database import db, unit_of_work
from assent.web.frame.face import web
from support.browsing import Browser
from support.databases import PASSWORD, TEST

# What somebody gets who is signed in, with the form's proof.
OWN: Mapping[tuple[str, str], int] = {
    ("GET", "/"): 303,
    ("GET", "/inbox"): 200,
    ("GET", "/inbox/list"): 200,
    ("GET", "/inbox/tabs"): 200,
    ("GET", "/inbox/count"): 200,
    ("GET", "/requests/<int:request_id>"): 404,
    ("GET", "/requests/<int:request_id>/news"): 404,
    ("POST", "/requests/<int:request_id>/approve"): 400,
    ("POST", "/requests/<int:request_id>/reject"): 400,
    ("POST", "/requests/<int:request_id>/take-back"): 404,
    ("POST", "/requests/<int:request_id>/withdraw"): 404,
    ("POST", "/requests/<int:request_id>/override"): 400,
    ("POST", "/requests/<int:request_id>/review"): 400,
    ("POST", "/requests/<int:request_id>/look"): 404,
    ("GET", "/account"): 200,
    ("GET", "/administration"): 403,
    ("GET", "/administration/freezes"): 200,
    ("GET", "/administration/gates"): 200,
    ("GET", "/administration/gates/<name>"): 404,
    ("GET", "/administration/gates/<name>/try"): 404,
    ("GET", "/administration/lifecycles"): 200,
    ("GET", "/administration/requirements"): 200,
    ("GET", "/administration/rules"): 200,
    ("GET", "/administration/rules.yaml"): 200,
    ("POST", "/administration/freezes"): 403,
    ("POST", "/administration/freezes/<name>/end"): 400,
    ("POST", "/administration/gates/<name>/try/text"): 404,
    ("POST", "/administration/rules/apply"): 400,
    ("POST", "/administration/rules/plan"): 403,
    ("GET", "/audit"): 200,
    ("GET", "/audit/<int:number>"): 404,
    ("GET", "/audit/export"): 200,
    ("GET", "/compare"): 200,
    ("POST", "/account/sessions/<int:number>/end"): 303,
    ("POST", "/account/sessions/end-others"): 303,
    ("POST", "/account/tokens/<int:number>/revoke"): 303,
    ("GET", "/models/<name>/versions/<int:number>/comments"): 404,
    ("POST", "/models/<name>/versions/<int:number>/comments"): 400,
    ("GET", "/requests/<int:request_id>/comments"): 404,
    ("POST", "/requests/<int:request_id>/comments"): 404,
    ("GET", "/comments/<int:comment_id>"): 404,
    ("GET", "/comments/<int:comment_id>/edit"): 404,
    ("GET", "/comments/<int:comment_id>/texts"): 404,
    ("POST", "/comments/<int:comment_id>/reply"): 404,
    ("POST", "/comments/<int:comment_id>/edit"): 400,
    ("POST", "/comments/<int:comment_id>/delete"): 404,
    ("POST", "/comments/<int:comment_id>/resolve"): 404,
    ("POST", "/comments/<int:comment_id>/reopen"): 404,
    ("GET", "/mentions"): 200,
    ("POST", "/preview"): 200,
}
OF_OTHERS: Mapping[tuple[str, str], int] = {
    ("POST", "/account/sessions/<int:number>/end"): 404,
    ("POST", "/account/tokens/<int:number>/revoke"): 404,
}
OPEN = {
    ("GET", "/assets/<name>"),
    ("GET", "/sign-in"),
    ("GET", "/sign-in/with/<name>"),
    ("GET", "/sign-in/with/<name>/back"),
    ("POST", "/sign-in"),
    ("POST", "/sign-out"),
}


@dataclass(frozen=True)
class Place:
    """What bob has: a browser that is signed in, and a token."""

    app: Flask
    browser: Browser
    session: int
    token: int
    secret: str

    def path(self, call: tuple[str, str]) -> str:
        """The address of a call on bob's things."""
        path = call[1].replace("<int:number>", str(self.token if "tokens" in call[1] else self.session))
        return re.sub(r"<[^>]+>", "1", path)
        named = call[1].replace("<int:number>", str(self.token if "tokens" in call[1] else self.session))
        return re.sub(r"<int:\w+>", "1", named)


@pytest.fixture
def place(sqlite_app: Flask) -> Place:
    """Bob's things."""
    browser, other = Browser(sqlite_app), Browser(sqlite_app)
    browser.sign_in("bob")
    other.sign_in("bob")
    with sqlite_app.app_context(), unit_of_work(db.engine, TEST) as session:
        token = tokens.create(session, accounts.named(session, "bob"), by=SYSTEM)
        number = token.token.id
    listed = re.findall(r"/account/sessions/(\d+)/end", browser.ask("/account").text)
    return Place(sqlite_app, browser, int(listed[0]), number, token.secret)


def _tried(browser: Browser, call: tuple[str, str], path: str) -> int:
    proof = re.findall(r'name="csrf_token" value="([^"]+)"', browser.ask("/account").text)
    data = {"csrf_token": proof[0]} if proof else None
    return browser.ask(path, call[0], data=data).status_code


def test_every_call_has_its_row() -> None:
    assert {(call.method, call.path) for call in web.calls} == {*OWN, *OPEN}
    assert {(call.method, call.path) for call in web.calls if not call.needs_credentials} == OPEN


@pytest.mark.parametrize("call", OWN, ids=" ".join)
def test_who_is_signed_in_is_let_in(place: Place, call: tuple[str, str]) -> None:
    assert _tried(place.browser, call, place.path(call)) == OWN[call]


@pytest.mark.parametrize("call", OF_OTHERS, ids=" ".join)
@pytest.mark.parametrize(("name", "may"), [("rita", False), ("alice", False), ("admin", True)])
def test_the_things_of_others_are_an_administrators(
    place: Place, call: tuple[str, str], name: str, may: bool
) -> None:
    browser = Browser(place.app)
    browser.sign_in(name)
    assert _tried(browser, call, place.path(call)) == (OWN[call] if may else OF_OTHERS[call])


@pytest.mark.parametrize("call", OWN, ids=" ".join)
@pytest.mark.parametrize("shown", ["nothing", "password", "token", "ended session", "disabled", "forged cookie"])
def test_nothing_else_lets_in(place: Place, call: tuple[str, str], shown: str) -> None:
    browser, headers = Browser(place.app), {}
    match shown:
        case "password":
            headers = {"Authorization": f"Basic {_basic('bob')}"}
        case "token":
            headers = {"Authorization": f"Bearer {place.secret}"}
        case "ended session":
            browser.client.set_cookie("assent", place.browser.cookie or "")
            place.browser.sign_out()
        case "disabled":
            browser = place.browser
            with place.app.app_context(), unit_of_work(db.engine, TEST) as session:
                accounts.disable(session, accounts.named(session, "bob"), by=SYSTEM)
        case "forged cookie":
            browser.client.set_cookie("assent", "eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.bbbb")
    answer = browser.ask(place.path(call), call[0], headers=headers)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")


def _basic(name: str) -> str:
    return b64encode(f"{name}:{PASSWORD}".encode()).decode()
