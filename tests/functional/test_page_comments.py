"""Comments in the pages: written, answered, edited, resolved, without a script; hostile texts harm nobody."""

import re

import pytest
from flask import Flask

from support.browsing import Browser, message_of, signed_in
from support.calling import Caller
from support.counting import counted

NAME = "Ecommerce Model 50% #1?"
ON_1 = "/models/Ecommerce%20Model%2050%25%20%231%3F/versions/1/comments"


@pytest.fixture
def rita(app: Flask, call: Caller) -> Browser:
    """Somebody who reads, with a version of alice's to comment on."""
    call.model(NAME)
    call.version(NAME)
    return signed_in(app, "rita")


def _write(browser: Browser, text: str) -> int:
    answer = browser.submit(ON_1, on=ON_1, text=text)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rpartition("#comment-")[2])


def _said(browser: Browser, on: str = ON_1) -> list[str]:
    found = re.findall(r'<div class="prose">(.*?)</div>', browser.ask(on).text, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", each).strip() for each in found]


def test_a_thread_is_written_answered_resolved_and_reopened(rita: Browser, app: Flask) -> None:
    first = _write(rita, "Why did **recall** drop?\r\nSee the run.")
    alice = signed_in(app, "alice")
    answer = alice.submit(f"/comments/{first}/reply", on=ON_1, text="The data changed.")
    assert answer.headers["Location"] == f"{ON_1}#comment-{first + 1}"
    assert _said(rita) == ["Why did recall drop?\nSee the run.", "The data changed."]
    alice.submit(f"/comments/{first}/resolve", on=ON_1)
    assert f'<details class="thread" id="thread-{first}">' in rita.ask(ON_1).text
    rita.submit(f"/comments/{first}/reopen", on=ON_1)
    assert f'<article class="thread" id="thread-{first}"' in rita.ask(ON_1).text


def test_a_form_leads_back_to_the_page_that_it_was_on_and_to_no_other_site(rita: Browser) -> None:
    first = _write(rita, "One")
    for back, place in (("/account?x=1", "/account?x=1"), ("https://evil.example", f"/comments/{first + 2}")):
        answer = rita.submit(f"/comments/{first}/reply", on=ON_1, text="Two", back=back)
        assert answer.headers["Location"].startswith(f"{place}#comment-")


def test_a_refused_comment_keeps_its_text(rita: Browser) -> None:
    long = "x" * 20_001
    answer = rita.submit(ON_1, on=ON_1, text=long)
    assert (answer.status_code, "20000" in message_of(answer)) == (400, True)
    assert long in answer.text


def test_who_edits_what_was_edited_meanwhile_is_told_with_both_texts(rita: Browser) -> None:
    first = _write(rita, "one two three")
    edit = f"/comments/{first}/edit"
    proof = re.findall(r'name="csrf_token" value="([^"]+)"', rita.ask(edit).text)[0]
    assert rita.submit(edit, on=edit, text="one two four").status_code == 303
    late = rita.ask(edit, "POST", data={"csrf_token": proof, "revision": "1", "text": "zero two three"})
    assert late.status_code == 409
    assert "zero two three</textarea>" in late.text
    assert "<del>four</del><ins>three</ins>" in late.text
    assert 'name="revision" value="2"' in late.text
    texts = rita.ask(f"/comments/{first}/texts").text
    assert "<del>three</del><ins>four</ins>" in texts


def test_only_who_wrote_a_comment_is_given_the_form_to_edit_it(rita: Browser, app: Flask) -> None:
    first = _write(rita, "Mine")
    edit, delete = f"/comments/{first}/edit", f"/comments/{first}/delete"
    edith = signed_in(app, "edith").ask(edit).text
    assert (f'action="{edit}"' in edith, f'action="{delete}"' in edith) == (False, False)
    alice = signed_in(app, "alice")
    assert f'action="{edit}"' not in alice.ask(edit).text
    alice.submit(delete, on=edit)
    assert "alice deleted this comment" in rita.ask(f"/comments/{first}").text
    assert "Mine" not in signed_in(app, "bob").ask(ON_1).text


def test_a_preview_shows_the_text_and_keeps_it(rita: Browser) -> None:
    answer = rita.submit(ON_1, on=ON_1, text="**bold** <script>alert(1)</script>", preview="text")
    assert answer.status_code == 200
    assert "<strong>bold</strong> &lt;script&gt;" in answer.text
    assert "**bold** &lt;script&gt;" in answer.text
    assert _said(rita) == []


def test_a_script_asks_for_the_preview_alone(rita: Browser) -> None:
    proof = re.findall(r'name="csrf_token" value="([^"]+)"', rita.ask(ON_1).text)[0]
    told = rita.ask("/preview", "POST", data={"csrf_token": proof, "preview": "text", "text": "*so*"})
    assert "<em>so</em>" in told.text
    assert "<html" not in told.text


HOSTILE = (
    "<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://evil.example/p.png) "
    "<img src=x onerror=alert(1)> [d](data:text/html,x) @rita"
)


def test_hostile_texts_are_texts(rita: Browser) -> None:
    first = _write(rita, HOSTILE)
    for page in (ON_1, f"/comments/{first}", f"/comments/{first}/edit", f"/comments/{first}/texts", "/mentions"):
        html = rita.ask(page).text
        assert not re.search(r"<script>|<img (?!src=\"/assets)|href=\"(?:javascript|data):", html), page
    assert "<strong>@rita</strong>" in rita.ask(ON_1).text


def test_who_is_mentioned_finds_it(rita: Browser, app: Flask) -> None:
    first = _write(rita, "Look, @bob")
    assert f"/comments/{first}#comment-{first}" in signed_in(app, "bob").ask("/mentions").text
    assert "Nobody has mentioned you yet" in rita.ask("/mentions").text


def test_a_page_takes_as_many_statements_however_much_was_said(rita: Browser, app: Flask, call: Caller) -> None:
    def cost() -> int:
        with counted(app) as statements:
            assert rita.ask(ON_1).status_code == 200
        return len(statements)

    first = _write(rita, "One")
    before = cost()
    for number in range(25):
        call.api("POST", ON_1, text=f"Thread {number}")
    for number in range(70):
        call.api("POST", ON_1, text=f"Reply {number}", reply_to=first + 3)
    assert (cost(), before <= 12) == (before, True)
    page = rita.ask(ON_1)
    assert len(page.data) < 150_000
    earlier = re.findall(r'href="([^"]+)">Earlier threads', page.text)[0]
    assert "One" in _said(rita, earlier)
    thread = rita.ask(f"/comments/{first + 3}").text
    replies = re.findall(r'href="([^"]+)">Earlier replies', thread)[0]
    assert "Reply 9" in _said(rita, replies)


def test_a_version_that_one_may_not_read_has_no_comments(rita: Browser, app: Flask, call: Caller) -> None:
    first = _write(rita, "Secret")
    call.by("admin").api("POST", "/users", name="nina", password="correct horse battery")
    nina = signed_in(app, "nina")
    for page in (ON_1, f"/comments/{first}", f"/comments/{first}/edit", f"/comments/{first}/texts"):
        assert nina.ask(page).status_code == 404


def test_the_page_of_a_version_holds_its_threads_and_leads_to_its_forms(rita: Browser, app: Flask) -> None:
    _write(rita, "**One**")
    version = ON_1.removesuffix("/comments")
    rita.ask(version)
    with counted(app) as statements:
        page = rita.ask(version).text
    assert "<strong>One</strong>" in page
    assert all(f'href="{version}/{act}"' in page for act in ("edit", "move"))
    assert len(statements) <= 12
    answer = rita.submit(ON_1, on=version, text="Two")
    assert answer.headers["Location"] == f"{version}#comment-2"
