"""The forms that give and take access to one model, without a script."""

import pytest
from flask import Flask

from assent.access.people import accounts
from assent.access.signing_in.sign_in import SignIn
from assent.database import db, unit_of_work
from assent.registry import models
from support.browsing import Browser, message_of
from support.calling import Caller
from support.databases import ADMINISTRATOR, TEST

GITLAB = "https://gitlab.com"
HERE = "/models/churn%20%26%20co/access"


@pytest.fixture
def bobs(sqlite_app: Flask) -> Browser:
    """The browser of bob, who made a model."""
    with sqlite_app.app_context(), unit_of_work(db.engine, TEST) as session:
        models.create(session, "churn & co", by=SignIn().as_if(session, accounts.named(session, "bob")))
    browser = Browser(sqlite_app)
    browser.sign_in("bob")
    return browser


def _told(browser: Browser, **typed: str) -> str:
    page = browser.ask(HERE).text
    proof = page.split('name="csrf_token" value="')[1].split('"')[0]
    act = "give" if "level" in typed else "take"
    answer = browser.ask(f"{HERE}/{act}", "POST", data={"csrf_token": proof, **typed})
    return message_of(answer if answer.status_code != 303 else browser.ask(answer.headers["Location"]))


def test_who_manages_a_model_gives_and_takes_access_to_it(bobs: Browser) -> None:
    assert _told(bobs, kind="user", who="rita", level="CAN_EDIT") == "rita has CAN_EDIT on churn & co."
    assert "Take it away" in bobs.ask(HERE).text
    assert _told(bobs, kind="user", who="rita") == "What rita was granted on churn & co itself is taken."


def test_a_name_that_is_not_there_is_told_and_kept(bobs: Browser) -> None:
    assert _told(bobs, kind="group", who="nobody", level="CAN_EDIT") == "There is no group nobody."


def test_who_does_not_manage_it_sees_no_form_and_is_refused(bobs: Browser) -> None:
    ritas = Browser(bobs.app)
    ritas.sign_in("rita")
    assert "/access/give" not in ritas.ask(HERE).text
    assert "lacks the right" in _told(ritas, kind="user", who="rita", level="CAN_MANAGE")


def test_who_manages_a_model_trusts_a_publisher_with_it_and_ends_that(sqlite_app: Flask, sqlite_call: Caller) -> None:
    sqlite_call.model()
    sqlite_call.by(ADMINISTRATOR).api("POST", "/service-accounts", name="ci")
    sqlite_call.api("PUT", "/models/m/permissions", kind="service_account", name="ci", level="CAN_EDIT")
    sqlite_app.config["PUBLISHER_ISSUERS"] = frozenset({GITLAB})
    alice = Browser(sqlite_app)
    alice.sign_in("alice")
    typed = {"publisher": "nightly", "issuer": GITLAB, "claims": "project_path=acme/m", "service_account": "ci"}
    trusting = {"action": "/models/m/publishers", "on": "/models/m/access", **typed}
    refused = alice.submit(**trusting)
    assert (refused.status_code, "project_path=acme/m</textarea>" in refused.text) == (400, True)
    assert '<a href="/models/m/access" aria-current="page">' in refused.text
    assert alice.submit(**trusting, scope_register="true").status_code == 303
    assert "<code>project_path=acme/m</code>" in alice.ask("/models/m/access").text
    assert alice.submit("/models/m/publishers/1/revoke", on="/models/m/access").status_code == 303
    assert "<code>project_path=acme/m</code>" not in alice.ask("/models/m/access").text
