"""The pictures of the guides, taken anew: `python -m support.picturing` from the folder `tests`."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from support.chromium import chromium
from support.databases import PASSWORD, prepare
from support.server import Server
from support.showing import show

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"


@dataclass(frozen=True)
class Picture:
    """A page as somebody sees it."""

    name: str
    path: str
    who: str
    height: int = 800
    is_dark: bool = False


PICTURES = (
    Picture("inbox", "/inbox", "petra"),
    Picture("request", "/requests/10", "carol", height=1100),
    Picture("request-dark", "/requests/8", "petra", is_dark=True),
    Picture("model", "/models/fraud-detection", "alice", height=1000),
    Picture("versions", "/models/fraud-detection/versions", "alice", height=900),
    Picture("lineage", "/lineage?of=image-tagger/2", "alice", height=1200),
    Picture("point-in-time", "/audit/at", "admin", height=900),
)


def main() -> None:
    """Take all of them."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        url = f"sqlite:///{folder}/pictured.db"
        prepare(url)
        show(url)
        with Server.start(url, Path(folder)) as server:
            for picture in PICTURES:
                context = browser.new_context(
                    base_url=server.url,
                    viewport={"width": 1280, "height": picture.height},
                    color_scheme="dark" if picture.is_dark else "light",
                )
                page = context.new_page()
                page.goto("/sign-in")
                page.get_by_label("Name").fill(picture.who)
                page.get_by_label("Password").fill(PASSWORD)
                page.get_by_role("button", name="Sign in").click()
                page.goto(picture.path)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=FOLDER / f"{picture.name}.png")
                context.close()


if __name__ == "__main__":
    main()
