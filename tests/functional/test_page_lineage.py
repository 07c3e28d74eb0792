"""The page about lineage: what something is made of and what came of it, as a drawing and as a table."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask

from assent.access.people import accounts
from assent.access.policy.levels import Level
from assent.access.policy.principals import SYSTEM
from assent.database import db, unit_of_work
from assent.lineage.runs.facts import SCHEMA
from assent.registry import permissions
from support.browsing import Browser, message_of, signed_in, text_in
from support.calling import Caller
from support.counting import counted
from support.databases import ADMINISTRATOR, TEST

RUN = "0123456789abcdef0123456789abcdef"
# A copy is of the run of its original, too.
COPIED_RUN = (f"run {RUN[:16]}…", "was registered as", "version copies 1 Production")
MADE = {
    ("dataset train d1", "went into", "version m 1"),
    (f"run {RUN[:16]}…", "was registered as", "version m 1"),
    ("version m 1", "was copied to", "version copies 1 Production"),
    ("version copies 1 Production", "is served by", "deployment shop"),
}


@pytest.fixture
def browser(app: Flask, call: Caller) -> Browser:
    """Alice's, and a version of a run over a dataset, whose copy is in production and served."""
    call.model()
    call.version(run_id=RUN)
    facts = {"schema": SCHEMA, "run": {"id": RUN}, "datasets": [{"name": "train", "digest": "d1"}]}
    call.api("PUT", "/models/m/versions/1/snapshot", facts=facts)
    call.model("copies")
    call.version("copies", source="models:/m/1")
    call.move("1", "Production", name="copies")
    call.api("PUT", "/deployments/shop", serves=[{"model": "copies", "version": 1}])
    return signed_in(app)


def _asked(browser: Browser, of: str, **more: Any) -> Any:
    return browser.ask("/lineage", query_string={"of": of, **more})


def _table(page: str) -> set[tuple[str, ...]]:
    """From, relation and to of every row of the table, without the links beside them."""
    body = re.search(r'<table class="steps">.*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", re.sub(r'<a class="aside".*?</a>', "", body[1] if body else ""), re.DOTALL)
    return {tuple(text_in(cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)[:3]) for row in rows}


@pytest.mark.parametrize(
    ("of", "shown"),
    [
        ("m/1", MADE),
        ("version:copies/1", MADE | {COPIED_RUN}),
        ("deployment:shop", MADE | {COPIED_RUN}),
        (f" {RUN} ", {step for step in MADE | {COPIED_RUN} if "train" not in step[0]}),
        ("dataset:d1", {step for step in MADE if "run" not in step[0]}),
    ],
)
def test_a_node_is_shown_with_what_it_is_made_of_and_what_came_of_it(
    browser: Browser, of: str, shown: set[tuple[str, ...]]
) -> None:
    assert _table(_asked(browser, of).text) == shown


def test_the_drawing_is_made_of_what_the_table_says(browser: Browser) -> None:
    graph = browser.ask("/lineage/graph", query_string={"of": "m/1"}).json or {}
    names = [f"{node['kind']} {node['name']} {node['about']}".strip() for node in graph["nodes"]]
    assert {(names[each["from"]], each["relation"], names[each["to"]]) for each in graph["edges"]} == MADE


def test_depth_bounds_both_directions(browser: Browser) -> None:
    near = {step for step in MADE if "version m 1" in step}
    answer = _asked(browser, "m/1", depth=1)
    assert _table(answer.text) == near
    assert "There is more, further away." in answer.text


def test_what_is_recalled_and_what_descends_from_it_is_told_in_words(browser: Browser, call: Caller) -> None:
    call.by(ADMINISTRATOR).api("POST", "/recalls", of="dataset:d1", reason="Labels were leaked.")
    marks = {cell for row in _table(_asked(browser, "dataset:d1").text) for cell in row if "ed" in cell.split()[-1]}
    assert {"dataset train d1 recalled", "version m 1 quarantined", "deployment shop quarantined"} <= marks


def test_recalls_are_linked_for_who_may_read_them(browser: Browser, call: Caller) -> None:
    call.by(ADMINISTRATOR).api("POST", "/recalls", of="dataset:d1", reason="Labels were leaked.")
    assert "Who recalled what, and why, is told to those who may read it." in _asked(browser, "m/1").text
    call.by(ADMINISTRATOR).api("POST", "/recalls", of="version:m/1", reason="It was trained on these.")
    assert 'href="/recalls">See the recalls' in _asked(browser, "m/1").text


def test_one_click_tells_which_versions_in_production_come_from_a_dataset(browser: Browser) -> None:
    page = _asked(browser, "dataset:d1").text
    link = re.search(r'<a href="([^"]*show=production[^"]*)"', page)
    told = browser.ask(unescape(link[1])).text if link else ""
    assert re.findall(r'<th scope="row"><a href="([^"]+)"', told) == ["/models/copies/versions/1"]
    assert "serves <bdi>copies</bdi> 1" in told


@pytest.mark.parametrize(
    ("of", "status", "told"),
    [
        ("m/9", 404, "Model Version (name=m, version=9) not found"),
        ("dataset:none", 404, "Nothing is known of dataset:none."),
        ("whatever", 400, "'whatever' names no node;"),
        ("commit:xyz", 400, "'xyz' is no commit:"),
    ],
)
def test_what_is_no_node_is_told_and_keeps_what_was_typed(browser: Browser, of: str, status: int, told: str) -> None:
    answer = _asked(browser, of)
    assert (answer.status_code, message_of(answer).startswith(told)) == (status, True)
    assert of in re.findall(r'<input id="of" name="of" value="([^"]*)"', answer.text)[0]


def test_a_version_is_found_under_the_new_name_of_its_model(browser: Browser, call: Caller) -> None:
    call("POST", "/registered-models/rename", name="m", new_name="new")
    assert _asked(browser, "m/1").headers["Location"] == "/lineage?of=version%3Anew%2F1"


def test_who_may_read_no_version_of_it_is_told_of_nothing(app: Flask, browser: Browser) -> None:
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        for name in ("m", "copies"):
            model = permissions.named(session, name, by=SYSTEM)
            permissions.give(session, model, accounts.named(session, "rita"), Level.NO_PERMISSIONS, by=SYSTEM)
    browser.sign_out()
    browser.sign_in("rita")
    for of in ("m/1", "dataset:d1", f"run:{RUN}", "deployment:shop"):
        assert _asked(browser, of).status_code == _asked(browser, of, show="production").status_code == 404


def test_who_may_read_a_part_sees_only_that(app: Flask, browser: Browser) -> None:
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        model = permissions.named(session, "m", by=SYSTEM)
        permissions.give(session, model, accounts.named(session, "rita"), Level.NO_PERMISSIONS, by=SYSTEM)
    browser.sign_out()
    browser.sign_in("rita")
    served = ("version copies 1 Production", "is served by", "deployment shop")
    assert _table(_asked(browser, "copies/1").text) == {COPIED_RUN, served}


def test_a_wide_graph_takes_the_same_few_statements_and_comes_in_pages(
    app: Flask, browser: Browser, call: Caller
) -> None:
    def _statements() -> int:
        with counted(app) as statements:
            answers.append(_asked(browser, "m/1"))
        return len(statements)

    answers: list[Any] = []
    few = _statements()
    for at in range(50):
        call.version("copies", source="models:/m/1", tags=[{"key": "at", "value": f"{at}"}])
    assert _statements() == few <= 11
    assert len(_table(answers[-1].text)) == 40
    assert len(_table(_asked(browser, "m/1", page=2).text)) == 14
