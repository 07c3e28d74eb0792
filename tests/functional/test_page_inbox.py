"""The inbox as a page: which requests it lists, what each row says, and what its address says."""

import re
from html import unescape

import pytest
from flask import Flask

from support.browsing import Browser, message_of, signed_in, text_of
from support.calling import Caller
from support.counting import counted
from support.databases import ADMINISTRATOR
from support.gating import asked, gate, govern

HOUR = 3_600_000


@pytest.fixture
def busy(call: Caller) -> Caller:
    """Three models, each with a version on its way to Production; that of `c` is asked for by bob."""
    for name in ("a", "b", "c % é"):
        call.model(name)
        call.version(name)
    govern(call, gate("Production", {"approvals": 2}))
    asked(call, name="a")
    asked(call, name="b")
    asked(call.by("bob"), name="c % é")
    return call


def _listed(browser: Browser, **which: str) -> list[int]:
    answer = browser.ask("/inbox", query_string=which)
    assert answer.status_code == 200, answer.text
    return [int(number) for number in re.findall(r'id="request-(\d+)"', answer.text)]


@pytest.mark.usefixtures("busy")
def test_the_first_page_is_what_waits_for_oneself(app: Flask) -> None:
    bob = signed_in(app, "bob")
    assert bob.ask("/").headers["Location"] == "/inbox"
    assert _listed(bob) == [2, 1]


@pytest.mark.usefixtures("busy")
def test_what_waits_for_others_is_watched(app: Flask) -> None:
    bob, rita = signed_in(app, "bob"), signed_in(app, "rita")
    assert (_listed(bob, show="mine"), _listed(bob, show="watching")) == ([3], [])
    assert (_listed(rita, show="mine"), _listed(rita, show="watching")) == ([], [3, 2, 1])


def test_what_expires_within_a_day_is_overdue_and_so_is_a_review(app: Flask, busy: Caller) -> None:
    short = gate("Production", {"approvals": 2}, expires_after="2h", override={"by": ["user:bob"]})
    govern(busy, short | {"override": {"by": ["user:bob"], "review_within": "1h"}})
    busy.version("a")
    asked(busy, name="a", number=2)
    busy.by("bob").api("POST", "/requests/2/override", comment="It could not wait.")
    assert _listed(signed_in(app, "petra"), show="overdue") == [4, 2]


def test_a_row_says_what_is_missing_and_who_approved(app: Flask, busy: Caller) -> None:
    busy.by("bob").api("POST", "/requests/1/approve")
    text = text_of(signed_in(app, "petra").ask("/inbox?models=a"))
    assert "a version 1 → to Production" in text
    assert "1 of 2 approvals (up to whoever has “Can manage production versions”)" in text
    assert "approved by bob" in text


def test_the_tabs_count_where_one_is_mentioned(app: Flask, busy: Caller) -> None:
    busy.api("POST", "/models/a/versions/1/comments", text="@bob and @rita: what do you think?")
    assert text_of(signed_in(app, "bob").ask("/inbox/tabs")).endswith("All Mentions 1")


def test_a_stale_approval_is_marked(app: Flask, busy: Caller) -> None:
    busy.by("bob").api("POST", "/requests/1/approve")
    govern(busy, gate("Production", {"approvals": 3}))
    busy.api("POST", "/requests/1/look")
    assert "stale approval" in text_of(signed_in(app, "petra").ask("/inbox?models=a"))


@pytest.mark.usefixtures("busy")
def test_filters_live_in_the_address(app: Flask) -> None:
    bob = signed_in(app, "bob")
    assert _listed(bob, show="all", models="c*") == [3]
    assert _listed(bob, show="all", opened_by="alice", to="production") == [2, 1]
    assert _listed(bob, show="all", state="applied") == []
    assert 'value="c*"' in bob.ask("/inbox?show=all&models=c*").text


@pytest.mark.parametrize("which", ["to=Nowhere", "models=a/b", "in_place_of=petra", "to=%40%40"])
def test_what_cannot_be_sought_is_told_on_the_page(app: Flask, which: str) -> None:
    answer = signed_in(app, "bob").ask(f"/inbox?{which}")
    assert answer.status_code == 200
    assert message_of(answer)


def test_a_delegate_sees_what_waits_for_their_principal(app: Flask, busy: Caller) -> None:
    until = int(busy.api("GET", "/requests/1")["opened_at"]) + HOUR
    busy.by("bob").api("POST", "/delegations", delegate="rita", until=until)
    rita = signed_in(app, "rita")
    assert '<option value="bob">bob</option>' in rita.ask("/inbox").text
    assert _listed(rita, in_place_of="bob") == [2, 1]


@pytest.mark.usefixtures("busy")
def test_the_numbers_are_those_of_the_lists(app: Flask) -> None:
    bob = signed_in(app, "bob")
    assert text_of(bob.ask("/inbox/tabs")) == "Waiting for me 2 My requests 1 Watching 0 Overdue 0 All Mentions 0"
    assert text_of(bob.ask("/inbox/count")) == "2 waiting for you"
    assert text_of(signed_in(app, "rita").ask("/inbox/count")) == ""


@pytest.mark.usefixtures("busy")
def test_a_list_that_is_there_as_a_whole_is_not_counted_anew(app: Flask) -> None:
    bob = signed_in(app, "bob")
    for address, is_counted in (("/inbox?show=waiting", False), ("/inbox?show=waiting&models=a", True)):
        with counted(app) as statements:
            answer = bob.ask(address)
        assert 'Waiting for me <span class="count">2</span>' in answer.text
        assert any("count(*)" in each for each in statements) == is_counted


@pytest.mark.parametrize("show", ["waiting", "mine", "watching", "overdue", "all"])
def test_an_empty_list_says_what_to_do_next(app: Flask, show: str) -> None:
    text = signed_in(app, "bob").ask(f"/inbox?show={show}").text
    assert 'class="nothing"' in text
    assert message_of(signed_in(app, "bob").ask(f"/inbox?show={show}")) == ""


def test_pages_follow_each_other_and_cost_the_same(app: Flask, busy: Caller) -> None:
    admin, bob = busy.by(ADMINISTRATOR), signed_in(app, "bob")
    costs = set()
    for more in (0, 55):
        for number in range(more):
            busy.model(f"m{number}")
            busy.version(f"m{number}")
            asked(busy, name=f"m{number}")
        bob.ask("/inbox")
        with counted(app) as statements:
            first = bob.ask("/inbox?show=all").text
        costs.add(len(statements))
    assert admin.api("GET", "/requests", size=1)["requests"][0]["id"] == 58
    assert len(re.findall(r'id="request-\d+"', first)) == 50
    (older,) = map(unescape, re.findall(r'rel="next" href="([^"]+)"', first))
    assert "before=9" in older
    assert len(re.findall(r'id="request-\d+"', bob.ask(older).text)) == 8
    assert max(costs) <= 6
