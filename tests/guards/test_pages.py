"""What holds for every page and every form."""

import re
from pathlib import Path

import pytest
from flask import Flask

from assent.faces import FACES
from assent.http.calls import Call, Uses
from assent.web.frame.face import web
from support.browsing import Browser

TEMPLATES = Path(__file__).parents[2] / "src" / "assent" / "web" / "templates"
FORMS = [call for call in web.calls if call.method != "GET"]
PAGES = [call for call in web.calls if call.method == "GET"]


def _path(call: Call) -> str:
    return re.sub(r"<(?:\w+:)?\w+>", "1", call.path)


@pytest.mark.parametrize("call", FORMS, ids=lambda call: call.name)
def test_every_form_must_prove_where_it_was_sent_from(sqlite_app: Flask, call: Call) -> None:
    browser = Browser(sqlite_app)
    browser.sign_in("alice")
    for proof in ({}, {"csrf_token": ""}, {"csrf_token": "x"}):
        answer = browser.ask(_path(call), call.method, data=proof)
        assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert browser.is_signed_in()


def test_every_form_of_a_template_carries_its_proof() -> None:
    for template in TEMPLATES.rglob("*.html"):
        for form in re.findall(r"<form.*?</form>", template.read_text(), re.DOTALL):
            if 'method="post"' in form:
                assert "{{ proof() }}" in form, template
            else:
                # What asks changes nothing: its call is a GET, or none at all.
                assert re.search(r'method="(get|dialog)"', form), template


@pytest.mark.parametrize("call", PAGES, ids=lambda call: call.name)
@pytest.mark.parametrize("is_signed_in", [False, True])
def test_every_page_carries_the_headers_that_protect_it(sqlite_app: Flask, call: Call, is_signed_in: bool) -> None:
    browser = Browser(sqlite_app, "https://models.example.com")
    if is_signed_in:
        browser.sign_in("alice")
    headers = browser.ask(_path(call)).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert headers["Cache-Control"]


def test_a_page_that_is_not_over_tls_does_not_ask_for_tls(sqlite_app: Flask) -> None:
    assert "Strict-Transport-Security" not in Browser(sqlite_app).ask("/sign-in").headers


def test_pages_hold_no_code_and_no_style_and_load_nothing_from_elsewhere() -> None:
    unwanted = r"<script(?! src=\"{{ asset\()|<style|\son\w+=|\sstyle=|javascript:|https?://|\|\s*safe\b(?! if)"
    for template in TEMPLATES.rglob("*.html"):
        assert not re.search(unwanted, template.read_text()), template


def test_no_template_writes_an_address_by_itself() -> None:
    for template in TEMPLATES.rglob("*.html"):
        assert not re.search(r"(?<!startswith\()[\"']/\w|=\"/", template.read_text()), template


def test_what_the_domain_says_is_told_in_words() -> None:
    for template in TEMPLATES.rglob("*.html"):
        assert not re.search(r"\{\{ [\w.]*\b(why\w*|problem)(\[[^]]*\])? \}\}", template.read_text()), template


def test_a_cookie_alone_changes_nothing_outside_of_the_pages() -> None:
    changing = [
        call.name for face in FACES for call in face.calls if call.method == "GET" and call.uses is Uses.WRITES
    ]
    assert changing == []
