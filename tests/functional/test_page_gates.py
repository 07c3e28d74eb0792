"""Gates as pages: those that stand, their revisions, and what one would say about a version."""

import pytest
from flask import Flask

from support.browsing import Browser, message_of, signed_in
from support.calling import Caller
from support.counting import counted
from support.databases import ADMINISTRATOR
from support.gating import gate, govern

HERE = "/administration/gates"


@pytest.fixture
def admin(app: Flask) -> Browser:
    """The browser of an administrator."""
    return signed_in(app, ADMINISTRATOR)


def test_the_gates_that_stand_are_told_in_words(admin: Browser, call: Caller) -> None:
    govern(call, gate("Production", {"approvals": 2}, models=["credit*"], expires_after="14d"))
    page = admin.ask(HERE).text
    for told in ("2 approvals", "<code>credit*</code>", "requests expire after 14d", "Revision 1", "by admin"):
        assert told in page


def test_a_gate_tells_what_each_revision_changed(admin: Browser, call: Caller) -> None:
    govern(call, gate("Production", {"approvals": 1}))
    govern(call, gate("Production", {"approvals": 2}))
    page = admin.ask(f"{HERE}/production").text
    assert "1 approval -&gt; 2 approvals" in page
    assert "<ins>+   - approvals: 2</ins>" in page
    assert "<del>-   - approvals: 1</del>" in page


def test_who_is_no_administrator_reads_gates_and_is_told_why_they_change_none(app: Flask, call: Caller) -> None:
    govern(call, gate())
    bob = Browser(app)
    bob.sign_in("bob")
    page = bob.ask(HERE).text
    assert "1 approval" in page
    assert "Rules are changed by administrators, and bob is none." in page
    assert "Change the rules" not in page


def test_trying_a_gate_tells_what_it_says_of_a_version(admin: Browser, call: Caller) -> None:
    call.model()
    call.version()
    govern(call, gate("Production", {"check": "ci/evaluation"}))
    page = admin.ask(f"{HERE}/production/try", query_string={"model": "m", "version": "1"}).text
    assert "The check ci/evaluation was not posted." in page


def test_trying_a_text_changes_nothing(admin: Browser, call: Caller) -> None:
    call.model()
    call.version()
    govern(call, gate())
    events = call.by(ADMINISTRATOR).api("GET", "/audit/events")
    text = "name: production\ntarget: {stage: Production}\nrequire: [{approvals: 2}]\n"
    page = admin.submit(
        f"{HERE}/production/try/text", on=f"{HERE}/production/try", model="m", version="1", to="Production", text=text
    )
    assert "0 of 2 approvals" in page.text
    assert call.by(ADMINISTRATOR).api("GET", "/audit/events") == events
    assert call.by(ADMINISTRATOR).api("GET", "/gates")["gates"][0]["revision"] == 1


def test_a_text_to_try_is_one_gate_and_no_longer(admin: Browser, call: Caller) -> None:
    govern(call, gate())
    here = f"{HERE}/production/try"
    page = admin.submit(f"{here}/text", on=here, model="m", version="1", to="Production", text="#" * 20_001)
    assert page.status_code == 400
    assert "Longer than maximum length 20000." in page.text
    assert "#" * 20_001 in page.text


def test_a_text_to_try_that_is_wrong_is_kept_and_told_with_its_line(admin: Browser, call: Caller) -> None:
    call.model()
    call.version()
    govern(call, gate())
    text = "name: production\ntarget: {stage: Production}\nrequire:\n  - aprovals: 2\n"
    page = admin.submit(
        f"{HERE}/production/try/text", on=f"{HERE}/production/try", model="m", version="1", to="Production", text=text
    )
    assert page.status_code == 400
    assert "Line 4: There is no requirement aprovals" in page.text
    assert "  - aprovals: 2" in page.text


def test_a_model_that_is_not_there_is_told_on_the_form(admin: Browser, call: Caller) -> None:
    govern(call, gate())
    answer = admin.ask(f"{HERE}/production/try", query_string={"model": "no", "version": "1"})
    assert answer.status_code == 404
    assert 'value="no"' in answer.text
    assert "no" in message_of(answer)


@pytest.mark.parametrize("path", [HERE, f"{HERE}/production", "/administration/rules", "/administration/freezes"])
def test_a_page_on_rules_is_few_statements_whatever_the_rules(
    admin: Browser, call: Caller, path: str, app: Flask
) -> None:
    counts = []
    for many in (1, 12):
        govern(call, *(gate() | {"name": f"gate {number}"} for number in range(many)), gate())
        admin.ask(path)
        with counted(app) as statements:
            assert admin.ask(path).status_code == 200
        counts.append(len([each for each in statements if not each.startswith("BEGIN")]))
    assert counts[0] == counts[1] <= 6
