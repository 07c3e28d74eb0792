"""Every page in Chromium: of a rich registry, light and dark, on a desk and on a telephone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from support.databases import SqliteDatabases
from support.server import Server
from support.showing import show
from support.visiting import MORE, SHOWN, Visit, whole
from support.visitors import DESK, FIRST_VIEW, IN_THE_DARK, NEXT_VIEW, TABLET, TELEPHONE, Visitor, visitors


@pytest.fixture(scope="module")
def people(
    browser: Browser, sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Visitor]]:
    """Who is signed in to a rich registry."""
    with sqlite_databases.copy() as url:
        show(url)
        with (
            Server.start(url, tmp_path_factory.mktemp("shown")) as running,
            visitors(browser, running.url) as there,
        ):
            yield there


@pytest.mark.parametrize("visit", whole(SHOWN, MORE), ids=str)
def test_a_page_is_fit_for_everybody(people: dict[str, Visitor], visit: Visit) -> None:
    visitor = people[visit.by]
    page = visitor.page
    visitor.faults.clear()
    visitor.wear("light")
    page.set_viewport_size({"width": DESK, "height": 900})
    visitor.wire.send("Network.clearBrowserCache")
    visitor.go(visit.address, FIRST_VIEW)
    visitor.go(visit.address, NEXT_VIEW)
    visitor.brings_axe()
    visitor.fits(DESK)
    visitor.is_accessible("on a desk")
    visitor.wear("dark")
    visitor.is_accessible("on a desk in the dark", **IN_THE_DARK)
    visitor.fits(TABLET)
    visitor.fits(TELEPHONE)
    visitor.is_accessible("on a telephone in the dark", **IN_THE_DARK)
    visitor.wear("light")
    visitor.is_accessible("on a telephone")
    assert not visitor.faults, "\n".join(visitor.faults)
