"""The first page of the administration."""

import pytest
from flask import Flask

from assent.access.people import accounts
from assent.database import db, unit_of_work
from support.browsing import Browser, message_of, signed_in
from support.counting import counted
from support.databases import TEST


@pytest.fixture
def admins(app: Flask) -> Browser:
    """The administrator's browser."""
    return signed_in(app, "admin")


def test_the_overview_counts_to_a_hundred_and_no_further(admins: Browser) -> None:
    assert '>Users</a> <span class="count">7</span>' in admins.ask("/administration").text
    with admins.app.app_context(), unit_of_work(db.engine, TEST) as session:
        for number in range(100):
            accounts.add(session, f"user {number}")
    with counted(admins.app) as statements:
        page = admins.ask("/administration").text
    assert '>Users</a> <span class="count">99+</span>' in page
    assert len(statements) <= 3


def test_who_is_no_administrator_sees_the_rules_alone_and_is_told_why(admins: Browser) -> None:
    browser = Browser(admins.app)
    browser.sign_in("alice")
    page = browser.ask("/administration").text
    assert "alice is no administrator" in page
    assert "/administration/gates" in page
    assert "/administration/users" not in page
    answer = browser.ask("/administration/users")
    assert (answer.status_code, message_of(answer)) == (403, "alice is no administrator.")
