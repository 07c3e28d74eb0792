"""`assent card`, against a live registry."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.commands import Assent
from support.databases import PostgresDatabases, SqliteDatabases
from support.live import Client
from support.server import Server


@pytest.fixture
def assent(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assent]:
    """The command in an administrator's hands, and a registry with a model."""
    with databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as server:
        Client(server.url, server.token()).post("/registered-models/create", name="fraud")
        yield Assent({"ASSENT_URL": server.url, "ASSENT_TOKEN": server.token()})


def test_a_card_is_written_from_a_file_and_from_standard_input(assent: Assent, tmp_path: Path) -> None:
    assert assent("card", "show", "fraud").stdout == "fraud has no card.\n"
    file = tmp_path / "card.md"
    file.write_text("# Intended use\n\nFür Betrug.\n", encoding="utf-8")
    assert assent("card", "write", "fraud", str(file)).stdout == "The card of fraud is at revision 1.\n"
    first, *rest = assent("card", "show", "fraud").stdout.splitlines()
    assert first.startswith("<!-- revision 1, by admin, ")
    assert rest == ["# Intended use", "", "Für Betrug."]
    assert assent("card", "write", "fraud", stdin="New.\n").stdout == "The card of fraud is at revision 2.\n"
    assert assent.json("card", "show", "fraud")["text"] == "New.\n"


def test_what_cannot_be_written_is_told(assent: Assent, tmp_path: Path) -> None:
    assert "cannot be read" in assent.told("card", "write", "fraud", str(tmp_path / "none.md"), code=2)
    assert "not found" in assent.told("card", "write", "nobody", code=2)
    assert "revision 0" in assent.told("card", "write", "fraud", "--revision", "3", code=2)
    (tmp_path / "bytes.md").write_bytes(b"\xff\xfe")
    assert "cannot be read" in assent.told("card", "write", "fraud", str(tmp_path / "bytes.md"), code=2)
