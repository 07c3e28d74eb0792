"""The request page: what would change, what is missing, and deciding on what was seen; without any script."""

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from assent.access.credentials.tables import SignInSession
from assent.access.granting import grants
from assent.access.people import accounts
from assent.access.policy.levels import Level
from assent.access.policy.principals import SYSTEM
from assent.database import db, unit_of_work
from assent.kernel.clock import now
from support.browsing import Browser, message_of, signed_in, text_of
from support.calling import Caller
from support.counting import counted
from support.databases import ADMINISTRATOR, NEW_PASSWORD, PASSWORD, TEST
from support.gating import asked, gate, govern

MOST_STATEMENTS = 24


@pytest.fixture
def waiting(call: Caller) -> Caller:
    """A version that replaces another one in Production, for which two approvals are asked for."""
    call.model()
    call.version()
    call.version()
    call.move("1", "Production")
    govern(call, gate("Production", {"approvals": 2}))
    asked(call, number=2, archive_existing=True, comment="Better on **all** slices.")
    return call


def _signed_in_long_ago(app: Flask) -> None:
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        session.execute(update(SignInSession).values(created_at=SignInSession.created_at - 3_600_000))


def _approve(browser: Browser, **typed: str) -> TestResponse:
    return browser.submit("/requests/1/approve", on="/requests/1", **typed)


@pytest.mark.usefixtures("waiting")
def test_it_says_what_would_change_and_what_is_missing(app: Flask) -> None:
    text = text_of(signed_in(app, "bob").ask("/requests/1"))
    assert "m version 2 → to Production" in text
    assert "Stands there now Version 1" in text
    assert "Archived by it Version 1" in text
    assert "0 of 2 approvals. Can still be given by whoever has “Can manage production versions”." in text


@pytest.mark.usefixtures("waiting")
def test_two_approve_and_the_second_makes_the_move(app: Flask) -> None:
    bob, petra = signed_in(app, "bob"), signed_in(app, "petra")
    assert _approve(bob, comment="Fine.").status_code == 303
    assert "You have approved it, and that counts." in text_of(bob.ask("/requests/1"))
    _approve(petra)
    shown = petra.ask("/requests/1")
    assert message_of(shown).endswith("the move is made: version 2 of m to Production.")
    assert "bob approved it." in text_of(shown)


def test_who_cannot_approve_is_told_why(app: Flask, waiting: Caller) -> None:
    told = {who: text_of(signed_in(app, who).ask("/requests/1")) for who in ("alice", "rita")}
    assert (
        "You cannot approve it. Four eyes: alice asked for it. An approval of theirs does not count." in told["alice"]
    )
    assert "You cannot approve it. rita lacks the right to decide on requests for production" in told["rita"]
    assert _approving_form(signed_in(app, "alice")) == _approving_form(signed_in(app, "rita")) == ""
    assert waiting.api("GET", "/requests/1")["decisions"] == []


def test_what_changed_since_the_page_was_opened_is_told_and_not_approved(app: Flask, waiting: Caller) -> None:
    bob = signed_in(app, "bob")
    data = dict(re.findall(r'name="(csrf_token|digest|reviewed)" value="([^"]*)"', _approving_form(bob)))
    govern(waiting, gate("Production", {"approvals": 1}))
    refused = bob.ask("/requests/1/approve", "POST", data=data | {"comment": "I saw the other."})
    assert refused.status_code == 409
    text = text_of(refused)
    assert "What was reviewed has changed" in text
    assert "Since you opened the page: the gates changed (production 1 to production 2)" in text
    assert "I saw the other.</textarea>" in refused.text
    assert waiting.api("GET", "/requests/1")["decisions"] == []


def test_what_a_page_carries_of_the_review_cannot_be_made_up(app: Flask, waiting: Caller) -> None:
    refused = _approve(signed_in(app, "bob"), digest="sha256:0", reviewed='{"gates": 1}')
    assert refused.status_code == 409
    assert "Since you opened the page" not in refused.text
    assert waiting.api("GET", "/requests/1")["decisions"] == []


