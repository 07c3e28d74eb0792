"""Signing in with a browser, and out."""

import re
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from assent.access.credentials.tables import SignInSession
from assent.access.people import accounts
from assent.access.policy.principals import SYSTEM
from assent.app import create_app
from assent.audit.actions import Action, Outcome
from assent.audit.events import AuditEvent
from assent.database import db, unit_of_work
from assent.kernel.clock import now
from support.browsing import Browser, cookie_set_by, message_of
from support.calling import MLFLOW
from support.databases import PASSWORD, TEST, SqliteDatabases, settings_for
from support.serving import serving

HOUR = 3_600_000
ELSEWHERE = "https://models.example.com"


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser of somebody who is not signed in."""
    return Browser(app)


@pytest.fixture
def sqlite_browser(sqlite_app: Flask) -> Browser:
    """A browser, for what no database has a part in."""
    return Browser(sqlite_app)


def test_a_name_and_a_password_sign_in(browser: Browser) -> None:
    answer = browser.sign_in("alice")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "You are signed in as <strong>alice</strong>" in browser.ask("/account").text


@pytest.mark.parametrize(("name", "password"), [("alice", "wrong password"), ("nobody", PASSWORD)])
def test_wrong_credentials_are_refused_alike_and_recorded(browser: Browser, name: str, password: str) -> None:
    answer = browser.sign_in(name, password)
    assert answer.status_code == 403
    assert message_of(answer) == "Unknown user or wrong credentials."
    assert not browser.is_signed_in()
    with browser.app.app_context(), unit_of_work(db.engine, TEST) as session:
        told = session.execute(
            select(AuditEvent.outcome, AuditEvent.subject, AuditEvent.face).where(
                AuditEvent.action == Action.SIGN_IN_REFUSED
            )
        ).one()
    assert told == (Outcome.REFUSED, name, "web")


def test_too_many_attempts_are_told_as_such_even_with_the_right_password(database_url: str) -> None:
    with serving(database_url, attempts_per_account_and_address=2) as app:
        browser = Browser(app)
        for _ in range(2):
            assert browser.sign_in("alice", "wrong password").status_code == 403
        answer = browser.sign_in("alice")
        assert answer.status_code == 429
        assert message_of(answer).startswith("Too many attempts to sign in have failed; try again in")
        assert 'value="alice"' in answer.text
        assert browser.sign_in("bob").status_code == 303


def test_the_form_and_basic_count_together(database_url: str) -> None:
    with serving(database_url, attempts_per_account_and_address=2) as app:
        for _ in range(2):
            assert app.test_client().get("/api/v1/me", auth=("alice", "wrong password")).status_code == 401
        assert Browser(app).sign_in("alice").status_code == 429


def test_a_refused_form_keeps_the_name_and_where_one_was_going_and_never_the_password(
    sqlite_browser: Browser,
) -> None:
    answer = sqlite_browser.sign_in('al"ice<', "tHe-password", page="/sign-in?next=/docs%3Fa%3D1%26b%3D2")
    assert 'value="al&#34;ice&lt;"' in answer.text
    assert 'name="next" value="/docs?a=1&amp;b=2"' in answer.text
    assert "tHe-password" not in answer.text


@pytest.mark.parametrize("typed", [{"username": "alice"}, {"password": PASSWORD}, {}])
def test_an_empty_field_is_asked_for_again(sqlite_browser: Browser, typed: dict[str, str]) -> None:
    answer = sqlite_browser.submit("/sign-in", on="/sign-in", **typed)
    assert (answer.status_code, message_of(answer)) == (400, "Give your name and your password.")


def test_a_page_sends_to_sign_in_and_back(sqlite_browser: Browser) -> None:
    asked = sqlite_browser.ask("/account?a=1&b=%C3%A9")
    assert asked.status_code == 303
    assert "WWW-Authenticate" not in asked.headers
    arrived = sqlite_browser.sign_in("alice", page=asked.headers["Location"])
    assert arrived.headers["Location"] == "/account?a=1&b=%C3%A9"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
        "/\x00/evil.example",
        "/" + "x" * 5000,
    ],
)
def test_signing_in_leads_to_no_other_place(sqlite_browser: Browser, elsewhere: str) -> None:
    typed = {"username": "alice", "password": PASSWORD, "next": elsewhere}
    assert sqlite_browser.submit("/sign-in", on="/sign-in", **typed).headers["Location"] == "/"
    assert sqlite_browser.ask("/sign-in", query_string={"next": elsewhere}).headers["Location"] == "/"


@pytest.mark.parametrize(
    "path",
    [
        *("/api/v1/me", f"{MLFLOW}/registered-models/search", "/metrics", "/docs"),
        *("/api/v1/nothing", "/api/2.0/nothing", "/ajax-api/2.0/nothing"),
    ],
)
def test_an_api_path_answers_a_browser_too_with_json_and_never_with_a_page(
    sqlite_browser: Browser, path: str
) -> None:
    answer = sqlite_browser.ask(path)
    assert (answer.status_code, answer.is_json) == (401, True)
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_what_is_nowhere_is_no_secret_to_who_is_signed_in(sqlite_browser: Browser) -> None:
    assert sqlite_browser.ask("/no/such/page").status_code == 303
    sqlite_browser.sign_in("alice")
    answer = sqlite_browser.ask("/no/such/page")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


# The form's proof of where it was sent from


def test_a_form_without_its_proof_signs_nobody_in(browser: Browser) -> None:
    browser.ask("/sign-in")
    answer = browser.ask("/sign-in", "POST", data={"username": "alice", "password": PASSWORD})
    assert answer.status_code == 400
    assert 'value="alice"' in answer.text
    assert not browser.is_signed_in()


def test_the_proof_of_another_browser_signs_nobody_in(sqlite_browser: Browser) -> None:
    sqlite_browser.ask("/sign-in")
    page = Browser(sqlite_browser.app).ask("/sign-in").text
    proof = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    typed = {"username": "alice", "password": PASSWORD, "csrf_token": proof}
    answer = sqlite_browser.ask("/sign-in", "POST", data=typed)
    assert (answer.status_code, message_of(answer)) == (400, "This page was open for long. Please sign in once more.")
    assert not sqlite_browser.is_signed_in()


def test_who_keeps_no_cookies_is_told_so(sqlite_app: Flask) -> None:
    for host, why in (("http://localhost", "Allow them"), ("http://10.0.0.7:5000", "begins with https")):
        answer = Browser(sqlite_app, host).ask("/sign-in", "POST", data={"username": "alice"})
        assert why in message_of(answer)


def test_over_tls_a_form_must_come_from_a_page_of_the_same_host(sqlite_app: Flask) -> None:
    browser = Browser(sqlite_app, ELSEWHERE)
    page = browser.ask("/sign-in").text
    proof = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    typed = {"username": "alice", "password": PASSWORD, "csrf_token": proof}
    for referrer in ("https://evil.example/", "http://models.example.com/", ""):
        assert browser.ask("/sign-in", "POST", data=typed, headers={"Referer": referrer}).status_code == 400
    assert browser.ask("/sign-in", "POST", data=typed).status_code == 303


# The cookie


def test_the_cookie_is_another_one_after_signing_in(sqlite_browser: Browser) -> None:
    sqlite_browser.ask("/sign-in")
    before = sqlite_browser.cookie
    sqlite_browser.sign_in("alice")
    after = sqlite_browser.cookie
    assert before
    assert after
    assert before != after
    planted = Browser(sqlite_browser.app)
    planted.client.set_cookie("assent", before)
    assert not planted.is_signed_in()


def test_signing_in_again_ends_the_session_before(browser: Browser) -> None:
    browser.sign_in("alice")
    stolen = Browser(browser.app)
    stolen.client.set_cookie("assent", browser.cookie or "")
    assert stolen.is_signed_in()
    page = browser.ask("/account").text
    proof = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    browser.ask("/sign-in", "POST", data={"username": "bob", "password": PASSWORD, "csrf_token": proof})
    assert "<strong>bob</strong>" in browser.ask("/account").text
    assert not stolen.is_signed_in()


@pytest.mark.parametrize(
    ("host", "name", "is_secure"),
    [
        ("http://localhost", "assent", False),
        ("http://127.0.0.1:5000", "assent", False),
        ("http://[::1]:5000", "assent", False),
        ("http://10.0.0.7", "__Host-assent", True),
        (ELSEWHERE, "__Host-assent", True),
        ("http://localhost.example.com", "__Host-assent", True),
    ],
)
def test_the_cookie_is_for_tls_only_except_on_the_same_machine(
    sqlite_app: Flask, host: str, name: str, is_secure: bool
) -> None:
    cookie = cookie_set_by(Browser(sqlite_app, host).ask("/sign-in"))
    assert cookie.startswith(f"{name}=")
    assert ("; Secure" in cookie) is is_secure
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie
    assert "; Path=/" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(("trusted_proxies", "is_believed"), [(0, False), (1, True)])
def test_a_proxy_that_is_trusted_says_what_came_over_tls(
    sqlite_databases: SqliteDatabases, trusted_proxies: int, is_believed: bool
) -> None:
    with sqlite_databases.copy() as url, serving(url, trusted_proxies=trusted_proxies) as app:
        headers = Browser(app).ask("/sign-in", headers={"X-Forwarded-Proto": "https"}).headers
    assert ("Strict-Transport-Security" in headers) is is_believed


def test_behind_a_public_address_the_cookie_is_for_tls_only_whatever_host_the_proxy_names(
    sqlite_databases: SqliteDatabases,
) -> None:
    with sqlite_databases.copy() as url, serving(url, public_url=ELSEWHERE) as app:
        answer = Browser(app, "http://127.0.0.1:5000").ask("/sign-in")
    assert cookie_set_by(answer).startswith("__Host-assent=")
    assert "; Secure" in cookie_set_by(answer)
    assert "Strict-Transport-Security" in answer.headers


def test_signing_in_works_over_tls(sqlite_app: Flask) -> None:
    browser = Browser(sqlite_app, ELSEWHERE)
    browser.sign_in("alice")
    assert browser.is_signed_in()


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.bbbb", "\xff", "x" * 4000])
def test_a_cookie_that_was_not_signed_here_is_nobodys(sqlite_browser: Browser, cookie: str) -> None:
    sqlite_browser.client.set_cookie("assent", cookie)
    assert not sqlite_browser.is_signed_in()
    assert sqlite_browser.ask("/sign-in").status_code == 200


@pytest.mark.parametrize("host", ["", "a b", "[", "::::", "host:99999999", "x" * 3000, "\xff\xfe"])
def test_any_host_header_is_answered(sqlite_app: Flask, host: str) -> None:
    headers = {"Host": host, "Cookie": "assent=x; __Host-assent=y"}
    answer = sqlite_app.test_client().get("/sign-in", headers=headers)
    assert answer.status_code < 500


def test_a_cookie_lets_read_on_other_faces_and_change_nothing(browser: Browser) -> None:
    browser.sign_in("alice")
    me = browser.ask("/api/v1/me").json
    assert me is not None
    assert me["name"] == "alice"
    assert browser.ask("/docs").status_code == 200
    for face in (MLFLOW, "/ajax-api/2.0/mlflow"):
        answer = browser.ask(f"{face}/registered-models/create", "POST", json={"name": "m"})
        assert answer.status_code == 401


def test_other_credentials_go_before_the_cookie(sqlite_browser: Browser) -> None:
    sqlite_browser.sign_in("alice")
    me = sqlite_browser.client.get("/api/v1/me", auth=("bob", PASSWORD)).json
    assert me is not None
    assert me["name"] == "bob"
    assert sqlite_browser.client.get("/api/v1/me", auth=("bob", "wrong")).status_code == 401


def test_pages_take_no_header_for_signing_in(sqlite_app: Flask) -> None:
    assert sqlite_app.test_client().get("/account", auth=("alice", PASSWORD)).status_code == 303


# The end


def test_signing_out_ends_the_session_and_the_cookie_with_it(browser: Browser) -> None:
    browser.sign_in("alice")
    stolen = Browser(browser.app)
    stolen.client.set_cookie("assent", browser.cookie or "")
    answer = browser.sign_out()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert message_of(browser.ask("/sign-in")) == "You are signed out."
    assert not browser.is_signed_in()
    assert not stolen.is_signed_in()


def test_signing_out_takes_the_forms_proof(sqlite_browser: Browser) -> None:
    sqlite_browser.sign_in("alice")
    assert sqlite_browser.ask("/sign-out", "POST").status_code == 400
    assert sqlite_browser.ask("/sign-out").status_code == 405
    assert sqlite_browser.is_signed_in()


def test_two_processes_share_the_key_and_an_ended_session_is_out_of_both_at_once(
    app: Flask, database_url: str
) -> None:
    browser = Browser(app)
    browser.sign_in("alice")
    with serving(database_url) as second:
        there = Browser(second)
        there.client.set_cookie("assent", browser.cookie or "")
        assert there.is_signed_in()
        browser.sign_out()
        assert not there.is_signed_in()


def test_who_is_disabled_is_out_at_once(browser: Browser) -> None:
    browser.sign_in("bob")
    with browser.app.app_context(), unit_of_work(db.engine, TEST) as session:
        accounts.disable(session, accounts.named(session, "bob"), by=SYSTEM)
    assert not browser.is_signed_in()
    assert browser.sign_in("bob").status_code == 403


@pytest.mark.parametrize("column", ["last_used_at", "expires_at"])
def test_a_session_that_is_over_sends_to_sign_in(browser: Browser, column: str) -> None:
    browser.sign_in("alice")
    assert browser.is_signed_in()
    with browser.app.app_context(), unit_of_work(db.engine, TEST) as session:
        session.execute(update(SignInSession).values({column: now() - 12 * HOUR}))
    assert browser.ask("/account").headers["Location"] == "/sign-in?next=/account"


def test_use_is_noted_by_the_minute(browser: Browser) -> None:
    browser.sign_in("alice")
    an_hour_ago = now() - HOUR
    with browser.app.app_context(), unit_of_work(db.engine, TEST) as session:
        session.execute(update(SignInSession).values(last_used_at=an_hour_ago))
    noted = []
    for _ in range(2):
        browser.ask("/account")
        with browser.app.app_context(), unit_of_work(db.engine, TEST) as session:
            noted.append(session.scalars(select(SignInSession.last_used_at)).one())
        time.sleep(0.002)
    assert noted[0] == noted[1] > an_hour_ago


# The database is away


@pytest.fixture
def forsaken(tmp_path: Path) -> Browser:
    """A browser before a server whose database is away."""
    app = create_app(settings_for(f"sqlite:///{tmp_path}/no/such/folder/assent.db"))
    return Browser(app)


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/sign-out", "/no/such/page"])
@pytest.mark.parametrize("cookie", [None, "x"])
def test_without_a_database_a_page_says_to_try_again(forsaken: Browser, path: str, cookie: str | None) -> None:
    if cookie:
        forsaken.client.set_cookie("assent", cookie)
    answer = forsaken.ask(path, "POST" if path == "/sign-out" else "GET")
    if cookie is None and path in ("/account", "/no/such/page"):
        assert answer.status_code == 303
    else:
        assert (answer.status_code, answer.mimetype) == (503, "text/html")
        assert answer.headers["Retry-After"]
        assert message_of(answer) == "The database cannot be reached now."


def test_without_a_database_a_cookie_is_no_reason_to_refuse(forsaken: Browser) -> None:
    forsaken.client.set_cookie("assent", "x")
    answer = forsaken.ask("/api/v1/me")
    assert (answer.status_code, answer.is_json) == (503, True)
