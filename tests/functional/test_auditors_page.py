"""The auditor's page shows what a live registry with that past answers, to the letter.

To write it anew: `ASSENT_WRITE_PAGES=yes pytest tests/functional/test_auditors_page.py`.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import bank_story, told_pages
from support.bank import Bank
from support.databases import ADMINISTRATOR
from support.postgres import Postgres
from support.told_pages import Reader

_DOCS = Path(__file__).parents[2] / "docs"
_PAGE = _DOCS / "auditors.md"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database in which nothing is yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/assent.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    server.create_database("bank")
    yield server.url("bank")
    server.drop_database("bank")


def test_the_page_shows_what_the_registry_answers(empty_database: str, tmp_path: Path) -> None:
    page = _PAGE.read_text()
    with Bank.open(empty_database, tmp_path / "bank") as bank:
        bank_story.tell(bank)
        shutil.copy(_DOCS / "examples" / "production_at.py", bank.downloads)
        environment = told_pages.environment(
            bank.server.url, ASSENT_TOKEN=bank.token("iris"), TOKEN_OF_ADMIN=bank.token(ADMINISTRATOR)
        )
        again = (
            Reader(bank.downloads, environment).read(page).replace(bank.tracking.url, "https://mlflow.bank.example")
        )
    if os.environ.get("ASSENT_WRITE_PAGES"):
        _PAGE.write_text(again)
    assert again == page
