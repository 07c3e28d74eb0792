"""Every call of the pages, tried by everybody: their own session lets them in, and nothing else does."""

from collections import Counter

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from assent.web.frame.face import web
from security import actors
from security.pages import ROWS
from security.pages.seen import SEE
from security.prepared import Prepared
from security.row import Row
from security.words import filled, path_of
from security.world import World
from support.browsing import Browser

OPEN = {
    ("GET", "/assets/<name>"),
    ("GET", "/sign-in"),
    ("GET", "/sign-in/with/<name>"),
    ("GET", "/sign-in/with/<name>/back"),
    ("POST", "/sign-in"),
    ("POST", "/sign-out"),
}
READING, WRITING = ([row for row in ROWS if (row.method == "GET") is reads] for reads in (True, False))
CLOSED = [row for row in ROWS if (row.method, row.path) not in OPEN]
# What lets programs in, and sessions that do not hold.
IN_VAIN = (
    *actors.SHOWN_IN_VAIN,
    "administrator",
    "an ended session",
    "the session of somebody disabled",
    "a forgery",
)


def test_every_call_has_one_row() -> None:
    rows = Counter((row.method, row.path) for row in ROWS)
    assert {*rows} == {(call.method, call.path) for call in web.calls}, "write it in tests/security/pages"
    assert [key for key, many in rows.items() if many > 1] == []


def test_nothing_but_signing_in_is_open() -> None:
    assert {(call.method, call.path) for call in web.calls if not call.needs_credentials} == OPEN


@pytest.mark.parametrize("row", READING, ids=lambda row: row.path)
def test_everybody_sees_what_the_row_says(row: Row, still: Flask, prepared: Prepared) -> None:
    assert _surprises(row, still, prepared.world) == {}


@pytest.mark.parametrize("row", WRITING, ids=lambda row: row.path)
def test_everybody_does_what_the_row_says(row: Row, app: Flask, prepared: Prepared) -> None:
    assert _surprises(row, app, prepared.world) == {}


@pytest.mark.parametrize("row", CLOSED, ids=lambda row: " ".join(row.key))
def test_nothing_else_lets_in(row: Row, still: Flask, prepared: Prepared) -> None:
    words = prepared.world.words["administrator"]
    for shown in IN_VAIN:
        answer = _try(_with(still, prepared.world, shown), row, words, prepared.world.headers.get(shown))
        assert answer.status_code == SEE, f"{shown}: {answer.status}"
        assert answer.headers["Location"].startswith("/sign-in"), shown


def _surprises(row: Row, app: Flask, known: World) -> dict[str, str]:
    got = {}
    for actor in actors.WITH_BROWSERS:
        browser = Browser(app)
        browser.keep(known.sessions[actor.name])
        got[actor] = _try(browser, row, known.words[actor.name])
    return {
        actor.name: f"{answer.status_code} instead of {row.expects(actor)}: {answer.text[-3000:]}"
        for actor, answer in got.items()
        if answer.status_code != row.expects(actor)
    }


def _with(app: Flask, known: World, shown: str) -> Browser:
    browser = Browser(app)
    if shown in known.headers:
        return browser
    if shown == "a forgery":
        browser.client.set_cookie("assent", "eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.bbbb")
    else:
        browser.keep(known.sessions[shown])
    return browser


def _try(browser: Browser, row: Row, words: dict[str, object], headers: dict[str, str] | None = None) -> TestResponse:
    path, fields = path_of(row.path, row.in_path, words), filled(row.fields, words)
    if row.method == "GET":
        return browser.ask(path, query_string=fields, headers=headers or {})
    return browser.ask(path, "POST", data={"csrf_token": browser.proof, **fields}, headers=headers or {})
