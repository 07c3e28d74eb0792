"""What one does on the page of one's own account, without a script."""

import logging
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask

from support.browsing import Browser, message_of, signed_in
from support.databases import PASSWORD

STRONG = "tall ships at dawn, 9"


@pytest.fixture
def alices(app: Flask) -> Browser:
    """Alice's browser."""
    return signed_in(app)


def test_a_password_is_replaced_by_who_shows_the_current_one(alices: Browser) -> None:
    wrong = alices.submit("/account/password", current_password="wrong", new_password=STRONG)
    assert (wrong.status_code, message_of(wrong)) == (403, "That is not the current password.")
    assert STRONG not in wrong.text
    weak = alices.submit("/account/password", current_password=PASSWORD, new_password="alice" * 3)
    assert (weak.status_code, "name" in message_of(weak)) == (400, True)
    answer = alices.submit("/account/password", current_password=PASSWORD, new_password=STRONG)
    assert answer.headers["Location"] == "/sign-in"
    assert message_of(alices.ask("/sign-in")).startswith("Your password is replaced")
    assert not alices.is_signed_in()
    alices.sign_in("alice", STRONG)
    assert alices.is_signed_in()


def test_a_token_with_limits_is_shown_this_once(alices: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answer = alices.submit("/account/tokens", label="laptop", days="30", scope_read="true", pattern="churn-*")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    secret = unescape(re.findall(r"<code>(.*?)</code>", answer.text)[0])
    assert secret not in caplog.text
    page = alices.ask("/account").text
    assert secret not in page
    assert "<code>churn-*</code>" in page
    asked = {"headers": {"Authorization": f"Bearer {secret}"}}
    assert alices.app.test_client().get("/api/v1/me", **asked).status_code == 200


def test_a_delegation_is_given_seen_by_both_and_ended_by_either(alices: Browser) -> None:
    bobs = Browser(alices.app)
    bobs.sign_in("bob")
    until = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%d")
    given = alices.submit("/account/delegations", delegate="bob", since="", until=until, reason="On <leave>")
    assert message_of(alices.ask(given.headers["Location"])) == "bob decides in your place as well."
    assert "On &lt;leave&gt;" in alices.ask("/account").text
    page = bobs.ask("/account").text
    assert "You decide in the place of alice" in page
    (ending,) = re.findall(r'action="(/account/delegations/\d+/revoke)"', page)
    bobs.submit(ending)
    assert "Nobody decides in your place" in alices.ask("/account").text


def test_a_delegation_that_cannot_be_keeps_what_was_typed(alices: Browser) -> None:
    refused = alices.submit("/account/delegations", delegate="bob", since="", until="2020-01-01", reason="long ago")
    assert refused.status_code == 400
    assert message_of(refused).startswith("until: ")
    assert all(f'value="{kept}"' in refused.text for kept in ("bob", "2020-01-01", "long ago"))
    no_day = alices.submit("/account/delegations", delegate="bob", until="soon")
    assert message_of(no_day) == "until: Write a day as 2026-12-31."


def test_the_administrator_sees_their_own_delegations_alone(alices: Browser) -> None:
    until = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%d")
    alices.submit("/account/delegations", delegate="bob", until=until)
    admins = Browser(alices.app)
    admins.sign_in("admin")
    assert "Nobody decides in your place" in admins.ask("/account").text
