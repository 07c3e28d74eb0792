"""The page about recalls: what each reaches, and the forms to recall and to lift."""

from typing import Any

import pytest
from flask import Flask

from support.browsing import Browser, message_of, signed_in, text_in
from support.calling import Caller
from support.counting import counted
from support.databases import ADMINISTRATOR

REASON = "Labels were leaked."


@pytest.fixture
def browser(app: Flask, call: Caller) -> Browser:
    """Alice's, and a version of a run whose copy is in production and served."""
    call.model()
    call.version(run_id="4f2c")
    call.model("copies")
    call.version("copies", source="models:/m/1")
    call.move("1", "Production", name="copies")
    call.api("PUT", "/deployments/shop", serves=[{"model": "copies", "version": 1}])
    return signed_in(app)


def _recall(browser: Browser, of: str = "m/1", reason: str = REASON) -> Any:
    return browser.submit("/recalls", on=f"/recalls?of={of}", reason=reason)


def test_what_a_recall_would_reach_is_shown_before_it_is_made(browser: Browser) -> None:
    told = text_in(browser.ask("/recalls?of=m/1").text)
    assert "In production 1 Version Stands in copies 1 Production" in told
    assert "shop serves copies 1" in told
    assert "Other versions 1 Version Stands in m 1 None" in told


def test_a_recall_is_made_and_lifted_with_reasons(browser: Browser) -> None:
    assert _recall(browser).headers["Location"] == "/recalls"
    listed = text_in(browser.ask("/recalls").text)
    assert f"version m 1 recalled {REASON}" in listed
    assert "1 in production · 2 versions in all" in listed
    assert browser.submit("/recalls/1/lift", on="/recalls", reason="It was another run.").status_code == 303
    assert "Nothing is recalled" in browser.ask("/recalls").text
    assert "It was another run." in browser.ask("/recalls?lifted=true").text


def test_a_refused_recall_keeps_what_was_typed_and_shows_again_what_it_reaches(browser: Browser) -> None:
    _recall(browser)
    again = _recall(browser, reason="Once more.")
    assert (again.status_code, message_of(again)) == (409, "version:m/1 is recalled already.")
    assert "Once more.</textarea>" in again.text
    assert "shop serves copies 1" in text_in(again.text)


def test_a_refused_lifting_is_told_where_it_was_asked_for(browser: Browser) -> None:
    _recall(browser)
    refused = browser.submit("/recalls/1/lift", on="/recalls", reason=" ")
    assert (refused.status_code, message_of(refused)) == (400, "reason: Say why.")


def test_who_may_not_recall_is_told_why(browser: Browser) -> None:
    page = browser.ask("/recalls?of=run:4f2c").text
    assert "You cannot recall it: alice is no administrator." in page
    assert 'action="/recalls"' not in page.replace('method="get" action="/recalls"', "")


def test_who_may_not_lift_is_told_why(browser: Browser, call: Caller) -> None:
    call.by(ADMINISTRATOR).api("POST", "/recalls", of="version:m/1", reason=REASON)
    page = browser.ask("/recalls").text
    assert "You cannot lift it: alice is no administrator." in page
    assert "/recalls/1/lift" not in page


def test_an_administrator_recalls_what_nobody_used_yet(browser: Browser) -> None:
    browser.sign_out()
    browser.sign_in(ADMINISTRATOR)
    assert "Nothing is known of it yet." in browser.ask("/recalls?of=dataset:d9:later").text
    assert _recall(browser, of="dataset:d9:later").status_code == 303
    assert "dataset later d9" in text_in(browser.ask("/recalls").text)


@pytest.mark.parametrize(("of", "status"), [("m/9", 404), ("nothing", 400)])
def test_what_is_no_node_is_told_with_what_was_typed(browser: Browser, of: str, status: int) -> None:
    answer = browser.ask(f"/recalls?of={of}")
    assert (answer.status_code, of in answer.text) == (status, True)


@pytest.mark.parametrize("name", ["alice", ADMINISTRATOR])
def test_the_list_takes_the_same_few_statements_however_many_recalls_there_are(
    app: Flask, browser: Browser, call: Caller, name: str
) -> None:
    browser.sign_out()
    browser.sign_in(name)
    taken = []
    for _ in range(2):
        for _ in range(3):
            number = call.version(run_id="4f2c")["version"]
            call.api("POST", "/recalls", of=f"version:m/{number}", reason=REASON)
        with counted(app) as statements:
            assert browser.ask("/recalls").status_code == 200
        taken.append(len(statements))
    assert taken[0] == taken[1] <= 11
