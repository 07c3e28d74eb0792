"""What all pages share: the colours of stages, words for what one may do, the way back from a wrong address."""

import gzip
import re
from html import unescape

import pytest
from flask import Flask

from assent.access.policy.levels import Level, Permission
from assent.access.policy.words import LEVELS, RIGHTS
from assent.registry.tiers import Stage, Tier
from assent.web.frame.sentences import in_words
from support.browsing import Browser, message_of, signed_in, text_of
from support.calling import Caller
from support.databases import ADMINISTRATOR
from support.gating import asked, gate, govern
from support.lifecycles import of_every_model

_TYPED = {"comment": "Too <b>soon.", "reviewed": "what was reviewed", "csrf_token": "of another time"}
_OF_THIS_SERVER = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def live(call: Caller) -> Caller:
    """A version on its way to a stage of our own that is as good as Production."""
    rules = of_every_model(Stage("Live", Tier.PRODUCTION)) | {"gates": [gate("Live")]}
    call.by(ADMINISTRATOR).api("POST", "/gates/apply", **rules)
    call.model()
    call.version()
    asked(call, to="Live")
    return call


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize(
    "address",
    ["/inbox?show=mine", "/requests/1", "/models/m/versions/1/move?to=Live", "/administration/gates"],
)
def test_a_stage_has_the_colour_of_its_tier_everywhere(app: Flask, address: str) -> None:
    page = signed_in(app, "alice").ask(address).text
    assert re.findall(r'class="pill stage([^"]*)">Live<', page) == [" tier-production"]


@pytest.mark.usefixtures("live")
def test_rights_and_levels_are_told_in_words(app: Flask) -> None:
    told = text_of(signed_in(app, "rita").ask("/requests/1"))
    assert (
        "rita lacks the right to decide on requests for production: it takes the level “Can manage production" in told
    )
    assert "Can still be given by whoever has “Can manage production versions”." in told
    assert not re.search(r"request:\w|CAN_", told)


@pytest.mark.usefixtures("live")
def test_an_outdated_approval_is_refused_without_its_digest(app: Flask) -> None:
    bob = signed_in(app, "bob")
    answer = bob.submit("/requests/1/approve", on="/requests/1", digest="of something else")
    assert (answer.status_code, message_of(answer)) == (409, "What was reviewed has changed. Look again.")


def test_a_moment_in_a_sentence_is_one_that_the_page_puts_into_the_zone_of_its_reader(
    app: Flask, call: Caller
) -> None:
    times = {"from": "2026-01-01T00:00:00", "until": "2099-12-31T12:00:05", "zone": "UTC"}
    govern(call, gate(), freezes=[{"name": "long", "targets": [{"stage": "Production"}], **times}])
    call.model()
    call.version()
    asked(call)
    page = signed_in(app, "alice").ask("/requests/1").text
    assert re.search(
        r'until <time datetime="2099-12-31T12:00:05.000\+00:00" title="2099-12-31 12:00:05.000 UTC">', page
    )


def test_what_pages_load_is_packed_for_who_takes_it_so(sqlite_app: Flask) -> None:
    browser = Browser(sqlite_app)
    plain = browser.ask("/assets/assent.css", headers={"Accept-Encoding": "gzip;q=0"})
    packed = browser.ask("/assets/assent.css", headers={"Accept-Encoding": "gzip, br"})
    assert (plain.headers.get("Content-Encoding"), packed.headers["Content-Encoding"]) == (None, "gzip")
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 3


def test_every_right_and_every_level_has_words() -> None:
    assert (set(RIGHTS), set(LEVELS)) == (set(Permission), set(Level))


def test_only_what_the_domain_says_is_told_otherwise() -> None:
    kept = "<b>alice</b> set CAN_READ and request:decide at 2026-13-41 25:00:00 UTC"
    assert in_words(kept) == "&lt;b&gt;alice&lt;/b&gt; set CAN_READ and request:decide at 2026-13-41 25:00:00 UTC"


@pytest.mark.parametrize(
    ("address", "word"),
    [("/inbox?show=nonsense&to=Production", "show"), ("/inbox?before=x&to=Production", "before")],
)
def test_a_wrong_word_in_an_address_is_told_with_the_way_back(sqlite_app: Flask, address: str, word: str) -> None:
    page = signed_in(sqlite_app, "alice").ask(address)
    assert (page.status_code, f"<code>{word}</code>" in page.text) == (400, True)
    assert '<a class="button main" href="/inbox?to=Production">' in page.text


def test_what_is_typed_as_a_session_ends_is_given_back_with_the_way_to_its_page(sqlite_app: Flask) -> None:
    page = Browser(sqlite_app).ask("/requests/7/reject", "POST", data=_TYPED, headers=_OF_THIS_SERVER)
    assert (page.status_code, "Too <b>soon.</textarea>" in unescape(page.text)) == (401, True)
    assert 'href="/sign-in?next=/requests/7"' in page.text
    assert "what was reviewed" not in page.text


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_what_another_site_has_typed_is_not_shown(sqlite_app: Flask, site: str) -> None:
    answer = Browser(sqlite_app).ask("/requests/7/reject", "POST", data=_TYPED, headers={"Sec-Fetch-Site": site})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/requests/7")


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize(("headers", "is_kept"), [(_OF_THIS_SERVER, True), ({"Sec-Fetch-Site": "cross-site"}, False)])
def test_a_form_from_before_one_signed_in_is_shown_again_unless_another_site_sent_it(
    app: Flask, headers: dict[str, str], is_kept: bool
) -> None:
    page = signed_in(app, "bob").ask("/requests/1/reject", "POST", data=_TYPED, headers=headers)
    assert (page.status_code, "Too <b>soon.</textarea>" in unescape(page.text)) == (400, is_kept)
    assert "nothing was done" in message_of(page)
