"""Models and versions edited in the pages, without a script; who edits what somebody else edited is told."""

import re

import pytest
from flask import Flask

from support.browsing import Browser, message_of, signed_in
from support.calling import Caller
from support.counting import counted

NAME = "Ecommerce Model 50% #1?"
MODEL = "/models/Ecommerce%20Model%2050%25%20%231%3F"
VERSION = f"{MODEL}/versions/1"
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://evil.example/p.png)"


@pytest.fixture
def edith(app: Flask, call: Caller) -> Browser:
    """Somebody who edits, with a version of alice's."""
    call.model(NAME)
    call.version(NAME)
    return signed_in(app, "edith")


def _late(browser: Browser, path: str, **typed: str) -> tuple[int, str]:
    """What becomes of a form that was opened before somebody else sent theirs."""
    proof = re.findall(r'name="csrf_token" value="([^"]+)"', browser.ask(path).text)[0]
    answer = browser.ask(path, "POST", data={"csrf_token": proof, **typed})
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    ("path", "field"),
    [(f"{MODEL}/edit", "description"), (f"{VERSION}/edit", "description"), (f"{MODEL}/card", "text")],
)
def test_two_who_edit_a_text_at_once_are_told(edith: Browser, app: Flask, path: str, field: str) -> None:
    page = edith.ask(path).text
    revision = re.findall(r'name="revision" value="(\d+)"', page)[0]
    assert signed_in(app, "bob").submit(path, on=path, **{field: "one two three"}).status_code == 303
    status, text = _late(edith, path, revision=revision, **{field: "one two four"})
    assert status == 409
    assert "one two four</textarea>" in text
    assert "<del>three</del><ins>four</ins>" in text
    assert edith.submit(path, on=path, **{field: "one two four"}).status_code == 303
    assert "one two four" in edith.ask(path).text


def test_a_card_keeps_its_revisions_and_tells_what_each_changed(edith: Browser) -> None:
    card = f"{MODEL}/card"
    for text in ("# Use\nScoring clients.", "# Use\nScoring new clients."):
        edith.submit(card, on=card, text=text)
    assert re.search("<ins> ?new ?</ins>", edith.ask(f"{card}/2").text)
    assert (edith.ask(f"{card}/1").status_code, edith.ask(f"{card}/3").status_code) == (200, 404)


@pytest.mark.parametrize("of", [MODEL, VERSION])
def test_a_tag_is_set_changed_and_taken_off(edith: Browser, of: str) -> None:
    edit, key = f"{of}/edit", "team/owner: of it"
    edith.submit(f"{of}/tags/set", on=edit, key=key, value="risk")
    chosen = re.findall(r'href="([^"]+)#set"', edith.ask(edit).text)[0]
    assert "risk</textarea>" in edith.ask(chosen).text
    assert edith.submit(f"{of}/tags/delete", on=edit, key=key).headers["Location"].endswith("/edit#tags")
    assert "There are none" in edith.ask(edit).text


def test_a_refused_tag_keeps_what_was_typed(edith: Browser) -> None:
    answer = edith.submit(f"{MODEL}/tags/set", on=f"{MODEL}/edit", key="k" * 251, value="mine & yours")
    assert (answer.status_code, "mine &amp; yours</textarea>" in answer.text) == (400, True)


def test_many_long_tags_fit_on_pages(edith: Browser, call: Caller, app: Flask) -> None:
    def cost() -> int:
        with counted(app) as statements:
            edith.ask(f"{VERSION}/edit")
        return len(statements)

    before = cost()
    for number in range(60):
        fields = {"name": NAME, "version": "1", "key": f"tag-{number:03}", "value": f"{HOSTILE} " * 70}
        call("POST", "/model-versions/set-tag", **fields)
    page = edith.ask(f"{VERSION}/edit")
    assert len(page.data) < 120_000
    assert "<script>" not in page.text
    assert "tag-059" in edith.ask(re.findall(r'href="([^"]+)#tags">More tags', page.text)[0]).text
    assert (cost(), before <= 12) == (before, True)


def test_a_model_is_renamed_by_who_manages_it(edith: Browser, app: Flask) -> None:
    edit = f"{MODEL}/edit"
    assert f'action="{MODEL}/rename"' not in edith.ask(edit).text
    bob = signed_in(app, "bob")
    assert message_of(bob.submit(f"{MODEL}/rename", on=edit, new_name="a/b"))
    assert bob.submit(f"{MODEL}/rename", on=edit, new_name="Model 2").headers["Location"] == "/models/Model%202"


def test_what_is_deleted_is_listed_and_restored(edith: Browser, app: Flask) -> None:
    bob = signed_in(app, "bob")
    bob.submit(f"{VERSION}/move", on=f"{VERSION}/move?to=deletion")
    assert bob.ask(f"{VERSION}/edit").status_code == 404
    assert f'action="{VERSION}/restore"' not in edith.ask(f"{MODEL}/deleted-versions").text
    assert bob.submit(f"{VERSION}/restore", on=f"{MODEL}/deleted-versions").headers["Location"] == VERSION
    bob.submit(f"{MODEL}/delete", on=f"{MODEL}/delete")
    listed = bob.ask("/deleted-models").text
    restore = re.findall(r'action="(/deleted-models/\d+/restore)"', listed)[0]
    assert "Nothing is deleted that you manage" in edith.ask("/deleted-models").text
    assert bob.submit(restore, on="/deleted-models", new_name="Back").headers["Location"] == "/models/Back"
    assert bob.ask("/models/Back/versions/1/edit").status_code == 200


@pytest.mark.parametrize("number", [-(10**40), 2**63])
def test_no_list_begins_at_a_number_that_databases_cannot_hold(edith: Browser, number: int) -> None:
    lists = (
        *("/deleted-models?after", f"{MODEL}/deleted-versions?after", f"{MODEL}/card?before"),
        *("/mentions?before", f"{VERSION}/comments?before"),
    )
    assert [edith.ask(f"{each}={number}").status_code for each in lists] == [400] * len(lists)


def test_descriptions_and_cards_are_texts_whatever_they_hold(edith: Browser, app: Flask) -> None:
    for path, field in (
        (f"{MODEL}/edit", "description"),
        (f"{VERSION}/edit", "description"),
        (f"{MODEL}/card", "text"),
    ):
        edith.submit(path, on=path, **{field: HOSTILE})
        for browser in (edith, signed_in(app, "rita")):
            html = browser.ask(path).text
            assert not re.search(r"<script>|<img (?!src=\"/assets)|href=\"javascript:", html), path
    assert "<script>" not in edith.ask(f"{MODEL}/card/1").text
