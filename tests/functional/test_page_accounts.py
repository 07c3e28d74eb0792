"""The pages of users and service accounts, without a script."""

import logging
import re
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from assent.access.credentials import tokens
from assent.access.granting import grants
from assent.access.granting.grants import Place
from assent.access.people import accounts, groups
from assent.access.policy.levels import Level
from assent.access.policy.principals import SYSTEM, Kind
from assent.access.signing_in import identities
from assent.access.signing_in.identities import Shown
from assent.database import db, unit_of_work
from support.browsing import Browser, message_of, signed_in
from support.counting import counted
from support.databases import TEST

USERS, SERVICE_ACCOUNTS = "/administration/users", "/administration/service-accounts"
ALICE = f"{USERS}/alice"
STRONG = "tall ships at dawn, 9"


@pytest.fixture
def admins(app: Flask) -> Browser:
    """The administrator's browser."""
    return signed_in(app, "admin")


def _secret(answer: TestResponse) -> str:
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    return unescape(re.findall(r"<code>(.*?)</code>", answer.text)[0])


def test_a_user_is_created_with_a_password_that_is_shown_once_and_kept_nowhere(
    admins: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = admins.submit(USERS, on=USERS, name="dora & co", way="generated")
    password = _secret(answer)
    assert password not in caplog.text
    assert password not in admins.ask(f"{USERS}/dora%20&%20co").text
    dora = Browser(admins.app)
    dora.sign_in("dora & co", password)
    assert dora.is_signed_in()


def test_a_weak_password_is_refused_with_what_was_typed_but_not_the_password(admins: Browser) -> None:
    answer = admins.submit(USERS, on=USERS, name="dora", way="generated", password=STRONG)
    assert (answer.status_code, "chose another way" in answer.text) == (400, True)
    answer = admins.submit(USERS, on=USERS, name="dora", way="typed", password="short", administrator="true")
    assert answer.status_code == 400
    assert message_of(answer) == "A password has 12 to 1024 characters."
    assert 'value="dora"' in answer.text
    assert re.search(r'value="typed" checked>.*name="administrator" value="true" checked>', answer.text, re.DOTALL)
    assert "short" not in answer.text


def test_accounts_are_found_by_the_beginning_of_their_names_page_by_page(admins: Browser) -> None:
    with admins.app.app_context(), unit_of_work(db.engine, TEST) as session:
        for number in range(60):
            accounts.add(session, f"bot {number:02}", kind=Kind.SERVICE_ACCOUNT)
            accounts.add(session, f"user_{number:02}")
    assert _listed(admins, SERVICE_ACCOUNTS) == [f"bot {number:02}" for number in range(50)]
    assert _listed(admins, f"{SERVICE_ACCOUNTS}?after=bot+49") == [f"bot {number:02}" for number in range(50, 60)]
    assert _listed(admins, f"{USERS}?beginning=user_1") == [f"user_{number}" for number in range(10, 20)]
    assert _listed(admins, f"{USERS}?beginning=%25") == []
    assert _listed(admins, f"{USERS}?beginning=b") == ["bob"]


def _listed(browser: Browser, path: str) -> list[str]:
    return re.findall(r'<th scope="row"><a[^>]*>(.*?)</a>', browser.ask(path).text)


def test_the_page_of_somebody_tells_their_groups_grants_and_identities(admins: Browser) -> None:
    with admins.app.app_context(), unit_of_work(db.engine, TEST) as session:
        leads, risk = (groups.create(session, name, by=SYSTEM) for name in ("leads", "risk/EU"))
        groups.add(session, risk, leads, by=SYSTEM)
        alice = accounts.named(session, "alice")
        groups.add(session, leads, alice, by=SYSTEM)
        grants.give(session, risk, Level.CAN_READ, on=Place(pattern="churn-*"), by=SYSTEM)
        erik = identities.account_of(session, Shown("https://login.example.com", "e-17", "erik"))
        assert erik.name == "erik"
    page = admins.ask(ALICE).text
    assert ">leads</a></li>" in page
    assert re.search(r'href="/administration/groups/risk/EU">risk/EU</a> <span class="soft">through leads', page)
    assert "models named <code>churn-*</code>" in page
    assert "e-17" in admins.ask(f"{USERS}/erik").text


def test_somebody_is_renamed_and_keeps_what_they_have(admins: Browser) -> None:
    answer = admins.submit(f"{ALICE}/rename", on=ALICE, new_name="alicia/x")
    assert answer.headers["Location"] == f"{USERS}/alicia/x"
    assert "CAN_MANAGE" in admins.ask(f"{USERS}/alicia/x").text
    refused = admins.submit(f"{USERS}/bob/rename", on=f"{USERS}/bob", new_name="alicia/x")
    assert (refused.status_code, 'value="alicia/x"' in refused.text) == (409, True)


def test_a_password_is_replaced_and_ends_the_sessions(admins: Browser) -> None:
    alices = Browser(admins.app)
    alices.sign_in("alice")
    assert admins.submit(f"{ALICE}/password", on=ALICE, way="typed", password=STRONG).status_code == 303
    assert not alices.is_signed_in()
    alices.sign_in("alice", STRONG)
    assert alices.is_signed_in()
    alices.sign_in("alice", _secret(admins.submit(f"{ALICE}/password", on=ALICE, way="generated")))
    assert alices.is_signed_in()


def test_the_last_administrator_stays_one_and_is_told_why(admins: Browser) -> None:
    admin = f"{USERS}/admin"
    refused = admins.submit(f"{admin}/administrator", on=admin)
    assert (refused.status_code, "admin" in message_of(refused)) == (409, True)
    admins.submit(f"{ALICE}/administrator", on=ALICE)
    admins.submit(f"{admin}/administrator", on=admin)
    assert admins.ask(USERS).status_code == 403


def test_to_disable_somebody_takes_one_clear_act_that_says_what_follows(admins: Browser) -> None:
    alices = Browser(admins.app)
    alices.sign_in("alice")
    page = admins.ask(ALICE).text
    assert "All tokens and sessions end for good" in page
    admins.submit(f"{ALICE}/disable", on=ALICE)
    assert not alices.is_signed_in()
    assert "disabled</span>" in admins.ask(ALICE).text
    admins.submit(f"{ALICE}/enable", on=ALICE)
    alices.sign_in("alice")
    assert alices.is_signed_in()


def test_a_token_with_limits_is_shown_once_and_revoked(admins: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    admins.submit(SERVICE_ACCOUNTS, on=SERVICE_ACCOUNTS, name="ci")
    ci = f"{SERVICE_ACCOUNTS}/ci"
    action = f"{USERS}/ci/tokens"
    said = {"label": "build", "days": "7", "scope_read": "true", "pattern": "churn-*", "targets": "Staging\n@next"}
    secret = _secret(admins.submit(action, on=ci, **said))
    assert secret not in caplog.text
    page = admins.ask(ci).text
    assert secret not in page
    assert all(f">{word}<" in page for word in ("read", "churn-*", "Staging", "@next"))
    asked = {"headers": {"Authorization": f"Bearer {secret}"}}
    assert admins.app.test_client().get("/api/v1/me", **asked).status_code == 200
    (revoking,) = re.findall(r'action="(/administration/users/ci/tokens/\d+/revoke)"', page)
    admins.submit(revoking, on=ci)
    assert "/tokens/" not in admins.ask(ci).text


def test_a_token_that_is_refused_keeps_what_was_typed(admins: Browser) -> None:
    action = f"{ALICE}/tokens"
    refused = admins.submit(action, on=ALICE, label="laptop", days="30", scope_report="true", targets="Nowhere")
    assert refused.status_code == 400
    assert "Nowhere" in message_of(refused)
    for kept in ('value="laptop"', 'value="30" selected', 'name="scope_report" value="true" checked', ">Nowhere</t"):
        assert kept in refused.text
    assert 'name="scope_read" value="true">' in refused.text


def test_sessions_of_somebody_are_ended_one_or_all(admins: Browser) -> None:
    alices, others = Browser(admins.app), Browser(admins.app)
    alices.sign_in("alice")
    others.sign_in("alice")
    first, _ = re.findall(r'action="(/administration/users/alice/sessions/\d+/end)"', admins.ask(ALICE).text)
    admins.submit(first, on=ALICE)
    assert (alices.is_signed_in(), others.is_signed_in()).count(True) == 1
    admins.submit(f"{ALICE}/sessions/end", on=ALICE)
    assert [alices.is_signed_in(), others.is_signed_in()] == [False, False]


def test_a_token_is_revoked_on_the_page_of_its_owner_alone(admins: Browser) -> None:
    with admins.app.app_context(), unit_of_work(db.engine, TEST) as session:
        bobs = tokens.create(session, accounts.named(session, "bob"), by=SYSTEM).token.id
    proof = {"csrf_token": admins.ask(ALICE).text.split('name="csrf_token" value="')[1].split('"')[0]}
    answer = admins.ask(f"{ALICE}/tokens/{bobs}/revoke", "POST", data=proof)
    assert answer.status_code == 404


def test_an_auditor_reads_and_is_shown_no_form(admins: Browser) -> None:
    with admins.app.app_context(), unit_of_work(db.engine, TEST) as session:
        grants.give(session, accounts.named(session, "rita"), Level.CAN_AUDIT, by=SYSTEM)
        tokens.create(session, accounts.named(session, "alice"), by=SYSTEM, label="of alice")
    auditors = Browser(admins.app)
    auditors.sign_in("rita")
    for path in (USERS, ALICE):
        page = auditors.ask(path)
        assert (page.status_code, "Only administrators change it" in page.text) == (200, True)
        assert 'action="/administration/users/' not in page.text
        assert "of alice" not in page.text


def test_the_page_of_somebody_takes_as_many_statements_whatever_they_have(admins: Browser) -> None:
    counts = set()
    for batch in range(2):
        with admins.app.app_context(), unit_of_work(db.engine, TEST) as session:
            alice = accounts.named(session, "alice")
            for number in range(20):
                group = groups.create(session, f"group {batch} {number}", by=SYSTEM)
                groups.add(session, group, alice, by=SYSTEM)
                grants.give(session, group, Level.CAN_READ, on=Place(pattern=f"{number}-*"), by=SYSTEM)
                tokens.create(session, alice, by=SYSTEM)
        with counted(admins.app) as statements:
            assert admins.ask(ALICE).status_code == 200
        counts.add(len(statements))
    assert len(counts) == 1
    assert max(counts) <= 12
