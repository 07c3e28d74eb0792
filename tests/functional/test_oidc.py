"""Signing in through identity providers, which are real ones on this machine."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.integrations.flask_client import FlaskIntegration
from flask import Flask
from sqlalchemy import select

from assent.access.credentials.tables import SignInSession
from assent.access.people import accounts, groups
from assent.access.policy.principals import SYSTEM
from assent.access.signing_in.sign_in import SignIn
from assent.access.tables import Account, Identity
from assent.audit.actions import Action, Outcome
from assent.audit.events import AuditEvent
from assent.database import db, unit_of_work
from support.browsing import Browser, message_of
from support.databases import TEST, SqliteDatabases
from support.provider import CLIENT_ID, CLIENT_SECRET, DISCOVERY, END_SESSION, KEYS, TOKEN, USERINFO, Provider
from support.serving import serving
from support.signing import Flaw

PROVIDERS = """\
providers:
  - name: company
    title: the company
    issuer: {company}
    client_id: {client_id}
    client_secret_file: secret
    scopes: [openid, profile, email, groups]
    groups_claim: groups
  - name: partner
    issuer: {partner}
    client_id: {client_id}
    client_secret_file: secret
    sign_out: false
"""
BACK = "/sign-in/with/company/back"


@pytest.fixture
def company() -> Iterator[Provider]:
    """The company's identity provider."""
    with Provider() as running:
        yield running


@pytest.fixture
def partner() -> Iterator[Provider]:
    """Another one."""
    with Provider() as running:
        yield running


@pytest.fixture
def file(tmp_path: Path, company: Provider, partner: Provider) -> Path:
    """The file that names both."""
    (tmp_path / "secret").write_text(CLIENT_SECRET + "\n")
    written = tmp_path / "oidc.yaml"
    written.write_text(PROVIDERS.format(company=company.url, partner=partner.url, client_id=CLIENT_ID))
    return written


