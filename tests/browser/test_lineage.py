"""The drawing of a lineage, in a real browser."""

from playwright.sync_api import Page, expect

from support.databases import PASSWORD
from support.live import Client
from support.server import Server

RUN = "0123456789abcdef0123456789abcdef"


def _drawn(page: Page) -> list[str]:
    return [title.text_content() or "" for title in page.locator(".graph a title").all()]


def _in_the_table(page: Page) -> set[str]:
    return {(link.text_content() or "").strip() for link in page.locator(".steps .node a:not(.aside)").all()}


def test_the_drawing_says_what_the_table_says_and_is_panned_by_the_keyboard(page: Page, server: Server) -> None:
    client = Client(server.url, server.token())
    for name, origin in (("scores", {"run_id": RUN}), ("scores-eu", {"source": "models:/scores/1"})):
        client.post("/registered-models/create", name=name)
        client.post("/model-versions/create", **{"name": name, "source": "s3://bucket/model", **origin})
    page.goto("/lineage?of=scores/1")
    page.get_by_label("Name").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")

    drawing = page.locator(".graph svg")
    expect(drawing).to_be_visible()
    drawn = {title.split(", ")[1] for title in _drawn(page)}
    assert drawn == _in_the_table(page) == {f"{RUN[:16]}…", "scores 1", "scores-eu 1"}

    before = drawing.get_attribute("viewBox")
    page.locator(".graph").focus()
    page.keyboard.press("ArrowRight")
    left, top, *size = (float(each) for each in (drawing.get_attribute("viewBox") or "").split())
    was_left, was_top, *was_size = (float(each) for each in (before or "").split())
    assert (left > was_left, top, size) == (True, was_top, was_size)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2).first).to_have_text(f"run {RUN[:16]}…")
