"""`assent comments`, against a live registry."""

from collections.abc import Iterator

import pytest

from support.commands import Assent
from support.databases import PostgresDatabases, SqliteDatabases
from support.live import Client
from support.server import Server

ADD = ("comments", "add", "fraud", "1")
LIST = ("comments", "list", "fraud", "1")


@pytest.fixture
def assent(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assent]:
    """The command in an administrator's hands, and a registry with a model of one version."""
    with databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as server:
        client = Client(server.url, server.token())
        client.post("/registered-models/create", name="fraud")
        client.register("fraud")
        yield Assent({"ASSENT_URL": server.url, "ASSENT_TOKEN": server.token()})


def test_a_thread_is_written_listed_and_resolved(assent: Assent) -> None:
    assert assent(*LIST).stdout == "There are none.\n"
    assert assent(*ADD, "Why? @rita").stdout == "Wrote comment 1 on fraud/1, and mentioned rita.\n"
    assert assent(*ADD, "Another.").stdout == "Wrote comment 2 on fraud/1.\n"
    assert assent(*ADD, "-", "--reply-to", "1", stdin="Because.\nSo.\n").stdout == "Wrote comment 3 on fraud/1.\n"
    lines = assent(*LIST).stdout.splitlines()
    assert [line.rpartition(",")[0] or line for line in lines] == [
        "#1 admin",
        "    Why? @rita",
        "    #3 admin",
        "        Because.",
        "        So.",
        "#2 admin",
        "    Another.",
    ]
    assert assent("comments", "resolve", "fraud", "1", "3").stdout == "Resolved thread 1 on fraud/1.\n"
    assert "resolved by admin" in assent(*LIST).stdout
    assert [each["id"] for each in assent.json(*LIST, "--open")] == [2]
    assert assent("comments", "resolve", "fraud", "1", "1", "--reopen").stdout == "Reopened thread 1 on fraud/1.\n"


def test_what_is_not_there_is_told(assent: Assent) -> None:
    assert assent.told("comments", "resolve", "fraud", "1", "7", code=2) == (
        "assent: There is no comment 7 on fraud/1.\n"
    )
    assert "not found" in assent.told("comments", "add", "fraud", "2", "Why?", code=2)
    assert "no comment 7" in assent.told(*ADD, "Why?", "--reply-to", "7", code=2)
