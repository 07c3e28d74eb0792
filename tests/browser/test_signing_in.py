"""Signing in and out, as somebody does it with a real browser."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from support.databases import PASSWORD
from support.provider import END_SESSION, Provider
from support.server import Server

ACCOUNT = "Your account · Assent"
INBOX = "Waiting for you · Assent"
SIGN_IN = "Sign in · Assent"


def sign_in(page: Page, name: str, password: str = PASSWORD, *, arriving_at: str = INBOX) -> None:
    """By the keyboard alone."""
    page.goto("/sign-in")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    expect(page).to_have_title(arriving_at)


def test_the_keyboard_is_enough_to_sign_in(page: Page) -> None:
    page.goto("/")
    expect(page).to_have_title(SIGN_IN)
    sign_in(page, "alice")
    expect(page.get_by_role("navigation", name="You").get_by_role("link", name="alice")).to_be_visible()


def test_a_refusal_is_told_where_one_types_on(page: Page) -> None:
    sign_in(page, "alice", "a wrong password", arriving_at="Not signed in · Assent")
    expect(page.get_by_role("alert")).to_contain_text("Unknown user or wrong credentials.")
    expect(page.get_by_label("Name")).to_have_value("alice")
    password = page.get_by_label("Password")
    expect(password).to_have_value("")
    expect(password).to_be_focused()
    expect(password).to_have_accessible_description(re.compile("wrong credentials"))


def test_signing_out_ends_what_the_browser_shows(page: Page) -> None:
    sign_in(page, "alice")
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    expect(page.get_by_role("status")).to_have_text("You are signed out.")
    page.go_back()
    page.goto("/account")
    expect(page).to_have_title(SIGN_IN)


def test_another_browser_is_signed_out_from_here(page: Page, browser: Browser, server: Server) -> None:
    elsewhere = browser.new_context(base_url=server.url)
    other = elsewhere.new_page()
    sign_in(other, "bob")
    sign_in(page, "bob")
    page.goto("/account")
    page.get_by_role("button", name=re.compile("^Sign out Chrome on")).click()
    expect(page.get_by_role("status")).to_have_text("That browser is signed out.")
    other.reload()
    expect(other).to_have_title(SIGN_IN)
    elsewhere.close()


def test_the_identity_provider_signs_in_and_out(page: Page, company: Provider) -> None:
    company.signs_in("carol", groups=["risk"])
    page.goto("/account")
    page.get_by_role("link", name="Sign in with Example Ltd").click()
    expect(page).to_have_title(ACCOUNT)
    expect(page.get_by_text("You are signed in as carol.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="risk")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    expect(page.get_by_role("status")).to_have_text("You are signed out.")
    assert END_SESSION in company.asked


def test_scripts_cannot_read_the_cookie(page: Page) -> None:
    sign_in(page, "alice")
    kept = page.context.cookies()
    assert [(each["name"], each["httpOnly"], each["sameSite"]) for each in kept] == [("assent", True, "Lax")]
    assert page.evaluate("document.cookie") == ""


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/nowhere"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_telephone_and_load_nothing_from_elsewhere(
    page: Page, server: Server, path: str, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 320, "height": 700})
    sign_in(page, "alice")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    page.goto(path)
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert set(asked) == {urlsplit(server.url).netloc}
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    brightness = sum(int(part) for part in re.findall(r"\d+", ground)[:3])
    assert (brightness < 100) if scheme == "dark" else (brightness > 600)


def test_where_one_was_going_is_where_one_arrives(page: Page) -> None:
    page.goto("/account?from=mail")
    page.get_by_label("Name").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile(r"/account\?from=mail$"))
