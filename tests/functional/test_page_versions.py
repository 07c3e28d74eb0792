"""Versions in the browser: chosen, drawn, read, and what goes on around them."""

import re
import shlex
from html import unescape
from urllib.parse import quote

import pytest
from flask import Flask

from assent.lineage.runs import facts
from support import runs
from support.browsing import Browser, signed_in, text_in
from support.calling import Caller
from support.counting import counted
from support.databases import ADMINISTRATOR
from support.gating import asked, gate, govern
from support.told_models import measured, shown

MOST_STATEMENTS = 12
HERE = "/models/m"


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that alice is signed in with."""
    return signed_in(app)


def test_versions_are_filtered_and_chosen_to_be_compared(call: Caller, browser: Browser) -> None:
    call.model()
    for number in range(3):
        call.version(tags=[{"key": "data", "value": str(number)}])
    call.move("2", "Staging")
    page = browser.ask(f"{HERE}/versions", query_string={"stage": "Staging"}).text
    assert re.findall(r'name="version" value="([^"]+)"', page) == ["m/2"]
    page = browser.ask(
        f"{HERE}/versions", query_string={"tag": "data", "value": "2", "query": "version_number > 1"}
    ).text
    assert re.findall(r'name="version" value="([^"]+)"', page) == ["m/3"]
    assert browser.ask("/compare?version=m/2&version=m/3").status_code == 200


def test_a_metric_over_versions_is_a_picture_and_a_table(call: Caller, browser: Browser) -> None:
    call.model()
    for number, auc in enumerate((0.8, 0.9, 0.85), start=1):
        call.version()
        measured(call, number, auc=auc, loss=1 - auc)
    call.version()
    call.move("2", "Production")
    page = browser.ask(f"{HERE}/versions", query_string={"metric": "auc"}).text
    assert "<title>Version 2: 0.9, Production</title>" in page
    assert "From 0.8 of version 1 to 0.85 of version 3; version 2 in Production: 0.9." in text_in(page)
    assert "style=" not in page
    table = text_in(page[page.index("The same as a table") :])
    assert "3 None 0.85 2 Production 0.9 1 None 0.8" in table


def test_a_version_is_told_with_all_that_it_is_made_of(call: Caller, browser: Browser) -> None:
    call.model()
    call.version(source=f"models:/{runs.LOGGED_MODEL}", model_id=runs.LOGGED_MODEL, description="Better.")
    told = facts.of(runs.run(), runs.logged_model(), runs.MLMODEL, runs.REQUIREMENTS)
    call.api("PUT", "/models/m/versions/1/snapshot", facts=told)
    call.api("POST", "/models/m/versions/1/checks", name="ci", state="passed", summary="All green.")
    call.point("champion", "1")
    page = shown(browser, f"{HERE}/versions/1")
    for each in (
        "Better.",
        "All green.",
        "auc 0.93",
        "solver lbfgs",
        runs.COMMIT,
        "models:/m/1",
        "models:/m@champion",
    ):
        assert each in page
    assert "secret" not in page
    origin = shown(browser, f"{HERE}/versions/1/origin")
    assert "Signature" in origin
    assert "Dependencies" in origin


def test_a_version_tells_where_it_stood_and_what_happened(call: Caller, browser: Browser) -> None:
    call.model()
    call.version()
    call.move("1", "Staging")
    assert "Staging" in shown(browser, f"{HERE}/versions/1/history")
    assert "alice moved it from None to Staging" in shown(browser, f"{HERE}/versions/1/story")
    activity = shown(browser, f"{HERE}/activity")
    assert "Version 1 · alice moved it from None to Staging" in activity
    assert "alice created the model" in activity


def test_access_is_shown_to_who_may_see_it_and_explained_to_everybody(call: Caller, app: Flask) -> None:
    call.model()
    manager, reader = Browser(app), Browser(app)
    manager.sign_in("alice")
    reader.sign_in("rita")
    assert "rita has CAN_READ" in shown(manager, f"{HERE}/access?kind=user&who=rita")
    mine = shown(reader, f"{HERE}/access")
    assert "rita has CAN_READ" in mine
    assert "You see what you may do yourself." in mine
    assert reader.ask(f"{HERE}/access?kind=user&who=alice").status_code == 400


def test_what_a_move_would_take_is_explained(call: Caller, browser: Browser) -> None:
    call.model()
    call.version()
    govern(call, gate("Production", {"approvals": 1}, {"check": "ci"}))
    page = browser.ask(f"{HERE}/gates", query_string={"version": "1", "to": "Production"}).text
    assert "0 of 1 approval" in text_in(page)
    assert "- check: ci" in unescape(page)
    assert "No gate guards it" in shown(browser, f"{HERE}/gates?version=1&to=Staging")
    answer = browser.ask(f"{HERE}/gates?version=nine&to=Production")
    assert (answer.status_code, 'value="nine"' in answer.text) == (400, True)
    endless = "0" * 19 + "1" + "9" * 5000
    assert browser.ask(f"{HERE}/gates?version={endless}&to=Production").status_code == 400


def test_pages_take_few_statements_whatever_the_rows(app: Flask, call: Caller, browser: Browser) -> None:
    tabs = ("", "/versions", "/activity", "/access", "/gates")
    paths = ["/models", *(HERE + tab for tab in tabs)]
    paths += [f"{HERE}/versions/1{tab}" for tab in ("", "/origin", "/history", "/story")]
    call.model()
    govern(call, gate())
    call.model("recalled")
    call.version("recalled")
    call.by(ADMINISTRATOR).api("POST", "/recalls", of="version:recalled/1", reason="Bad.")
    counts: list[dict[str, int]] = []
    for grown in range(2):
        for _ in range(1 + 5 * grown):
            number = int(call.version(tags=[{"key": "k", "value": "v"}])["version"])
            measured(call, number, auc=0.9)
            call.api("POST", f"/models/m/versions/{number}/checks", name="ci", state="passed")
            asked(call, number=number)
            call.model(f"other {number}")
        for path in paths:
            browser.ask(path)
        counts.append({})
        for path in paths:
            with counted(app) as statements:
                assert browser.ask(path).status_code == 200
            counts[-1][path] = len(statements)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= MOST_STATEMENTS, counts[0]


def test_names_and_texts_of_others_are_no_markup(call: Caller, browser: Browser) -> None:
    name = "<script>alert(1)<script>\u202e 🦉"
    call.model(name, tags=[{"key": "b", "value": "x" * 5000}], description="<script>alert(2)</script>")
    call.version(name, tags=[{"key": "i", "value": "<img src=x>"}])
    measured_at = f"/models/{quote(name, safe='')}"
    for path in ("/models", measured_at, f"{measured_at}/versions", f"{measured_at}/versions/1"):
        page = browser.ask(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_lines_to_copy_do_nothing_but_what_they_say(call: Caller, browser: Browser) -> None:
    name = "x'; touch y; \"z"
    call.model(name)
    call.version(name)
    page = browser.ask(f"/models/{quote(name, safe='')}/versions/1").text
    lines = [unescape(each) for each in re.findall(r"<code>((?:assent|import).*?)</code>", page, re.DOTALL)]
    assert shlex.split(lines[0])[3:] == [name, "1", "ci/evaluation", "passed"]
    assert '"models:/x\'; touch y; \\"z/1"' in lines[1]
