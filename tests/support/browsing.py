"""A browser without a screen: it follows what a page says, and keeps cookies as the standard has it."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import flask
import requests
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from assent.access.credentials import sessions
from assent.access.credentials.sessions import Lifetime
from assent.access.people import accounts
from assent.access.signing_in.sign_in import SignIn
from support.databases import PASSWORD

_PROOF = "csrf_token"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36"


@dataclass
class Browser:
    """Somebody with a browser, at first signed in as nobody."""

    app: Flask
    host: str = "http://localhost"
    client: FlaskClient = field(init=False)
    proof: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def ask(self, path: str, method: str = "GET", **options: Any) -> TestResponse:
        """Ask for a page."""
        headers = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "User-Agent": AGENT}
        headers |= {"Referer": self.host + "/"} | options.pop("headers", {})
        return self.client.open(path, method=method, base_url=self.host, headers=headers, **options)

    def submit(self, action: str, on: str = "/account", **typed: Any) -> TestResponse:
        """Send the form of a page that leads to `action`, with what was typed."""
        page = self.ask(on)
        form = re.search(rf'<form[^>]* action="{re.escape(action)}".*?</form>', page.text, re.DOTALL)
        assert form, f"{on} ({page.status}) has no form that leads to {action}"
        return self.ask(action, "POST", data=_hidden(form[0]) | typed)

    def keep(self, secret: str) -> None:
        """Be signed in by a session that was begun elsewhere, with what its forms prove: no password, no page."""
        held = {_PROOF: "what this browser's forms prove"}
        with self.client.session_transaction(base_url=self.host) as kept:
            kept.update(held, _user_id=secret)
            kept.accessed = True
        with self.app.test_request_context(base_url=self.host):
            flask.session.update(held)
            self.proof = generate_csrf()

    def send(self, path: str, **typed: Any) -> TestResponse:
        """Send a form of a session that is kept, without a look at its page."""
        return self.ask(path, "POST", data={_PROOF: self.proof, **typed})

    def sign_in(self, name: str, password: str = PASSWORD, page: str = "/sign-in") -> TestResponse:
        """Sign in by the form."""
        return self.submit("/sign-in", on=page, username=name, password=password)

    def sent_back_by(self, provider: str, **asked: str) -> str:
        """The address that an identity provider sends the browser back to, when it is asked to sign in."""
        leads_to = self.ask(f"/sign-in/with/{provider}", query_string=asked)
        assert leads_to.status_code == 303, leads_to.text
        answer = requests.get(leads_to.headers["Location"], allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"

    def sign_in_through(self, provider: str, **asked: str) -> TestResponse:
        """Sign in at an identity provider, and come back."""
        return self.ask(self.sent_back_by(provider, **asked))

    def sign_out(self) -> TestResponse:
        """Sign out by the form."""
        return self.submit("/sign-out")

    def is_signed_in(self) -> bool:
        """Whether one's own account is shown."""
        return self.ask("/account").status_code == 200

    @property
    def cookie(self) -> str | None:
        """What the browser keeps."""
        host = urlsplit(self.host).hostname or ""
        found = [self.client.get_cookie(name, domain=host) for name in ("assent", "__Host-assent")]
        return next((each.value for each in found if each), None)


def signed_in(app: Flask, name: str = "alice") -> Browser:
    """A browser that somebody is signed in with."""
    opened = Browser(app)
    opened.sign_in(name)
    return opened


def text_of(answer: TestResponse) -> str:
    """What one reads on a page, on one line."""
    return text_in(answer.text)


def text_in(markup: str) -> str:
    """The text without its markup, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def begin(session: Session, name: str) -> str:
    """Begin somebody's session without a browser: the secret for one to keep."""
    by = SignIn().as_if(session, accounts.named(session, name))
    return sessions.start(session, by=by, lifetime=Lifetime(), user_agent=AGENT).secret


def cookie_set_by(answer: TestResponse) -> str:
    """The header with which an answer sets the cookie."""
    return next((each for each in answer.headers.getlist("Set-Cookie") if "assent=" in each), "")


def message_of(answer: TestResponse) -> str:
    """What a page tells to whoever reads it, as text."""
    for kind in ("problem", "told", "notice"):
        if found := re.search(rf'<p class="{kind}"[^>]*>(.*?)</p>', answer.text, re.DOTALL):
            return unescape(re.sub(r"<strong>.*?</strong>|<[^>]+>", "", found[1]))
    return ""


def _hidden(form: str) -> dict[str, str]:
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    return {name: unescape(value) for name, value in fields}