def test_what_a_page_carries_of_the_review_is_of_its_request_alone(app: Flask, waiting: Caller) -> None:
    bob = signed_in(app, "bob")
    carried = re.findall(r'name="reviewed" value="([^"]*)"', _approving_form(bob))[0]
    govern(waiting, gate("Production", {"approvals": 2}), {**gate({"alias": "champion"}), "name": "champion"})
    other = asked(waiting, "@champion", number=2)["request"]["id"]
    here = f"/requests/{other}"
    refused = bob.submit(f"{here}/approve", on=here, digest="sha256:0", reviewed=carried)
    assert refused.status_code == 409
    assert "Since you opened the page" not in refused.text


def test_a_stale_approval_says_what_changed_since(app: Flask, waiting: Caller) -> None:
    bob = signed_in(app, "bob")
    _approve(bob)
    govern(waiting, gate("Production", {"approvals": 3}))
    text = text_of(bob.ask("/requests/1"))
    assert "It counts no more: since then the gates changed (production 1 to production 2)." in text
    assert _approve(bob).status_code == 303
    assert "decided anew since" in text_of(bob.ask("/requests/1"))


@pytest.mark.usefixtures("waiting")
def test_a_rejection_needs_a_reason_and_keeps_what_was_typed(app: Flask) -> None:
    bob = signed_in(app, "bob")
    assert bob.submit("/requests/1/reject", on="/requests/1", comment=" ").status_code == 400
    refused = bob.submit("/requests/1/reject", on="/requests/1", comment="No. " * 1300)
    assert refused.status_code == 400
    assert "No. No. " in refused.text
    assert bob.submit("/requests/1/reject", on="/requests/1", comment="Not **enough** data.").status_code == 303
    assert "Not <strong>enough</strong> data." in bob.ask("/requests/1").text


def test_an_approval_is_signed_where_the_gate_asks_for_it(app: Flask, waiting: Caller) -> None:
    govern(waiting, gate("Production", {"approvals": 1}, signature=True))
    bob = signed_in(app, "bob")
    assert "You signed in a moment ago: that is your signature." in text_of(bob.ask("/requests/1"))
    _signed_in_long_ago(app)
    assert 'name="password"' in _approving_form(bob)
    refused = _approve(bob, comment="Looks right.", password="a guess")
    assert refused.status_code == 403
    assert "Looks right.</textarea>" in refused.text
    assert "a guess" not in refused.text
    assert _approve(bob, comment="Looks right.", password=PASSWORD).status_code == 303
    assert "signed with a password" in text_of(bob.ask("/requests/1"))


@pytest.mark.usefixtures("waiting")
def test_what_one_did_can_be_taken_back_and_withdrawn(app: Flask) -> None:
    bob, alice = signed_in(app, "bob"), signed_in(app, "alice")
    _approve(bob)
    bob.submit("/requests/1/take-back", on="/requests/1")
    assert "taken back" in text_of(bob.ask("/requests/1"))
    alice.submit("/requests/1/withdraw", on="/requests/1", comment="Version 3 is better.")
    assert "withdrawn by alice" in text_of(alice.ask("/requests/1"))


def test_an_override_is_told_and_reviewed_by_somebody_else(app: Flask, waiting: Caller) -> None:
    govern(waiting, gate("Production", {"approvals": 2}, override={"by": ["user:bob"]}))
    bob, petra = signed_in(app, "bob"), signed_in(app, "petra")
    assert "The gate production is overridden by user:bob alone." in text_of(petra.ask("/requests/1"))
    bob.submit("/requests/1/override", on="/requests/1", comment="The shop is down.")
    shown = text_of(bob.ask("/requests/1"))
    assert "An override waits for its review. Four eyes: bob overrode it" in shown
    petra.submit("/requests/1/review", on="/requests/1", comment="It was right.")
    assert "petra reviewed the override." in text_of(petra.ask("/requests/1"))


