"""The page that compares versions: what differs on top, better or worse as the gates have it."""

import re
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
from support.databases import TEST
from support.gating import gate, govern

FORGE = "https://github.com/example/fraud"


def _facts(number: int, **more: Any) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "run": {"id": f"run{number}", "user": "ada"},
        "params": {"depth": str(number), "kind": "forest"},
        "metrics": {
            "auc": {"value": 0.9 + number / 100},
            "loss": {"value": 0.5 + number / 10},
            "nan": {"value": "NaN"},
        },
        "datasets": [{"name": "train", "digest": f"{number}", "context": "training"}],
        "code": {"commit": f"{number}" * 40, "repository": f"{FORGE}.git"},
        "model": {
            "signature": {"inputs": [{"name": "age", "type": "long" if number > 1 else "double"}]},
            "dependencies": [f"mlflow==3.{number}", "numpy==2.2"],
        },
        **more,
    }


@pytest.fixture
def browser(app: Flask, call: Caller) -> Browser:
    """Alice's, and a model with three versions, each of a run."""
    call.model()
    for number in (1, 2, 3):
        call.version(run_id=f"run{number}", tags=[{"key": "owner", "value": "risk"}])
        call.api("PUT", f"/models/m/versions/{number}/snapshot", facts=_facts(number))
        measured = {"bias": 0.1 * number}
        call.api("POST", f"/models/m/versions/{number}/checks", name="ci/eval", state="passed", metrics=measured)
    return signed_in(app)


def _asked(browser: Browser, *versions: str, **more: str) -> Any:
    return browser.ask("/compare", query_string=[("version", each) for each in versions] + list(more.items()))


def _rows(page: str, section: str) -> dict[str, list[str]]:
    """What differs, as text, by what each row is called."""
    found = re.search(rf'<section[^>]* id="beside-{section}".*?</section>', page, re.DOTALL)
    body = re.search(r"<tbody>(.*?)</tbody>", found[0], re.DOTALL) if found else None
    rows = [re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL) for row in body[1].split("</tr>")] if body else []
    return {text_in(row[0]): [text_in(each) for each in row[1:]] for row in rows if row}


def test_metrics_are_better_or_worse_as_the_gates_have_it(browser: Browser, call: Caller) -> None:
    metric = {"metric": {"key": "loss", "against": "incumbent", "may_rise": 0.01}}
    govern(call, gate("Production", {"metric": {"key": "auc", "at_least": 0.5}}, metric))
    assert _rows(_asked(browser, "m/1", "m/2").text, "metrics") == {
        "auc more is better": ["0.91", "0.92 +0.01 ▲ better"],
        "loss less is better": ["0.6", "0.7 +0.1 ▼ worse"],
    }


def test_without_a_gate_nobody_says_what_is_better(browser: Browser) -> None:
    assert _rows(_asked(browser, "m/1", "m/2").text, "metrics")["auc"] == ["0.91", "0.92 +0.01"]


@pytest.mark.parametrize(
    ("section", "rows"),
    [
        ("params", {"depth": ["1", "2", "3"]}),
        ("datasets", {"train (training)": ["1", "2", "3"]}),
        ("dependencies", {"mlflow": ["==3.1", "==3.2", "==3.3"]}),
        ("signature", {"inputs: age": ["double", "long", "long"]}),
        ("tags", {}),
    ],
)
def test_only_what_differs_is_in_the_tables(browser: Browser, section: str, rows: dict[str, list[str]]) -> None:
    assert _rows(_asked(browser, "m/1", "m/2", "m/3").text, section) == rows


def test_commits_lead_to_what_changed_at_the_forge(browser: Browser) -> None:
    assert f'href="{FORGE}/compare/{"1" * 40}...{"2" * 40}"' in _asked(browser, "m/1", "m/2").text


def test_a_comparison_takes_the_same_few_statements_for_three_as_for_two(app: Flask, browser: Browser) -> None:
    taken = []
    for versions in (("m/1", "m/2"), ("m/1", "m/2", "m/3")):
        with counted(app) as statements:
            assert _asked(browser, *versions).status_code == 200
        taken.append(len(statements))
    assert taken[0] == taken[1] <= 12


@pytest.mark.parametrize(
    ("versions", "status", "told"),
    [
        (("m/1", "m/9"), 404, "Model Version (name=m, version=9) not found"),
        (("m/1", "m"), 400, "m names no version; write MODEL/NUMBER, such as fraud/3."),
        (tuple(f"m/{n}" for n in range(1, 8)), 400, "7 versions are too many to compare; 6 are the most."),
    ],
)
def test_what_cannot_be_compared_is_told_on_the_page(
    browser: Browser, versions: tuple[str, ...], status: int, told: str
) -> None:
    answer = _asked(browser, *versions)
    assert answer.status_code == status
    assert message_of(answer).startswith(told)
    assert "Take away" in answer.text


def test_a_model_that_was_renamed_is_found_under_its_new_name(browser: Browser, call: Caller) -> None:
    call("POST", "/registered-models/rename", name="m", new_name="new name")
    answer = _asked(browser, "m/1", "m/2")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/compare?version=new+name%2F1&version=new+name%2F2")


def test_who_may_not_read_a_model_is_told_that_it_is_not_there(app: Flask, browser: Browser) -> None:
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        model = permissions.named(session, "m", by=SYSTEM)
        permissions.give(session, model, accounts.named(session, "rita"), Level.NO_PERMISSIONS, by=SYSTEM)
    browser.sign_out()
    browser.sign_in("rita")
    answer = _asked(browser, "m/1", "m/2")
    assert (answer.status_code, "depth" in answer.text) == (404, False)


def test_a_section_may_be_asked_for_alone_and_whole(browser: Browser, call: Caller) -> None:
    for number in (4, 5):
        call.version(run_id=f"run{number}")
        many = {"params": {f"p{at}": f"{number}" for at in range(200)}}
        call.api("PUT", f"/models/m/versions/{number}/snapshot", facts=_facts(number, **many))
    assert len(_rows(_asked(browser, "m/4", "m/5").text, "params")) == 120
    assert len(_rows(_asked(browser, "m/4", "m/5", section="params").text, "params")) == 200
