"""Somebody with a real browser who looks at pages, and notes what is wrong with them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, ConsoleMessage, Page, Request

from support.databases import ADMINISTRATOR, PASSWORD

DESK, TABLET, TELEPHONE = 1440, 768, 375
FIRST_VIEW, NEXT_VIEW = 200_000, 50_000
_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
# Nothing but colours differs in the dark.
IN_THE_DARK = {"runOnly": ["color-contrast"]}
_RUN = """async (options) => (await axe.run(document, options)).violations.map(
    (each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | ")}`)"""

_FADED = "new Promise((done) => setTimeout(done, 400))"


@dataclass
class Visitor:
    """Somebody who is signed in, and what the browser holds against the pages they look at."""

    page: Page
    wire: CDPSession
    host: str
    faults: list[str] = field(default_factory=list)
    loaded: float = 0

    def listen(self) -> None:
        """Note what is complained of, and what is loaded."""
        self.page.on("console", self._told)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._asked)
        self.wire.on("Network.loadingFinished", self._weighed)
        self.wire.send("Network.enable")

    def go(self, address: str, most: int | None = None) -> None:
        """Load a page, which weighs no more than that."""
        self.loaded = 0
        answer = self.page.goto(address, wait_until="load")
        if answer is None or answer.status != 200:
            self.faults.append(f"status {answer and answer.status}")
        if most is not None and self.loaded > most:
            self.faults.append(f"{self.loaded:.0f} bytes are loaded, and {most} are the most")

    def fits(self, width: int) -> None:
        """Look at the page that wide."""
        self.page.set_viewport_size({"width": width, "height": 900})
        if (needed := self.page.evaluate("document.documentElement.scrollWidth")) > width:
            self.faults.append(f"{needed} px are needed, and there are {width}")

    def wear(self, scheme: Literal["light", "dark"]) -> None:
        """Let the page have its other colours, and be done with fading into them."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.evaluate(_FADED)

    def brings_axe(self) -> None:
        """Let axe be there."""
        self.page.evaluate(_AXE)

    def is_accessible(self, at: str, **options: Any) -> None:
        """Let axe look at it."""
        violations: Sequence[str] = self.page.evaluate(_RUN, options)
        self.faults += [f"{at}: {each}" for each in violations]

    def _told(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc != self.host:
            self.faults.append(f"asks {request.url}")

    def _weighed(self, told: dict[str, Any]) -> None:
        self.loaded += told["encodedDataLength"]


@contextmanager
def visitors(browser: Browser, url: str) -> Iterator[dict[str, Visitor]]:
    """Alice and an administrator, who signed in."""
    contexts = {name: browser.new_context(base_url=url) for name in ("alice", ADMINISTRATOR)}
    there = {}
    for name, context in contexts.items():
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto("/sign-in")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/inbox")
        there[name] = Visitor(page, context.new_cdp_session(page), urlsplit(url).netloc)
        there[name].listen()
    yield there
    for context in contexts.values():
        context.close()
