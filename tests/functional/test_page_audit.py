"""The pages of the audit log: what one looks for, what one may see, one event, and all of it to take along."""

import re
from html import escape, unescape
from typing import Any

import pytest
from flask import Flask

from assent.registry import trail
from assent.web.audit import explorer
from support.browsing import Browser, message_of, signed_in
from support.calling import Caller
from support.counting import counted
from support.gating import asked, gate


@pytest.fixture
def browser(app: Flask, call: Caller) -> Browser:
    """The administrator's, where a model has two versions, one of which was moved, and something was refused."""
    call.model("fraud")
    call.version("fraud", run_id="run1")
    call.version("fraud", run_id="run2")
    call.move("1", "Staging", "fraud")
    call.point("champion", "2", "fraud")
    call.api("PUT", "/models/fraud/card", text="What it is for.", revision=0)
    call.by("edith").request("DELETE", "/registered-models/delete", name="fraud")
    return signed_in(app, "admin")


def test_what_events_are_about_is_a_page_away(browser: Browser, call: Caller) -> None:
    admin = call.by("admin")
    admin.api("POST", "/users", name="dora/x")
    admin.api("POST", "/service-accounts", name="ci")
    admin.api("POST", "/groups", name="a group")
    frozen = {"from": "2026-01-01", "until": "2027-01-01", "zone": "UTC"}
    freeze = {"name": "year-end", "targets": [{"stage": "Staging"}], **frozen}
    stages = [{"name": "None", "tier": "none"}, {"name": "UAT", "tier": "staging"}]
    lifecycle = {"name": "ours", "models": ["other*"], "stages": stages}
    admin.api("POST", "/gates/apply", gates=[gate()], freezes=[freeze], lifecycles=[lifecycle])
    asked(call, name="fraud")
    shown = re.findall(r'<p class="says">(.*?)</p>', browser.ask("/audit").text, re.DOTALL)
    addresses = {unescape(each) for line in shown for each in re.findall(r'href="([^"]+)"', line)}
    assert addresses >= {
        *("/requests/1", "/models/fraud", "/models/fraud/versions/1", "/administration/gates/production"),
        *("/administration/freezes", "/administration/lifecycles", "/administration/groups/a%20group"),
    }
    assert {address: browser.ask(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)


def _told(browser: Browser, **asked: Any) -> list[str]:
    """The events on a page, as sentences."""
    page = browser.ask("/audit", query_string=asked)
    assert page.status_code == 200, page.text
    return [_text(each) for each in re.findall(r'<p class="says">(.*?)</p>', page.text, re.DOTALL)]


def _text(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", markup)).split())


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"action": "model_version.transitioned"}, ["alice moved version fraud 1 from None to Staging"]),
        ({"action": "alias.*"}, ["alice pointed @champion to version fraud 2"]),
        (
            {"kind": "model_version", "name": "fraud/1", "action": "model_version.registered"},
            ["alice registered version fraud 1 from run run1"],
        ),
        (
            {"kind": "registered_model", "name": "fraud", "action": "registered_model.*", "outcome": "done"},
            ["alice created model fraud"],
        ),
        ({"outcome": "refused", "who": "edith"}, ["edith was refused the right to manage models on model fraud"]),
        ({"kind": "model_card", "name": "fraud"}, ["alice wrote the card of fraud"]),
        ({"text": "champion"}, ["alice pointed @champion to version fraud 2"]),
        ({"who": "alice", "until": "2001-01-01"}, []),
        (
            {"face": "mlflow", "since": "1h", "kind": "registered_model", "outcome": "done"},
            ["alice created model fraud"],
        ),
    ],
)
def test_what_one_looks_for_is_told_as_sentences(browser: Browser, asked: dict[str, str], told: list[str]) -> None:
    assert [re.sub(r" “.*| refused$", "", each) for each in _told(browser, **asked)] == told


