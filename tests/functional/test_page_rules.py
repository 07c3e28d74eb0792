"""Rules changed on pages: planned, applied exactly so, and never over what somebody else did meanwhile."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from assent.web.administration import requirements
from assent.web.administration.rule_files import EXAMPLES, example_of
from support.browsing import Browser, message_of, signed_in
from support.calling import Caller
from support.databases import ADMINISTRATOR
from support.gating import asked, gate, govern

RULES, PLAN, APPLY = "/administration/rules", "/administration/rules/plan", "/administration/rules/apply"
FREEZES = "/administration/freezes"
TWO = "gates:\n  - name: production\n    target: {stage: Production}\n    require:\n      - approvals: 2\n"
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def admin(app: Flask) -> Browser:
    """The browser of an administrator."""
    return signed_in(app, ADMINISTRATOR)


def _form(planned: str) -> dict[str, str]:
    """What the form holds that applies what was planned."""
    form = re.search(rf'<form[^>]* action="{APPLY}".*?</form>', planned, re.DOTALL)
    assert form
    return {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form[0])}


def test_what_was_planned_is_told_and_then_applied(admin: Browser, call: Caller) -> None:
    govern(call, gate("Production", {"approvals": 1}))
    planned = admin.submit(PLAN, on=RULES, text=TWO).text
    assert "1 approval -&gt; 2 approvals" in planned
    assert admin.ask(APPLY, "POST", data=_form(planned)).status_code == 303
    told = call.api("GET", "/gates")["gates"]
    assert [(each["revision"], each["set_by"]) for each in told] == [(2, ADMINISTRATOR)]


def test_planning_changes_nothing(admin: Browser, call: Caller) -> None:
    govern(call, gate())
    events = call.by(ADMINISTRATOR).api("GET", "/audit/events")
    admin.submit(PLAN, on=RULES, text="gates: []")
    assert call.by(ADMINISTRATOR).api("GET", "/audit/events") == events
    assert len(call.api("GET", "/gates")["gates"]) == 1


def test_what_is_no_yaml_is_not_applied_and_told(admin: Browser) -> None:
    planned = _form(admin.submit(PLAN, on=RULES, text=TWO).text)
    answer = admin.ask(APPLY, "POST", data=planned | {"text": "gates: ["})
    assert (answer.status_code, "This is no YAML" in message_of(answer)) == (400, True)


def test_a_fault_is_told_with_its_line_and_the_text_is_kept(admin: Browser) -> None:
    answer = admin.submit(PLAN, on=RULES, text=TWO.replace("Production", "Prodution"))
    assert answer.status_code == 400
    assert 'data-line="3">Line 3</a>: There is no stage Prodution' in answer.text
    assert "target: {stage: Prodution}" in answer.text


def test_what_is_no_yaml_is_told_with_its_line(admin: Browser) -> None:
    answer = admin.submit(PLAN, on=RULES, text="gates:\n  - name: [")
    assert answer.status_code == 400
    assert "This is no YAML" in answer.text


def test_what_somebody_else_changed_meanwhile_is_told_and_stays(admin: Browser, call: Caller) -> None:
    planned = admin.submit(PLAN, on=RULES, text=TWO).text
    govern(call, gate("Staging") | {"name": "staging"})
    answer = admin.ask(APPLY, "POST", data=_form(planned))
    assert answer.status_code == 409
    assert "Since you planned this admin changed the gate staging" in message_of(answer)
    assert "- approvals: 2" in answer.text
    assert [each["name"] for each in call.api("GET", "/gates")["gates"]] == ["staging"]


def test_the_file_that_is_given_plans_to_nothing(admin: Browser, call: Caller) -> None:
    govern(call, gate("Production", {"approvals": {"count": 2}}, tags={"risk": "no"}))
    file = admin.ask("/administration/rules.yaml")
    assert file.mimetype == "application/yaml"
    assert "Nothing would change" in admin.submit(PLAN, on=RULES, text=file.text).text


def test_an_example_is_added_to_what_stands(admin: Browser, call: Caller) -> None:
    govern(call, gate() | {"name": "mine"})
    page = admin.ask(RULES, query_string={"example": "aliases"}).text
    assert "- name: mine" in page
    assert "- name: champion" in page


def test_the_examples_are_those_of_the_guide() -> None:
    guide = (DOCS / "gates-by-example.md").read_text()
    for name, title in EXAMPLES.items():
        assert f"```yaml\n# {name}.yaml\n{example_of(name)}```" in guide
        assert f"## {title}\n" in guide


def test_every_requirement_of_ours_is_told_with_the_example_of_the_guide(admin: Browser) -> None:
    page = unescape(admin.ask("/administration/requirements").text)
    guide = (DOCS / "requirements.md").read_text()
    for word, (_, example) in requirements.OURS.items():
        assert f"## `{word}`" in guide
        assert f"- {example}" in page


def test_who_is_no_administrator_applies_nothing(app: Flask, call: Caller) -> None:
    bob = Browser(app)
    bob.sign_in("bob")
    proof = re.findall(r'name="csrf_token" value="([^"]+)"', bob.ask("/account").text)[0]
    answer = bob.ask(APPLY, "POST", data={"csrf_token": proof, "text": TWO, "planned_at": "0"})
    assert (answer.status_code, call.api("GET", "/gates")["gates"]) == (403, [])


def test_a_freeze_is_added_and_told_as_it_was_written(admin: Browser, call: Caller) -> None:
    _freeze(admin, **{"from": "2990-12-20T00:00", "until": "2991-01-04T08:00"})
    told = call.api("GET", "/freezes")["freezes"]
    assert told[0]["text"] == (
        "of Production, @champion of every model from 2990-12-20T00:00 until 2991-01-04T08:00 (Europe/Berlin)"
    )
    assert "To come" in admin.ask(FREEZES).text


def test_why_something_is_frozen_is_told_to_whose_move_waits(admin: Browser, call: Caller) -> None:
    times = {"from": "2020-12-20T00:00", "until": "2991-01-04T08:00"}
    _freeze(admin, reason="Nobody is here to mend it.", **times)
    assert "<bdi>Nobody is here to mend it.</bdi>" in admin.ask(FREEZES).text
    call.by(ADMINISTRATOR).api("POST", "/gates/apply", gates=[gate()])
    call.model()
    call.version()
    asked(call)
    assert "is frozen (year-end: Nobody is here to mend it.) until" in admin.ask("/requests/1").text


def test_a_freeze_that_is_wrong_is_told_with_its_field_and_kept(admin: Browser) -> None:
    answer = _freeze(admin, **{"from": "2990-12-20T00:00", "until": "2980-01-04T08:00"})
    assert answer.status_code == 400
    assert message_of(answer) == "until: Write a time after that of from."
    assert 'value="2980-01-04T08:00"' in answer.text


def test_a_freeze_that_holds_is_ended_now_and_stays_as_one_that_is_over(admin: Browser, call: Caller) -> None:
    _freeze(admin, **{"from": "2020-12-20T00:00", "until": "2991-01-04T08:00"})
    assert admin.submit(f"{FREEZES}/year-end/end", on=FREEZES).status_code == 303
    assert call.api("GET", "/freezes")["freezes"][0]["content"]["until"] < "2900"


def test_a_freeze_to_come_is_taken_away(admin: Browser, call: Caller) -> None:
    _freeze(admin, **{"from": "2990-12-20T00:00", "until": "2991-01-04T08:00"})
    admin.submit(f"{FREEZES}/year-end/end", on=FREEZES)
    assert call.api("GET", "/freezes")["freezes"] == []


def test_a_freeze_that_somebody_changed_meanwhile_is_not_ended(admin: Browser, call: Caller) -> None:
    _freeze(admin, **{"from": "2990-12-20T00:00", "until": "2991-01-04T08:00"})
    answer = admin.submit(f"{FREEZES}/year-end/end", on=FREEZES, revision="7")
    assert answer.status_code == 409
    assert len(call.api("GET", "/freezes")["freezes"]) == 1


def _freeze(admin: Browser, **more: str) -> TestResponse:
    asked = {"name": "year-end", "targets": "Production, @champion", "models": "*", "zone": "Europe/Berlin"}
    return admin.submit(FREEZES, on=FREEZES, **asked, **more)
