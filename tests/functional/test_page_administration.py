"""The first page of the administration."""

import pytest
from flask import Flask

from assent.access import accounts
from assent.database import db, unit_of_work
from support.browsing import Browser, message_of
from support.counting import counted
from support.databases import TEST


@pytest.fixture
def admins(app: Flask) -> Browser:
    """The administrator's browser."""
    browser = Browser(app)
    browser.sign_in("admin")
    return browser


def test_the_overview_counts_to_a_hundred_and_no_further(admins: Browser) -> None:
    assert '>Users <span class="count">7</span>' in admins.ask("/administration").text
    with admins.app.app_context(), unit_of_work(db.engine, TEST) as session:
        for number in range(100):
            accounts.add(session, f"user {number}")
    with counted(admins.app) as statements:
        page = admins.ask("/administration").text
    assert '>Users <span class="count">99+</span>' in page
    assert len(statements) <= 3


def test_who_is_no_administrator_is_told_so(admins: Browser) -> None:
    browser = Browser(admins.app)
    browser.sign_in("alice")
    answer = browser.ask("/administration")
    assert (answer.status_code, message_of(answer)) == (403, "alice is no administrator.")