@pytest.mark.parametrize(
    ("asked", "field", "told"),
    [
        ({"since": "3. März"}, "since", "“3. März” is no moment."),
        ({"since": "2026-03-04", "until": "2026-03-03"}, "until", "This is not after the beginning"),
        ({"action": "model.*"}, "action", "There is no action"),
        ({"outcome": "maybe"}, "outcome", "An event is done or refused."),
        ({"name": "fraud"}, "kind", "Choose what kind of thing"),
        ({"kind": "unicorn"}, "kind", "is no kind of thing"),
        ({"kind": "model_version", "name": "fraud"}, "name", "Write MODEL/NUMBER"),
        ({"kind": "registered_model", "name": "nothing"}, "name", "Registered Model with name=nothing not found"),
        ({"who": "x" * 300}, "who", "That is 300 characters long"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field_and_kept(
    browser: Browser, asked: dict[str, str], field: str, told: str
) -> None:
    for path in ("/audit", "/audit/export"):
        page = browser.ask(path, query_string=asked)
        assert page.status_code == 400
        wrong = re.search(rf'id="{field}-wrong">(.*?)</p>', page.text)
        assert wrong
        assert told in unescape(wrong[1])
        assert all(f'value="{text}"' in page.text for text in asked.values())


def test_a_wrong_place_in_the_log_is_told(browser: Browser) -> None:
    answer = browser.ask("/audit", query_string={"before": "yesterday"})
    assert (answer.status_code, message_of(answer)[:31]) == (400, "A position is written like 1795")


def test_pages_lead_to_older_events_and_back(browser: Browser, call: Caller) -> None:
    for number in range(35):
        call("POST", "/registered-models/set-tag", name="fraud", key="k", value=str(number))
    asked = {"action": "registered_model.tag_set"}
    newest = browser.ask("/audit", query_string=asked)
    older = browser.ask(_leads(newest.text, "next"))
    assert [len(re.findall(r'<p class="says">', page.text)) for page in (newest, older)] == [25, 10]
    back = browser.ask(_leads(older.text, "prev"))
    assert _events(back.text) == _events(newest.text)
    assert 'rel="next"' not in older.text


def test_a_page_looks_no_further_than_so_many_events_and_leads_on(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name, value in ((trail, "_FEW", 2), (trail, "_FEW_FOR_A_ROW", 0), (explorer, "MOST_LOOKED_AT", 3)):
        monkeypatch.setattr(module, name, value)
    page = browser.ask("/audit", query_string={"text": "run1"})
    assert "Nothing among the 3 events before this place." in page.text
    # By a script, if there is one, and by hand.
    assert f'hx-get="{escape(_leads(page.text, "next"))}" hx-trigger="load"' in page.text
    while 'class="says"' not in page.text:
        page = browser.ask(_leads(page.text, "next"))
    assert _text(re.findall(r'<p class="says">(.*?)</p>', page.text, re.DOTALL)[0]).startswith("alice registered")


def test_a_page_takes_the_same_few_statements_for_many_events_as_for_few(app: Flask, call: Caller) -> None:
    call.model("fraud")
    taken = []
    for _ in range(2):
        for person in ("admin", "rita"):
            reader = signed_in(app, person)
            with counted(app) as statements:
                reader.ask("/audit", query_string={"kind": "registered_model", "name": "fraud"})
            taken.append(len(statements))
        for number in range(20):
            call("POST", "/registered-models/set-tag", name="fraud", key=f"k{len(taken)}", value=str(number))
    assert taken[:2] == taken[2:]
    assert max(taken) <= 12


def test_who_does_not_see_the_whole_log_is_told_so_and_sees_their_part(browser: Browser) -> None:
    page = signed_in(browser.app, "rita").ask("/audit", query_string={"kind": "registered_model", "name": "fraud"})
    assert "You do not see the whole log" in page.text
    assert "alice" in page.text
    assert "127.0.0.1" not in page.text
    assert "edith" not in page.text


def test_one_event_is_told_with_all_of_it(browser: Browser) -> None:
    number = _events(browser.ask("/audit", query_string={"action": "alias.set"}).text)[0]
    whole, part = (signed_in(browser.app, name).ask(f"/audit/{number}").text for name in ("admin", "rita"))
    assert "127.0.0.1" in whole
    assert "&#34;champion&#34;" in whole
    assert "127.0.0.1" not in part
    assert "not for you to see" in part


def test_an_event_that_one_may_not_see_is_not_there(browser: Browser) -> None:
    number = _events(browser.ask("/audit", query_string={"outcome": "refused", "who": "edith"}).text)[0]
    rita = signed_in(browser.app, "rita")
    assert [rita.ask(f"/audit/{each}").status_code for each in (number, 10**9, 10**30)] == [404, 404, 404]


def test_an_export_holds_all_that_is_looked_for_and_no_formula(browser: Browser, call: Caller) -> None:
    call.model("=cmd()")
    answer = browser.ask("/audit/export", query_string={"action": "registered_model.created", "format": "csv"})
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-')
    header, *lines = answer.text.splitlines()
    assert header.startswith("position,time,id,at,action")
    assert [line.split(",")[11] for line in lines] == ["fraud", "'=cmd()"]


def test_an_export_as_json_lines_is_streamed_and_bounded_by_what_one_may_see(browser: Browser) -> None:
    answer = signed_in(browser.app, "rita").ask("/audit/export", query_string={"format": "jsonl", "who": "alice"})
    assert answer.is_streamed
    assert answer.mimetype == "application/jsonl"
    assert '"action":"alias.set"' in answer.text
    assert "127.0.0.1" not in answer.text
    assert "access.denied" not in answer.text


def _leads(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    assert found
    return unescape(found[1])


def _events(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'href="/audit/(\d+)"', page)]
