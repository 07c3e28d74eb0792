"""Models in the browser: found, and read."""

import re
from html import unescape
from urllib.parse import quote

import pytest
from flask import Flask

from support.browsing import Browser, message_of, signed_in, text_in
from support.calling import Caller
from support.databases import ADMINISTRATOR
from support.gating import asked, gate, govern
from support.told_models import shown

HERE = "/models/m"


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that alice is signed in with."""
    return signed_in(app)


def named(browser: Browser, **query: str) -> list[str]:
    """The models that a search shows."""
    page = browser.ask("/models", query_string=query).text
    return [unescape(each) for each in re.findall(r'class="row-title">\s*<a href="[^"]+">([^<]+)</a>', page)]


def test_an_empty_registry_tells_how_to_register_a_model(browser: Browser) -> None:
    page = shown(browser, "/models")
    assert 'mlflow.set_registry_uri("http://localhost")' in page
    assert "registered_model_name=" in page


def test_who_may_not_register_is_told_whom_to_ask(app: Flask) -> None:
    page = shown(signed_in(app, "rita"), "/models")
    assert ("ask whoever manages a model" in page, "registered_model_name=" in page) == (True, False)


def test_lines_to_copy_name_the_server_as_the_setting_does_whatever_it_was_called(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://models.example.com")
    page = browser.ask("/models").text
    assert "mlflow.set_registry_uri(&#34;https://models.example.com&#34;)" in page
    assert "http://localhost" not in page


def test_a_model_is_told_with_what_stands_in_use_and_what_waits(call: Caller, browser: Browser) -> None:
    call.model(description="Finds fraud.\nIn cards.", tags=[{"key": "owner", "value": "risk"}])
    for _ in range(3):
        call.version()
    call.move("2", "Production")
    call.point("champion", "2")
    govern(call, gate("Staging"))
    asked(call, "Staging", number=3)
    page = shown(browser, "/models")
    for told in ("1 open", "Finds fraud.", "@champion", "Production Version v 2", "newest version v 3", "risk"):
        assert told in page
    assert "In cards." not in page


def test_simple_boxes_and_the_words_of_the_api_are_one_search(call: Caller, browser: Browser) -> None:
    for name, owner in (("fraud_a", "risk"), ("fraud_b", "crm"), ("fraudXa", "risk"), ("churn", "risk")):
        call.model(name, tags=[{"key": "owner", "value": owner}])
    assert named(browser, query="name LIKE 'fraud%'", owner="risk") == ["fraudXa", "fraud_a"]
    assert named(browser, name="FRAUD_") == ["fraud_a", "fraud_b"]
    assert "name ILIKE '%FRAUD\\_%'" in shown(browser, "/models?name=FRAUD_")


def test_models_are_found_by_stage_alias_and_tag(call: Caller, browser: Browser) -> None:
    for name in ("a", "b"):
        call.model(name)
        call.version(name)
    call.move("1", "Production", name="a")
    call("POST", "/registered-models/alias", name="a", alias="champion", version="1")
    call("POST", "/registered-models/set-tag", name="a", key="so it is", value="x'\"")
    assert named(browser) == ["a", "b"]
    assert named(browser, stage="production") == ["a"]
    assert named(browser, alias="@champion") == ["a"]
    assert named(browser, tag="so it is", value="x'\"") == ["a"]
    assert named(browser, tag="other") == []


def test_a_search_that_breaks_the_grammar_keeps_what_was_typed(browser: Browser) -> None:
    answer = browser.ask("/models", query_string={"query": "name ~ <b>", "owner": "risk"})
    assert answer.status_code == 400
    assert "Invalid" in message_of(answer)
    assert 'value="name ~ &lt;b&gt;"' in answer.text
    assert 'value="risk"' in answer.text


def test_models_of_a_recalled_origin_are_found_as_quarantined(call: Caller, browser: Browser) -> None:
    for name in ("sick", "well"):
        call.model(name)
        call.version(name)
    call.by(ADMINISTRATOR).api("POST", "/recalls", of="version:sick/1", reason="Leaked.")
    assert named(browser, quarantined="yes") == ["sick"]
    assert "quarantined" in shown(browser, "/models/sick/versions/1")
    assert "Leaked." in shown(browser, "/models/sick/versions/1")


@pytest.mark.parametrize("sort", ["name", "updated", "created"])
def test_pages_go_on_where_the_one_before_ended(call: Caller, browser: Browser, sort: str) -> None:
    for number in range(53):
        call.model(f"model {number:02}")
    found, address = [], f"/models?sort={sort}"
    for _ in range(2):
        page = browser.ask(address).text
        found += re.findall(r'class="row-title">\s*<a href="[^"]+">([^<]+)</a>', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = unescape(following[1]) if following else ""
    assert found == sorted(found, reverse=sort != "name")
    assert (len(found), address) == (53, "")


def test_prompts_are_shown_where_they_are_asked_for(call: Caller, browser: Browser) -> None:
    call.model("p", tags=[{"key": "mlflow.prompt.is_prompt", "value": "true"}])
    call.model("m")
    assert (named(browser), named(browser, kind="prompts")) == (["m"], ["p"])


def test_what_one_may_not_read_is_not_there(call: Caller, app: Flask) -> None:
    call.model()
    call.version()
    browser = Browser(app)
    call.by(ADMINISTRATOR).api("PUT", "/models/m/permissions", kind="user", name="rita", level="NO_PERMISSIONS")
    browser.sign_in("rita")
    assert named(browser) == []
    assert browser.ask(HERE).status_code == 404


def test_a_former_name_leads_to_the_present_one(call: Caller, browser: Browser) -> None:
    call.model("old")
    call.version("old")
    call("POST", "/registered-models/rename", name="old", new_name="new ?#%")
    reading = ("", "/versions?metric=auc", "/versions/1", "/versions/1/story")
    editing = ("/edit", "/card", "/delete", "/versions/1/edit", "/versions/1/move?to=Production")
    for tab in reading + editing:
        answer = browser.ask(f"/models/old{tab}")
        assert answer.headers["Location"] == f"/models/{quote('new ?#%', safe='')}{tab}"


def test_a_deleted_model_is_no_page(call: Caller, browser: Browser) -> None:
    call.model()
    call("DELETE", "/registered-models/delete", name="m")
    assert browser.ask(HERE).status_code == 404


def test_a_model_is_shown_with_its_card_board_and_rules(call: Caller, browser: Browser) -> None:
    call.model(description="*Emphasis*")
    for _ in range(8):
        call.version()
    call.move("2", "Production")
    govern(call, gate())
    call.api("PUT", "/models/m/card", text="# Use\n\nNot for **loans**.")
    page = browser.ask(HERE).text
    assert "<em>Emphasis</em>" in page
    assert "<strong>loans</strong>" in page
    assert "on Production of every model: 1 approval" in text_in(page)
    assert "All in None" in text_in(page)
