"""The page on lifecycles shows what a live registry answers.

To write it anew: `ASSENT_WRITE_PAGES=yes pytest tests/functional/test_lifecycles_page.py`.
"""

import os
import shutil
from pathlib import Path

import requests

from support import told_pages
from support.databases import PostgresDatabases, SqliteDatabases
from support.server import Server

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "lifecycles.md"
EXAMPLE = DOCS / "examples" / "lifecycles.yaml"


def test_the_page_shows_the_example() -> None:
    example = EXAMPLE.read_text()
    assert example[example.index("lifecycles:") :] in PAGE.read_text()


def test_the_page_shows_what_the_registry_answers(
    databases: SqliteDatabases | PostgresDatabases, tmp_path: Path
) -> None:
    page = PAGE.read_text()
    shutil.copy(EXAMPLE, tmp_path)
    with databases.copy() as url, Server.start(url, tmp_path / "server") as server:
        token = server.token()
        headers = {"Authorization": f"Bearer {token}"}
        for name in ("risk-score", "fraud"):
            asked = f"{server.url}/api/2.0/mlflow/registered-models/create"
            assert requests.post(asked, json={"name": name}, headers=headers, timeout=30).ok
        reader = told_pages.Reader(tmp_path, told_pages.environment(server.url, ASSENT_TOKEN=token))
        again = reader.read(page)
    if os.environ.get("ASSENT_WRITE_PAGES"):
        PAGE.write_text(again)
    assert again == page
