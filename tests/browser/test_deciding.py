"""Reviewers decide with a real browser: by the keyboard alone, and while another reviewer acts."""

import itertools
from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from browser.test_signing_in import sign_in
from support.databases import ADMINISTRATOR, PASSWORD
from support.server import Server

_NAMES = (f"model {number}" for number in itertools.count(1))


@pytest.fixture
def ask(server: Server) -> Callable[[], int]:
    """Ask for a move of a new model into Production, for which two approvals are asked for; the request's id."""

    def call(by: str, path: str, **fields: object) -> dict[str, object]:
        answer = requests.post(f"{server.url}{path}", json=fields, auth=(by, PASSWORD), timeout=10)
        assert answer.ok, answer.text
        return dict(answer.json())

    def asked() -> int:
        name = next(_NAMES)
        gate = {"name": "production", "target": {"stage": "Production"}, "require": [{"approvals": 2}]}
        call(ADMINISTRATOR, "/api/v1/gates/apply", gates=[gate], freezes=[])
        call("alice", "/api/2.0/mlflow/registered-models/create", name=name)
        call("alice", "/api/2.0/mlflow/model-versions/create", name=name, source="s3://models/1")
        told = call("alice", f"/api/v1/models/{name}/versions/1/requests", to="Production")
        return int(dict(told["request"])["id"])  # type: ignore[call-overload]  # as the API has it

    return asked


@pytest.fixture
def others(browser: Browser, server: Server) -> Iterator[Page]:
    """The page of somebody else."""
    context = browser.new_context(base_url=server.url)
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    yield opened
    context.close()


def test_from_the_inbox_to_decided_by_the_keyboard_alone(page: Page, ask: Callable[[], int]) -> None:
    number = ask()
    sign_in(page, "bob")
    # What listens to keys shows that it is there.
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator(f"#request-{number}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"/requests/{number}")
    approve = page.get_by_role("button", name="Approve", exact=True)
    for _ in range(60):
        page.keyboard.press("Tab")
        if approve.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("You approved it.")
    expect(page.locator("#gate")).to_contain_text("1 of 2 approvals")


def test_what_one_reviewer_does_appears_on_the_others_open_page(
    page: Page, others: Page, ask: Callable[[], int]
) -> None:
    number = ask()
    sign_in(page, "bob")
    page.goto(f"/requests/{number}")
    page.get_by_label("Comment (if you like)").fill("I am not done with this")
    sign_in(others, "petra")
    others.goto(f"/requests/{number}")
    others.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator("#gate")).to_contain_text("1 of 2 approvals")
    expect(page.locator("#history")).to_contain_text("petra approved it.")
    expect(page.get_by_label("Comment (if you like)")).to_have_value("I am not done with this")


def test_an_open_inbox_keeps_what_is_typed_and_where_one_is(page: Page, ask: Callable[[], int]) -> None:
    first = ask()
    sign_in(page, "bob")
    page.locator("#models").fill("mod")
    page.locator(f"#request-{first}").focus()
    second = ask()
    page.evaluate("htmx.trigger('#list', 'refresh')")
    expect(page.locator(f"#request-{second}")).to_be_visible(timeout=20_000)
    expect(page.locator(f"#request-{first}")).to_be_focused()
    expect(page.locator("#models")).to_have_value("mod")


@pytest.mark.parametrize(("who", "finds"), [("bob", "Not on a Friday"), ("petra", "")])
def test_what_is_typed_as_the_session_ends_is_in_its_form_again_for_who_typed_it(
    page: Page, ask: Callable[[], int], who: str, finds: str
) -> None:
    number = ask()
    sign_in(page, "bob")
    page.goto(f"/requests/{number}")
    page.get_by_text("Reject", exact=True).first.click()
    page.get_by_label("Why is it rejected?").fill("Not on a Friday")
    page.context.clear_cookies()
    page.get_by_role("button", name="Reject", exact=True).click()
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("Name").fill(who)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(f"/requests/{number}")
    expect(page.get_by_label("Why is it rejected?")).to_have_value(finds)
    expect(page.locator("#history")).not_to_contain_text("rejected")
