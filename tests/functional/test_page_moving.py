"""Moves asked for in the pages: shown before anything is asked, made at once, or a request that waits."""

import pytest
from flask import Flask

from support.browsing import Browser, message_of, signed_in
from support.calling import Caller
from support.counting import counted
from support.gating import asked, gate, govern

MOVE = "/models/m/versions/2/move"
EDIT = "/models/m/versions/2/edit"


@pytest.fixture
def bob(app: Flask, call: Caller) -> Browser:
    """Somebody who manages, with two versions of a model of alice's."""
    call.model()
    call.version()
    call.version()
    return signed_in(app, "bob")


def _stage(call: Caller, number: int) -> str:
    answer = call("GET", "/model-versions/get", name="m", version=str(number))
    stage: str = answer["model_version"]["current_stage"]
    return stage


def test_a_move_that_no_gate_guards_is_made_at_once(bob: Browser, call: Caller) -> None:
    call.move("1", "Production")
    page = bob.ask(f"{MOVE}?to=production")
    assert "Version 1</a> is there now" in page.text
    assert "No gate guards this move" in page.text
    answer = bob.submit(MOVE, on=f"{MOVE}?to=production", archive_existing="true")
    assert answer.headers["Location"] == "/models/m/versions/2"
    assert (_stage(call, 1), _stage(call, 2)) == ("Archived", "Production")


def test_a_move_is_shown_as_somebody_asked_for_it(bob: Browser, call: Caller) -> None:
    call.move("1", "Production")
    govern(call, gate())
    asked(call, number=2, archive_existing=True)
    assert "Version 1</a> is there now, and is archived" in bob.ask(f"{MOVE}?to=Production").text


def test_a_guarded_move_becomes_a_request(bob: Browser, call: Caller) -> None:
    govern(call, gate())
    page = bob.ask(f"{MOVE}?to=Production")
    assert "gate production" in page.text
    answer = bob.submit(MOVE, on=f"{MOVE}?to=Production", comment="Better by far.")
    assert answer.headers["Location"] == "/requests/1"
    assert call.api("GET", "/requests/1")["comment"] == "Better by far."
    assert _stage(call, 2) == "None"
    assert 'href="/requests/1"' in bob.ask(f"{MOVE}?to=Production").text


def test_a_moment_is_utc_and_one_that_is_over_is_refused_with_what_was_typed(bob: Browser, call: Caller) -> None:
    govern(call, gate())
    on = f"{MOVE}?to=Production"
    for wrong in ("2020-05-31T08:00", "tomorrow"):
        answer = bob.submit(MOVE, on=on, not_before=wrong, comment="Later & better", archive_existing="true")
        assert (answer.status_code, "not_before" in message_of(answer)) == (400, True)
        assert f'value="{wrong}"' in answer.text
        assert "Later &amp; better</textarea>" in answer.text
    bob.submit(MOVE, on=on, not_before="2098-05-31T08:00")
    assert call.api("GET", "/requests/1")["not_before"] == 4_052_361_600_000


def test_a_stage_that_there_is_not_leads_back_to_the_choice(bob: Browser) -> None:
    answer = bob.ask(f"{MOVE}?to=Nowhere")
    assert (answer.status_code, "Into a stage" in answer.text) == (400, True)
    assert "to=%40champion" not in answer.text
    assert "Move version 2 to @champion" in bob.ask(f"{MOVE}?alias=champion").text


def test_an_alias_is_pointed_and_removed_and_a_guarded_one_becomes_a_request(bob: Browser, call: Caller) -> None:
    bob.submit("/models/m/versions/2/aliases/point", on=EDIT, alias="@champion")
    assert "@champion</span>" in bob.ask(EDIT).text
    bob.submit("/models/m/versions/2/aliases/remove", on=EDIT, alias="champion")
    assert "None points here" in bob.ask(EDIT).text
    govern(call, gate({"alias": "champion"}))
    answer = bob.submit("/models/m/versions/2/aliases/point", on=EDIT, alias="champion")
    assert answer.headers["Location"] == "/requests/1"
    refused = bob.submit("/models/m/versions/2/aliases/point", on=EDIT, alias="not an alias!")
    assert (refused.status_code, 'value="not an alias!"' in refused.text) == (400, True)


def test_the_deletion_of_a_guarded_version_becomes_a_request(bob: Browser, call: Caller) -> None:
    govern(call, gate({"deletion": "version"}))
    answer = bob.submit(MOVE, on=f"{MOVE}?to=deletion", comment="It is wrong.")
    assert answer.headers["Location"] == "/requests/1"
    assert _stage(call, 2) == "None"


def test_a_move_page_takes_as_many_statements_whatever_the_rows(bob: Browser, call: Caller, app: Flask) -> None:
    def cost(path: str) -> int:
        with counted(app) as statements:
            assert bob.ask(path).status_code == 200
        return len(statements)

    govern(call, gate())
    pages = (MOVE, f"{MOVE}?to=Production&archive_existing=true")
    call.point("a2", "1")
    before = [cost(page) for page in pages]
    for number in range(3, 9):
        call.version()
        call.point(f"a{number}", str(number))
    assert [cost(page) for page in pages] == before
