"""Every page of a hostile registry in Chromium: no script runs, nothing is too wide, nothing breaks."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from assent.web.lineage.looking import MOST_DRAWN
from support import hostile
from support.databases import SqliteDatabases
from support.hostile import GRAPH, HOSTILE
from support.server import Server
from support.visiting import Visit, whole
from support.visitors import DESK, FIRST_VIEW, TELEPHONE, Visitor, visitors


@pytest.fixture(scope="module")
def among_enemies(
    browser: Browser, sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Visitor]]:
    """Who is signed in to a registry that was filled to break its pages."""
    with sqlite_databases.copy() as url:
        hostile.fill(url)
        with (
            Server.start(url, tmp_path_factory.mktemp("hostile")) as running,
            visitors(browser, running.url) as there,
        ):
            yield there


@pytest.mark.parametrize("visit", whole(HOSTILE), ids=lambda visit: visit.call)
def test_no_name_and_no_text_breaks_a_page(among_enemies: dict[str, Visitor], visit: Visit) -> None:
    visitor = among_enemies[visit.by]
    visitor.faults.clear()
    visitor.go(visit.address)
    visitor.fits(DESK)
    visitor.fits(TELEPHONE)
    if visitor.page.evaluate(f"window.{hostile.FLAG}"):
        visitor.faults.append("a script of somebody's ran")
    assert not visitor.faults, "\n".join(visitor.faults)


def test_a_graph_of_two_thousand_nodes_is_drawn_as_far_as_one_can_read_it(
    among_enemies: dict[str, Visitor],
) -> None:
    visitor = among_enemies["alice"]
    visitor.faults.clear()
    visitor.go(GRAPH, FIRST_VIEW)
    visitor.page.wait_for_selector(".graph svg .node")
    visitor.fits(DESK)
    visitor.fits(TELEPHONE)
    assert visitor.page.locator(".graph svg .node").count() <= MOST_DRAWN
    assert not visitor.faults, "\n".join(visitor.faults)
