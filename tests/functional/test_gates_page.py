"""The page on gates shows what a live registry answers.

To write it anew: `ASSENT_WRITE_PAGES=yes pytest tests/functional/test_gates_page.py`.
"""

import os
import re
import shutil
from pathlib import Path

import requests

from support import told_pages
from support.databases import PostgresDatabases, SqliteDatabases
from support.server import Server

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "gates.md"
EXAMPLE = DOCS / "examples" / "gates.yaml"
WRONG = """\
gates:
  - name: production
    target: {stage: Prodution}
    require:
      - approvals: {count: 2, from: [group:rist]}
"""
TIMES = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\dZ")


def test_the_page_shows_the_example() -> None:
    example = EXAMPLE.read_text()
    assert example[example.index("gates:") :] in PAGE.read_text()


def test_the_page_shows_what_the_registry_answers(
    databases: SqliteDatabases | PostgresDatabases, tmp_path: Path
) -> None:
    page = PAGE.read_text()
    shutil.copy(EXAMPLE, tmp_path)
    (tmp_path / "wrong.yaml").write_text(WRONG)
    with databases.copy() as url, Server.start(url, tmp_path / "server") as server:
        token = server.token()
        _post(server, token, "/api/2.0/mlflow/registered-models/create", "fraud")
        for group in ("risk", "leads", "oncall"):
            _post(server, token, "/api/v1/groups", group)
        reader = told_pages.Reader(tmp_path, told_pages.environment(server.url, ASSENT_TOKEN=token))
        again = TIMES.sub("2026-11-23 16:40Z", reader.read(page))
    if os.environ.get("ASSENT_WRITE_PAGES"):
        PAGE.write_text(again)
    assert again == page


def _post(server: Server, token: str, path: str, name: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.post(f"{server.url}{path}", json={"name": name}, headers=headers, timeout=30).ok