@pytest.fixture
def app(database_url: str, file: Path) -> Iterator[Flask]:
    """The service, which knows both."""
    with serving(database_url, oidc_file=file) as opened:
        yield opened


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser of somebody who is not signed in."""
    return Browser(app)


@pytest.fixture
def sqlite_browser(sqlite_databases: SqliteDatabases, file: Path) -> Iterator[Browser]:
    """A browser, for what no database has a part in."""
    with sqlite_databases.copy() as url, serving(url, oidc_file=file) as opened:
        yield Browser(opened)


def refusals(app: Flask) -> list[tuple[str, str]]:
    """The face and the reason of each refused sign-in that the audit log tells of."""
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        found = session.execute(
            select(AuditEvent.face, AuditEvent.details, AuditEvent.outcome)
            .where(AuditEvent.action == Action.SIGN_IN_REFUSED)
            .order_by(AuditEvent.id)
        ).all()
    assert {row.outcome for row in found} <= {Outcome.REFUSED}
    return [(row.face, row.details["message"]) for row in found]


def groups_of(app: Flask, name: str) -> list[str]:
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        return [
            called for _, called in groups.holding(session, SignIn().as_if(session, accounts.named(session, name)))
        ]


# Good tokens


def test_who_signs_in_there_is_signed_in_here_and_gets_an_account(browser: Browser, company: Provider) -> None:
    answer = browser.sign_in_through("company", next="/account?a=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account?a=1")
    page = browser.ask("/account").text
    assert "<strong>carol</strong>" in page
    assert "<dt>Through</dt><dd>the company</dd>" in page
    with browser.app.app_context(), unit_of_work(db.engine, TEST) as session:
        signed_in = session.execute(
            select(Account.name, Account.password_hash, Identity.subject, SignInSession.issuer)
            .join(Identity, Identity.principal_id == Account.id)
            .join(SignInSession, SignInSession.principal_id == Account.id)
        ).all()
    assert signed_in == [("carol", None, "id-of-carol", company.url)]


def test_the_sign_in_page_leads_to_each_provider_by_its_title(sqlite_browser: Browser) -> None:
    page = sqlite_browser.ask("/sign-in?next=/docs").text
    ways = re.findall(r'href="(/sign-in/with/[^"]+)">([^<]+)', page)
    assert ways == [
        ("/sign-in/with/company?next=/docs", "Sign in with the company"),
        ("/sign-in/with/partner?next=/docs", "Sign in with partner"),
    ]


def test_what_is_asked_has_a_state_a_nonce_and_a_challenge_that_are_new_each_time(sqlite_browser: Browser) -> None:
    asked = [
        parse_qs(urlsplit(sqlite_browser.ask("/sign-in/with/company").headers["Location"]).query) for _ in range(2)
    ]
    for one in asked:
        assert one["code_challenge_method"] == ["S256"]
        assert one["response_type"] == ["code"]
        assert one["scope"] == ["openid profile email groups"]
        assert one["redirect_uri"] == ["http://localhost" + BACK]
    for word in ("state", "nonce", "code_challenge"):
        assert len(asked[0][word][0]) >= 20
        assert asked[0][word] != asked[1][word]


def test_the_address_to_come_back_to_is_the_public_one(sqlite_databases: SqliteDatabases, file: Path) -> None:
    public = "https://models.example.com"
    with sqlite_databases.copy() as url, serving(url, oidc_file=file, public_url=public) as app:
        asked = Browser(app, "http://10.0.0.7:5000").ask("/sign-in/with/company").headers["Location"]
        assert parse_qs(urlsplit(asked).query)["redirect_uri"] == [public + BACK]


def test_another_name_there_changes_nothing_here(browser: Browser, company: Provider) -> None:
    browser.sign_in_through("company")
    company.signs_in("carol", preferred_username="caroline")
    browser.sign_in_through("company")
    assert "<strong>carol</strong>" in browser.ask("/account").text


def test_without_the_name_that_is_asked_for_it_is_the_address(sqlite_browser: Browser, company: Provider) -> None:
    company.signs_in("carol", preferred_username=None)
    sqlite_browser.sign_in_through("company")
    assert "<strong>carol@example.com</strong>" in sqlite_browser.ask("/account").text


def test_an_address_that_nobody_verified_is_no_name(sqlite_browser: Browser, company: Provider) -> None:
    company.signs_in("carol", preferred_username=None, email_verified=False)
    answer = sqlite_browser.sign_in_through("company")
    assert answer.status_code == 403
    assert "username_claim" in message_of(answer)


def test_two_providers_have_each_their_own_people(browser: Browser, partner: Provider) -> None:
    browser.sign_in_through("company")
    partner.signs_in("pat", sub="id-of-carol")
    browser.sign_in_through("partner")
    assert "<strong>pat</strong>" in browser.ask("/account").text


def test_groups_are_kept_in_step_over_two_sign_ins(browser: Browser, company: Provider) -> None:
    company.signs_in("carol", groups=["risk", "leads"])
    browser.sign_in_through("company")
    assert groups_of(browser.app, "carol") == ["leads", "risk"]
    company.signs_in("carol", groups=["risk", "team/a"])
    browser.sign_in_through("company")
    assert groups_of(browser.app, "carol") == ["risk", "team/a"]
    company.signs_in("carol", groups=None)
    browser.sign_in_through("company")
    assert groups_of(browser.app, "carol") == []


def test_where_no_claim_is_named_for_groups_none_are_touched(browser: Browser, partner: Provider) -> None:
    partner.signs_in("pat", groups=["admins"])
    browser.sign_in_through("partner")
    assert groups_of(browser.app, "pat") == []


def test_what_an_id_token_leaves_out_is_asked_for(sqlite_browser: Browser, company: Provider) -> None:
    company.signs_in("carol", preferred_username=None, email=None, groups=None)
    company.instead[USERINFO] = {"sub": "id-of-carol", "preferred_username": "caro", "groups": ["risk"]}
    sqlite_browser.sign_in_through("company")
    assert "<strong>caro</strong>" in sqlite_browser.ask("/account").text
    assert groups_of(sqlite_browser.app, "caro") == ["risk"]


def test_what_is_told_of_somebody_else_is_not_believed(sqlite_browser: Browser, company: Provider) -> None:
    company.signs_in("carol", groups=None)
    company.instead[USERINFO] = {"sub": "somebody", "groups": ["risk"]}
    answer = sqlite_browser.sign_in_through("company")
    assert (answer.status_code, message_of(answer)) == (
        403,
        "the company told of somebody else than who signed in.",
    )


def test_two_first_sign_ins_at_once_make_one_account(app: Flask) -> None:
    browsers = [Browser(app) for _ in range(4)]
    back = [browser.sent_back_by("company") for browser in browsers]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda browser, path: browser.ask(path).status_code, browsers, back))
    assert answers == [303] * 4
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        assert len(session.scalars(select(Identity.id)).all()) == 1


# Bad tokens


@pytest.mark.parametrize(
    ("flaw", "said"),
    [
        (Flaw.EXPIRED, "The token has expired."),
        (Flaw.WRONG_AUDIENCE, "The token is meant for another audience."),
        (Flaw.WRONG_ISSUER, "The token comes from another issuer."),
        (Flaw.UNKNOWN_KEY, "The token is signed with a key that its issuer does not have."),
        (Flaw.FORGED, "The token's signature is wrong."),
        (Flaw.ALTERED, "The token's signature is wrong."),
        (Flaw.UNSIGNED, "The token is signed in a way that is not accepted."),
        (Flaw.PUBLIC_KEY_AS_SECRET, "The token is signed in a way that is not accepted."),
        (Flaw.WRONG_NONCE, "The token is of another sign-in."),
    ],
)
def test_a_flawed_token_signs_nobody_in_and_is_recorded(
    browser: Browser, company: Provider, flaw: Flaw, said: str
) -> None:
    company.flaw = flaw
    answer = browser.sign_in_through("company", next="/docs")
    assert (answer.status_code, answer.mimetype, message_of(answer)) == (403, "text/html", said)
    assert 'href="/sign-in/with/company?next=/' in answer.text
    assert not browser.is_signed_in()
    assert refusals(browser.app) == [("web", said)]
    with browser.app.app_context(), unit_of_work(db.engine, TEST) as session:
        assert session.scalars(select(Identity.id)).all() == []


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"aud": [CLIENT_ID, "another"]}, "The token was made for another client than this registry."),
        (
            {"aud": [CLIENT_ID, "another"], "azp": "another"},
            "The token was made for another client than this registry.",
        ),
        ({"azp": "another"}, "The token was made for another client than this registry."),
        ({"sub": 7}, "The token's sub cannot be read."),
        ({"sub": ""}, "the company did not tell who signed in."),
        ({"nonce": None}, "The token is of another sign-in."),
        ({"nonce": ["a"]}, "The token is of another sign-in."),
        ({"amr": "password"}, "The token's amr is not as it should be."),
    ],
)
def test_claims_that_do_not_fit_sign_nobody_in(
    sqlite_browser: Browser, company: Provider, claims: dict[str, object], said: str
) -> None:
    company.person |= claims
    answer = sqlite_browser.sign_in_through("company")
    assert (answer.status_code, message_of(answer)) == (403, said)


def test_several_audiences_are_good_when_the_token_was_made_for_us(
    sqlite_browser: Browser, company: Provider
) -> None:
    company.person |= {"aud": [CLIENT_ID, "another"], "azp": CLIENT_ID}
    assert sqlite_browser.sign_in_through("company").status_code == 303


def test_a_state_serves_once(browser: Browser) -> None:
    back = browser.sent_back_by("company")
    assert browser.ask(back).status_code == 303
    assert browser.is_signed_in()
    browser.sign_out()
    replayed = browser.ask(back)
    assert replayed.status_code == 403
    assert "not begun in this browser" in message_of(replayed)
    assert not browser.is_signed_in()
    assert len(refusals(browser.app)) == 1


def test_a_sign_in_that_was_begun_an_hour_ago_is_over(
    sqlite_browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FlaskIntegration, "expires_in", 0)
    answer = sqlite_browser.sign_in_through("company")
    assert (answer.status_code, sqlite_browser.is_signed_in()) == (403, False)


def test_a_code_serves_once_even_where_the_cookie_is_put_back(sqlite_browser: Browser) -> None:
    back = sqlite_browser.sent_back_by("company")
    before = sqlite_browser.cookie or ""
    assert sqlite_browser.ask(back).status_code == 303
    thief = Browser(sqlite_browser.app)
    thief.client.set_cookie("assent", before)
    answer = thief.ask(back)
    assert answer.status_code == 403
    assert "the sign-in was finished already" in message_of(answer)


@pytest.mark.parametrize("query", ["", "?state=", "?state=wrong&code=x", "?code=x", "?error=access_denied"])
def test_who_did_not_begin_here_does_not_finish_here(sqlite_browser: Browser, query: str) -> None:
    sqlite_browser.ask("/sign-in/with/company")
    answer = sqlite_browser.ask(BACK + query)
    assert answer.status_code == 403
    assert "not begun in this browser" in message_of(answer)


def test_the_answer_of_another_browser_signs_nobody_in(sqlite_browser: Browser) -> None:
    back = Browser(sqlite_browser.app).sent_back_by("company")
    sqlite_browser.ask("/sign-in/with/company")
    assert sqlite_browser.ask(back).status_code == 403
    assert not sqlite_browser.is_signed_in()


def test_the_state_of_one_provider_is_none_of_the_others(sqlite_browser: Browser) -> None:
    back = sqlite_browser.sent_back_by("company").replace("/company/", "/partner/")
    assert sqlite_browser.ask(back).status_code == 403


def test_another_issuer_in_the_answer_is_refused(sqlite_browser: Browser) -> None:
    answer = sqlite_browser.ask(sqlite_browser.sent_back_by("company") + "&iss=https://evil.example")
    assert (answer.status_code, message_of(answer)) == (
        403,
        "Another identity provider answered than the one that was asked.",
    )


def test_several_sign_ins_can_be_begun_and_the_cookie_stays_small(sqlite_browser: Browser) -> None:
    back = [sqlite_browser.sent_back_by("company") for _ in range(6)]
    assert len(sqlite_browser.cookie or "") < 2500
    assert sqlite_browser.ask(back[0]).status_code == 403
    assert sqlite_browser.ask(back[-2]).status_code == 303


# The provider refuses, or is away


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("access_denied", "you or an administrator there did not allow it (access_denied)"),
        ("server_error", "it has a fault (server_error)"),
        ("<b>call 555-0100</b>", "of a reason that nobody here knows"),
    ],
)
def test_what_the_provider_refuses_is_told_and_recorded(
    browser: Browser, company: Provider, error: str, said: str
) -> None:
    company.refuses = error
    answer = browser.sign_in_through("company")
    message = f"the company did not sign you in, because {said}."
    assert (answer.status_code, message_of(answer)) == (403, message)
    assert refusals(browser.app) == [("web", message)]


def test_a_wrong_secret_is_told_to_be_wrong(sqlite_databases: SqliteDatabases, file: Path) -> None:
    (file.parent / "secret").write_text("wrong")
    with sqlite_databases.copy() as url, serving(url, oidc_file=file) as app:
        answer = Browser(app).sign_in_through("company")
    assert answer.status_code == 403
    assert "client_id and secret that are configured" in message_of(answer)
    assert "wrong" not in answer.text


def test_a_provider_that_is_away_is_told_to_be_away(sqlite_browser: Browser, company: Provider) -> None:
    company.stop()
    answer = sqlite_browser.ask("/sign-in/with/company?next=/docs")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert 'name="next" value="/docs"' in answer.text
    company.listen()
    assert sqlite_browser.sign_in_through("company").status_code == 303


@pytest.mark.parametrize("path", [TOKEN, KEYS])
def test_a_provider_that_goes_away_in_between_is_a_refused_sign_in(
    browser: Browser, company: Provider, path: str
) -> None:
    back = browser.sent_back_by("company")
    company.instead[path] = ("", 503)
    answer = browser.ask(back)
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert not browser.is_signed_in()
    assert len(refusals(browser.app)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        ("", 503),
        ("no JSON", 200),
        ("[]", 200),
        ({}, 200),
        ({"error": ["a"]}, 400),
        ({"error": {"a": "b"}, "error_description": 7}, 400),
        ({"error": "x", "error_description": "é\n<b>"}, 400),
        ({"id_token": 7, "access_token": "a", "token_type": "Bearer"}, 200),
        ({"access_token": "a", "token_type": "Bearer"}, 200),
        ({"id_token": "a.b.c"}, 200),
        ("", 302, {"Location": "http://127.0.0.1:1/"}),
    ],
    ids=repr,
)
def test_whatever_the_provider_answers_is_a_page_and_no_fault_of_ours(
    sqlite_browser: Browser, company: Provider, answer: object
) -> None:
    company.instead[TOKEN] = answer  # type: ignore[assignment]  # no answer that a provider has
    told = sqlite_browser.sign_in_through("company")
    assert told.status_code in (403, 503)
    assert message_of(told)
    assert not sqlite_browser.is_signed_in()


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://another.example"},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "http://elsewhere.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": 7},
        {"token_endpoint": "ftp://elsewhere.example"},
    ],
    ids=repr,
)
def test_a_provider_that_tells_odd_things_about_itself_is_not_followed(
    sqlite_browser: Browser, company: Provider, changed: dict[str, object]
) -> None:
    company.instead[DISCOVERY] = {**company.discovery(), **changed}
    assert sqlite_browser.ask("/sign-in/with/company").status_code == 503
    assert company.asked == [DISCOVERY]


def test_a_provider_that_wants_the_secret_in_the_body_gets_it_there(
    sqlite_browser: Browser, company: Provider
) -> None:
    wanted = {"token_endpoint_auth_methods_supported": ["client_secret_post"], "verify": False, "scope": "x"}
    company.instead[DISCOVERY] = {**company.discovery(), **wanted}
    assert sqlite_browser.sign_in_through("company").status_code == 303


def test_a_provider_that_is_not_named_is_not_found(sqlite_browser: Browser) -> None:
    for path in ("/sign-in/with/nobody", "/sign-in/with/nobody/back?state=x&code=y"):
        assert sqlite_browser.ask(path).status_code == 404


# Accounts


def test_a_taken_name_is_refused_in_words_for_the_administrator(browser: Browser, company: Provider) -> None:
    company.signs_in("bob")
    answer = browser.sign_in_through("company")
    assert answer.status_code == 403
    assert "The name bob is taken" in message_of(answer)
    assert "link_existing" in message_of(answer)
    with browser.app.app_context(), unit_of_work(db.engine, TEST) as session:
        told = session.scalars(select(AuditEvent.subject).where(AuditEvent.action == Action.SIGN_IN_REFUSED)).all()
    assert told == ["bob"]


def test_where_the_file_says_so_the_account_of_that_name_is_theirs(
    database_url: str, file: Path, company: Provider
) -> None:
    file.write_text(file.read_text().replace("groups_claim: groups", "link_existing: true"))
    company.signs_in("bob")
    with serving(database_url, oidc_file=file) as app:
        browser = Browser(app)
        assert browser.sign_in_through("company").status_code == 303
        assert "<strong>bob</strong>" in browser.ask("/account").text


def test_an_address_gets_nobody_an_account_that_is_there_unless_it_is_verified(
    sqlite_databases: SqliteDatabases, file: Path, company: Provider
) -> None:
    file.write_text(file.read_text().replace("groups_claim: groups", "link_existing: true"))
    company.signs_in("bob", preferred_username=None, email="bob", email_verified=None)
    with sqlite_databases.copy() as url, serving(url, oidc_file=file) as app:
        assert Browser(app).sign_in_through("company").status_code == 403


def test_who_is_disabled_here_is_not_let_in_from_there(browser: Browser) -> None:
    browser.sign_in_through("company")
    with browser.app.app_context(), unit_of_work(db.engine, TEST) as session:
        accounts.disable(session, accounts.named(session, "carol"), by=SYSTEM)
    assert not browser.is_signed_in()
    answer = browser.sign_in_through("company")
    assert (answer.status_code, message_of(answer)) == (403, "The account carol is disabled.")


# Signing out


def test_signing_out_leads_on_to_where_the_provider_does_it(browser: Browser, company: Provider) -> None:
    browser.sign_in_through("company")
    policy = browser.ask("/account").headers["Content-Security-Policy"]
    assert f"form-action 'self' {company.url};" in policy
    leads_to = browser.sign_out()
    assert leads_to.status_code == 303
    address = urlsplit(leads_to.headers["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == company.url + END_SESSION
    asked = parse_qs(address.query)
    assert asked["post_logout_redirect_uri"] == ["http://localhost/sign-in"]
    assert asked["client_id"] == [CLIENT_ID]
    assert not browser.is_signed_in()
    assert "form-action 'self';" in browser.ask("/sign-in").headers["Content-Security-Policy"]


def test_signing_out_stays_here_where_the_file_says_so_or_the_provider_has_no_place_for_it(
    sqlite_browser: Browser, company: Provider, partner: Provider
) -> None:
    partner.signs_in("pat")
    sqlite_browser.sign_in_through("partner")
    assert sqlite_browser.sign_out().headers["Location"] == "/sign-in"
    company.instead[DISCOVERY] = {**company.discovery(), "end_session_endpoint": None}
    sqlite_browser.sign_in_through("company")
    assert sqlite_browser.sign_out().headers["Location"] == "/sign-in"


def test_signing_out_works_while_the_provider_is_away(sqlite_browser: Browser, company: Provider) -> None:
    sqlite_browser.sign_in_through("company")
    company.stop()
    assert sqlite_browser.sign_out().status_code == 303
    assert not sqlite_browser.is_signed_in()


def test_nothing_secret_is_logged_or_recorded(sqlite_browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    back = sqlite_browser.sent_back_by("company")
    code = parse_qs(urlsplit(back).query)["code"][0]
    sqlite_browser.ask(back)
    sqlite_browser.ask(back)
    with sqlite_browser.app.app_context(), unit_of_work(db.engine, TEST) as session:
        recorded = str(session.execute(select(AuditEvent.details, AuditEvent.subject)).all())
    for text in (caplog.text, str([vars(each) for each in caplog.records]), recorded):
        assert CLIENT_SECRET not in text
        assert code not in text