def test_a_delegate_decides_in_somebodys_place(app: Flask, waiting: Caller) -> None:
    waiting.by("bob").api("POST", "/delegations", delegate="rita", until=now() + 3_600_000)
    rita = signed_in(app, "rita")
    assert '<option value="">myself</option>' not in rita.ask("/requests/1").text
    _approve(rita, in_place_of="bob")
    assert "rita in the place of bob approved it." in text_of(rita.ask("/requests/1"))


def _asks_for_news(browser: Browser) -> list[str]:
    """The addresses at which the page asks for news, and has it judged anew."""
    return [
        unescape(each) for each in re.findall(r'hx-get="(/requests/1/news[^"]*)"', browser.ask("/requests/1").text)
    ]


def test_an_open_page_tells_by_itself_that_what_is_reviewed_has_changed(app: Flask, waiting: Caller) -> None:
    govern(waiting, gate("Production", {"annotation": {"tags": ["owner"]}}))
    petra = signed_in(app, "petra")
    _, asks_anew = _asks_for_news(petra)
    before = petra.ask(asks_anew).status_code
    waiting("POST", "/model-versions/set-tag", name="m", version="2", key="owner", value="risk")
    assert "What is reviewed has changed" in petra.ask(asks_anew).text
    assert before == 204


@pytest.mark.usefixtures("waiting")
def test_news_come_when_another_reviewer_acts(app: Flask) -> None:
    bob, petra = signed_in(app, "bob"), signed_in(app, "petra")
    asks, _ = _asks_for_news(petra)
    assert petra.ask(asks).status_code == 204
    _approve(bob)
    news = petra.ask(asks)
    assert "1 of 2 approvals" in news.text
    assert "bob</strong> approved it" in news.text
    assert "<form" not in news.text


@pytest.mark.usefixtures("waiting")
def test_a_decision_that_comes_too_late_is_told_and_what_was_typed_is_given_back(app: Flask) -> None:
    bob, alice = signed_in(app, "bob"), signed_in(app, "alice")
    proof = re.search(r'name="csrf_token" value="([^"]*)"', bob.ask("/requests/1").text)
    assert proof
    alice.submit("/requests/1/withdraw", on="/requests/1")
    late = bob.send("/requests/1/approve", comment="All slices hold.", digest="sha256:0", csrf_token=proof[1])
    assert (late.status_code, "All slices hold.</textarea>" in late.text) == (409, True)
    assert message_of(late).startswith("Request 1 is withdrawn since")


def test_a_page_of_what_one_may_not_read_is_not_there(app: Flask, waiting: Caller) -> None:
    admin = waiting.by(ADMINISTRATOR)
    admin.api("PUT", "/models/m/permissions", kind="user", name="rita", level="NO_PERMISSIONS")
    rita = signed_in(app, "rita")
    assert {rita.ask(path).status_code for path in ("/requests/1", "/requests/1/news", "/requests/99")} == {404}


def test_the_statements_of_the_page_do_not_grow(app: Flask, waiting: Caller) -> None:
    govern(waiting, gate("Production", {"approvals": 20}))
    petra = signed_in(app, "petra")
    few = _statements(app, petra)
    _decided_by_many(app, waiting)
    checks = ({"check": f"ci/{number}"} for number in range(20))
    govern(waiting, gate("Production", {"approvals": 20}, *checks))
    assert _statements(app, petra) == few <= MOST_STATEMENTS


def _statements(app: Flask, browser: Browser) -> int:
    browser.ask("/requests/1")
    with counted(app) as statements:
        browser.ask("/requests/1")
    return len(statements)


def _decided_by_many(app: Flask, call: Caller) -> None:
    names = [f"reviewer{number}" for number in range(8)]
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        for name in names:
            somebody = accounts.create(session, name, password=NEW_PASSWORD, by=SYSTEM)
            grants.give(session, somebody, Level.CAN_MANAGE_PRODUCTION_VERSIONS, by=SYSTEM)
    for name in names:
        call.by(name).api("POST", "/requests/1/approve")


def _approving_form(browser: Browser) -> str:
    form = re.search(r'<form[^>]* action="/requests/1/approve".*?</form>', browser.ask("/requests/1").text, re.DOTALL)
    return form[0] if form else ""
