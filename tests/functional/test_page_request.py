"""The request page: what would change, what is missing, and deciding on what was seen; without any script."""

import re
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from support.browsing import Browser
from support.calling import Caller
from support.gating import asked, gate, govern


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


def _as(app: Flask, name: str) -> Browser:
    browser = Browser(app)
    browser.sign_in(name)
    return browser


def _text(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.mark.usefixtures("waiting")
def test_it_says_what_would_change_and_what_is_missing(app: Flask) -> None:
    answer = _as(app, "bob").ask("/requests/1")
    assert answer.status_code == 200, answer.text
    text = _text(answer)
    assert "m version 2 → to Production" in text
    assert "Stands there now Version 1" in text
    assert "Archived by it Version 1" in text
    assert "0 of 2 approvals" in text
