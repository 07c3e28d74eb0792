"""What reviewers do from their inbox to Production, in a real browser: with a mouse, by keys, without scripts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect

from support.databases import ADMINISTRATOR, PASSWORD
from support.gating import gate
from support.provider import Provider
from support.server import Server

GATE = gate("Production", {"approvals": 2}, {"metric": {"key": "auc", "against": "incumbent", "may_drop": 0.01}})


WAITING = re.compile("^Waiting for you")


@dataclass
class Story:
    """A registry in which a version is on its way, and browsers for those who decide."""

    url: str
    browser: Browser
    contexts: list[BrowserContext]

    def call(self, who: str, method: str, path: str, **fields: Any) -> dict[str, Any]:
        """A native call by one of the people, which must succeed."""
        answer = requests.request(method, f"{self.url}/api/v1{path}", auth=(who, PASSWORD), json=fields, timeout=60)
        assert answer.ok, answer.text
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def asked(self, name: str) -> int:
        """Let alice ask for a second version of a new model, better than the one that stands; the request."""
        mlflow = f"{self.url}/api/2.0/mlflow"
        requests.post(f"{mlflow}/registered-models/create", auth=("alice", PASSWORD), json={"name": name}, timeout=60)
        self.call(ADMINISTRATOR, "POST", "/gates/apply", gates=[])
        for number, auc in ((1, 0.9), (2, 0.93)):
            run = f"{number:032x}"
            sent = {"name": name, "source": f"s3://bucket/{name}/{number}", "run_id": run}
            requests.post(f"{mlflow}/model-versions/create", auth=("alice", PASSWORD), json=sent, timeout=60)
            facts = {
                "schema": "assent.run-snapshot/1",
                "run": {"id": run, "user": "ci", "status": "FINISHED"},
                "metrics": {"auc": {"value": auc}},
            }
            self.call("alice", "PUT", f"/models/{name}/versions/{number}/snapshot", facts=facts)
        self.call("alice", "POST", f"/models/{name}/versions/1/requests", to="Production")
        self.call(ADMINISTRATOR, "POST", "/gates/apply", gates=[GATE])
        asked = self.call(
            "alice", "POST", f"/models/{name}/versions/2/requests", to="Production", comment="Better on July's data."
        )
        return int(asked["request"]["id"])

    def page(self, name: str = "", **options: Any) -> Page:
        """A page of somebody who is signed in, or of nobody."""
        context = self.browser.new_context(base_url=self.url, **options)
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto("/sign-in")
        if name:
            page.get_by_label("Name").fill(name)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            expect(page).to_have_title(WAITING)
        return page

    def is_there(self, name: str) -> bool:
        """Whether the second version stands in Production."""
        answer = requests.get(
            f"{self.url}/api/v1/models/{name}/versions/2/explain",
            params={"to": "Production"},
            auth=("alice", PASSWORD),
            timeout=60,
        )
        return bool(answer.json()["there"])


@pytest.fixture
def story(browser: Browser, server: Server) -> Iterator[Story]:
    """The story's registry."""
    told = Story(server.url, browser, [])
    yield told
    for context in told.contexts:
        context.close()


def test_from_the_inbox_to_production(story: Story, company: Provider) -> None:
    # Who signs in through the provider is known, and may decide, before anybody asks.
    company.signs_in("carol", groups=["risk"])
    carol = story.page()
    carol.get_by_role("link", name="Sign in with Example Ltd").click()
    expect(carol).to_have_title(WAITING)
    level = {"kind": "group", "name": "risk", "level": "CAN_MANAGE_PRODUCTION_VERSIONS"}
    story.call(ADMINISTRATOR, "PUT", "/grants", **level)
    request = story.asked("churn")

    petra = story.page("petra")
    petra.get_by_role("link", name=re.compile("^churn version 2")).click()
    expect(petra.get_by_role("heading", level=1)).to_contain_text("churn")
    expect(petra.get_by_text("0 of 2 approvals")).to_be_visible()
    expect(petra.get_by_text("Better on July's data.").first).to_be_visible()
    petra.get_by_role("link", name="Compare the two").click()
    expect(petra.get_by_role("cell", name=re.compile(r"0\.93"))).to_be_visible()
    petra.go_back()
    petra.get_by_role("link", name="Its lineage").click()
    expect(petra.get_by_role("table")).to_contain_text("churn")
    petra.go_back()
    petra.get_by_label("New comment").fill("Is the **sample** the same?")
    petra.get_by_role("button", name="Comment", exact=True).click()
    expect(petra.get_by_role("strong").filter(has_text="sample")).to_be_visible()
    petra.goto(f"/requests/{request}")
    petra.get_by_label("Comment (if you like)").fill("The curves look right.")
    petra.get_by_role("button", name="Approve").click()
    expect(petra.get_by_text("1 of 2 approvals")).to_be_visible()
    assert not story.is_there("churn")

    carol.goto("/inbox")
    carol.get_by_role("link", name=re.compile("^churn version 2")).click()
    carol.get_by_role("button", name="Approve").click()
    expect(carol.locator(".state.is-applied").first).to_be_visible()
    assert story.is_there("churn")

    # Her page stayed open, and tells what somebody else has done.
    expect(petra.locator(".state.is-applied").first).to_be_visible(timeout=30_000)
    rita = story.page("rita")
    rita.goto("/inbox?show=all")
    rita.get_by_role("link", name=re.compile("^churn version 2")).first.click()
    expect(rita.locator(".state.is-applied").first).to_be_visible()
    expect(rita.get_by_text("The curves look right.")).to_be_visible()


def test_the_keyboard_alone_decides(story: Story) -> None:
    story.asked("keys")
    page = story.page("petra")
    # What listens to keys shows that it is there.
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator(":focus")).to_contain_text("keys version 2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("keys")
    button = page.get_by_role("button", name="Approve")
    for _ in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 2 approvals")).to_be_visible()


def test_deciding_needs_no_script(story: Story) -> None:
    story.asked("plain")
    for name in ("petra", "bob"):
        page = story.page(name, java_script_enabled=False)
        page.get_by_role("link", name=re.compile("^plain version 2")).click()
        page.get_by_role("button", name="Approve").click()
    expect(page.locator(".state.is-applied").first).to_be_visible()
    assert story.is_there("plain")


def test_a_rejection_says_why(story: Story) -> None:
    request = story.asked("wrong")
    page = story.page("petra")
    page.goto(f"/requests/{request}")
    page.get_by_text("Reject", exact=True).first.click()
    page.get_by_label("Why is it rejected?").fill("Trained on the holdout.")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator(".state.is-rejected").first).to_be_visible()
    expect(page.get_by_text("Trained on the holdout.").first).to_be_visible()
