"""The page that shows the registry as of a moment: who held what, signed by whom, and what differs from another."""

import re
import time
from html import unescape
from typing import Any

import pytest
from flask import Flask

from assent.access.people import accounts
from assent.access.policy.levels import Level
from assent.access.policy.principals import SYSTEM
from assent.database import db, unit_of_work
from assent.lineage.runs.facts import SCHEMA
from assent.registry import permissions
from support.browsing import Browser, message_of, text_in
from support.calling import Caller
from support.counting import counted
from support.databases import PASSWORD, TEST
from support.gating import asked, gate, govern

DIGEST = f"sha256:{'ab' * 32}"
COMMIT = "8d1c5f0a9b1e4c6f8d1c5f0a9b1e4c6f8d1c5f0a"


@pytest.fixture
def promoted(call: Caller) -> Caller:
    """A version in Production, under a request that bob signed with his password."""
    call.model("fraud")
    call.version("fraud", run_id="run1")
    facts = {
        "schema": SCHEMA,
        "run": {"id": "run1"},
        "code": {"commit": COMMIT},
        "datasets": [{"name": "train", "digest": "5ad6e8ce", "context": "training"}],
    }
    call.api("PUT", "/models/fraud/versions/1/snapshot", facts=facts)
    call.api("PUT", "/models/fraud/versions/1/artifact-digest", digest=DIGEST, files=3, bytes=12)
    govern(
        call,
        gate("Production", {"approvals": 1}, signature=True, override={"by": ["user:stan"], "review_within": "72h"}),
    )
    asked(call, name="fraud")
    call.by("bob").api("POST", "/requests/1/approve", password=PASSWORD)
    return call


@pytest.fixture
def browser(promoted: Caller) -> Browser:
    """The administrator's."""
    opened = Browser(promoted.client.application)
    opened.sign_in("admin")
    return opened


def _rows(browser: Browser, **words: Any) -> list[str]:
    """The rows of the table, as text."""
    answer = browser.ask("/audit/at", query_string=words)
    assert answer.status_code == 200, answer.text
    rows = re.findall(r"<tr data-row>(.*?)</tr>", answer.text, re.DOTALL)
    return [text_in(row) for row in rows]


def test_what_stood_where_is_told_with_who_signed_and_what_it_was_made_from(browser: Browser) -> None:
    (row,) = _rows(browser, held="Production")
    assert row.startswith("fraud 1 Production since ")
    assert "Request 1 ✓ bob , with their password" in row
    assert f"Run run1 Code {COMMIT} Data train 5ad6e8ce training Artifacts {DIGEST}" in row


def test_before_it_was_moved_nothing_stood_there(browser: Browser) -> None:
    assert _rows(browser, moment="2020-01-01", held="Production") == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"model": "fraud"}, 2),
        ({"model": "f*"}, 2),
        ({"model": "churn"}, 0),
        ({"held": "@champion"}, 1),
        ({"held": "production"}, 1),
        ({"held": "Staging"}, 0),
    ],
)
def test_one_asks_for_models_stages_and_aliases(
    browser: Browser, call: Caller, words: dict[str, str], told: int
) -> None:
    call.point("champion", "1", "fraud")
    assert len(_rows(browser, **words)) == told


def test_what_differs_between_two_moments_is_told(browser: Browser) -> None:
    (row,) = _rows(browser, moment="2020-01-01", against="now")
    assert row.startswith("fraud Production nothing fraud 1 since ")
    assert "Nothing differs" in browser.ask("/audit/at?against=now").text


def test_an_override_is_told(browser: Browser, promoted: Caller) -> None:
    promoted.version("fraud")
    asked(promoted, name="fraud", number=2)
    promoted.by("stan").api("POST", "/requests/2/override", comment="It burns.")
    assert any("Overridden by stan" in row for row in _rows(browser, held="Production"))


@pytest.mark.parametrize(
    ("words", "field", "told"),
    [
        ({"moment": "3 March"}, "moment", "“3 March” is no moment"),
        ({"moment": "1969-12-31"}, "moment", "is no moment"),
        ({"against": "soon"}, "against", "“soon” is no moment"),
        ({"held": "Prod"}, "held", "Invalid Model Version stage: Prod."),
        ({"held": "@a b"}, "held", "Invalid alias name"),
        ({"model": "a/b"}, "model", "Invalid model name"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field_and_kept(
    browser: Browser, words: dict[str, str], field: str, told: str
) -> None:
    answer = browser.ask("/audit/at", query_string=words)
    found = re.search(rf'id="{field}-wrong">(.*?)</p>', answer.text)
    assert found
    assert told in unescape(found[1])
    assert (answer.status_code, f'value="{words[field]}"' in answer.text) == (400, True)


def test_a_place_that_is_none_is_told(browser: Browser) -> None:
    answer = browser.ask("/audit/at?after=nonsense")
    assert (answer.status_code, message_of(answer)[:18]) == (400, "Invalid page token")


def test_a_zone_that_is_written_counts(browser: Browser) -> None:
    page = browser.ask("/audit/at", query_string={"moment": "2026-03-03 14:30 +01:00"}).text
    assert "2026-03-03 13:30:00.000 UTC" in page


def test_the_sheet_tells_who_asked_and_leads_back_to_its_moment(browser: Browser) -> None:
    began = time.time()
    page = browser.ask("/audit/at?held=Production").text
    assert "Asked by <bdi>admin</bdi>" in page
    leads = re.search(r'<a href="([^"]+)">This page, for this moment', page)
    assert leads
    assert f"moment={time.strftime('%Y-%m-%d', time.gmtime(began))}" in leads[1]


def test_a_hundred_are_told_and_then_the_next(browser: Browser, promoted: Caller) -> None:
    for number in range(101):
        promoted.point(f"a{number}", "1", "fraud")
    first = browser.ask("/audit/at")
    following = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert following
    second = browser.ask(unescape(following[1]))
    assert [page.text.count("<tr data-row>") for page in (first, second)] == [100, 2]


@pytest.mark.parametrize("against", ["", "2020-01-01"])
def test_the_statements_are_few_however_much_was_held(
    app: Flask, browser: Browser, promoted: Caller, against: str
) -> None:
    taken = []
    for number in range(2):
        with counted(app) as statements:
            assert browser.ask("/audit/at", query_string={"against": against}).status_code == 200
        taken.append(len(statements))
        promoted.point(f"a{number}", "1", "fraud")
    assert taken[0] == taken[1] <= 12


def test_what_one_may_not_read_is_not_there(app: Flask, browser: Browser) -> None:
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        model = permissions.named(session, "fraud", by=SYSTEM)
        permissions.give(session, model, accounts.named(session, "rita"), Level.NO_PERMISSIONS, by=SYSTEM)
    browser.sign_out()
    browser.sign_in("rita")
    assert _rows(browser) == []


@pytest.mark.parametrize(("name", "told"), [("admin", "Its position"), ("rita", "That is for auditors")])
def test_what_is_proven_is_told_to_all_and_where_the_log_ends_to_auditors(app: Flask, name: str, told: str) -> None:
    reader = Browser(app)
    reader.sign_in(name)
    page = reader.ask("/audit/proof").text
    assert told in page
    assert "No checkpoints, no Merkle proofs." in page
