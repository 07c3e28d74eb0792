"""Fixtures: Chromium, a live server, and an identity provider to sign in through."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from support.chromium import chromium
from support.databases import SqliteDatabases
from support.provider import CLIENT_ID, CLIENT_SECRET, Provider
from support.server import Server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def company() -> Iterator[Provider]:
    """An identity provider."""
    with Provider() as running:
        yield running


@pytest.fixture(scope="module")
def server(
    sqlite_databases: SqliteDatabases, company: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A live server, which knows the provider."""
    folder = tmp_path_factory.mktemp("live")
    (folder / "secret").write_text(CLIENT_SECRET)
    (folder / "oidc.yaml").write_text(
        f"providers: [{{name: company, title: Example Ltd, issuer: '{company.url}', client_id: {CLIENT_ID}, "
        "client_secret_file: secret, groups_claim: groups}]\n"
    )
    with (
        sqlite_databases.copy() as url,
        Server.start(url, folder, oidc_file=str(folder / "oidc.yaml")) as running,
    ):
        yield running


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A page of somebody who is not signed in. What the browser holds against it fails the test."""
    context = browser.new_context(base_url=server.url)
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    complaints: list[str] = []
    opened.on("console", lambda told: complaints.append(told.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    # It says so, too, when a page tells of a refusal by its status.
    assert [each for each in complaints if not each.startswith("Failed to load resource")] == []
